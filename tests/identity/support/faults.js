// What can go wrong on purpose, set at the start or while it runs.

/** Nothing wrong. Maps change what is answered, key by key: `null` takes a key out. */
const none = {
  /** A code (`AADSTS65001`, `MSIS9223`) or an OAuth error (`access_denied`) that everything is refused with. */
  refuse: null,
  /** Only these: `authorize`, `token`, `devicecode`, or a grant (`refresh_token`, `client_credentials`, …). */
  at: null,
  /** Only so many times. */
  times: null,
  /** Every answer of the token endpoint is this status, with this `Retry-After`. */
  status: null,
  retryAfter: null,
  /** The token endpoint hangs up. */
  hangUp: false,
  /** Milliseconds the token endpoint waits. */
  delay: null,
  /** So many polls of a device code are told to slow down. */
  slowDown: 0,
  /** Seconds an access token lives. */
  tokenLifetime: 3600,
  /** Seconds a device code lives. */
  deviceLifetime: 900,
  /** Seconds a client is told to wait between two polls of a device code. */
  deviceInterval: 1,
  /** Seconds that this server's clock is ahead. */
  skew: 0,
  /** Refresh tokens are replaced by each use. */
  rotate: true,
  /** Access tokens are signed by a key that is not published, under the name of one that is. */
  foreignKey: false,
  /** Parameters of the answer at the redirect URI: `state`, `iss`, `code`. */
  answer: {},
  /** Members of the token endpoint's answer. */
  tokens: {},
  /** Claims of access tokens: `aud`, `tid`, `scp`, `roles`, `exp`, … */
  claims: {},
  /** Claims of id tokens: `nonce`, `aud`, `iss`, … */
  idClaims: {},
  /** Members of the metadata: `issuer`, … */
  metadata: {},
};

/** Faults that can be changed while it runs. */
export function faults(initial = {}) {
  const state = structuredClone(none);
  const set = (changes) => {
    const strange = Object.keys(changes).filter((name) => !(name in none));
    if (strange.length > 0) throw new TypeError(`no fault is called ${strange.join(", ")}`);
    Object.assign(state, structuredClone(changes));
  };
  set(initial);
  return {
    state,
    set,
    reset: () => set(none),
    /** The code to refuse this request with, if it is one of those; counts it. */
    refused(endpoint, grant) {
      if (!state.refuse || state.times === 0) return undefined;
      if (state.at && !state.at.includes(endpoint) && !state.at.includes(grant)) return undefined;
      if (state.times !== null) state.times -= 1;
      return state.refuse;
    },
  };
}

/** An object with changes made: `null` takes a key out. */
export function changed(object, changes) {
  const result = { ...object, ...changes };
  for (const [key, value] of Object.entries(changes)) if (value === null) delete result[key];
  return result;
}
