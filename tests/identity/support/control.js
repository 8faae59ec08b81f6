// The control endpoint: a test sets faults, revokes, and asks what was requested. No authorization server has one.

/** Answers a request below `/__control/`. */
export function control({ request, response, url, text, faults, stores, seen }) {
  const what = `${request.method} ${url.pathname.slice("/__control/".length)}`;
  const answers = {
    "GET state": () => ({
      faults: faults.state,
      counts: counts(seen),
      refreshTokens: stores.reduce((sum, store) => sum + store.refreshTokens(), 0),
    }),
    "PUT faults": () => {
      faults.set(JSON.parse(text));
      return faults.state;
    },
    "DELETE faults": () => {
      faults.reset();
      return faults.state;
    },
    "POST revoke": () => {
      const { account } = text ? JSON.parse(text) : {};
      return { revoked: stores.reduce((sum, store) => sum + store.revoke(account), 0) };
    },
    "GET requests": () => seen,
    "DELETE requests": () => ({ forgotten: seen.splice(0).length }),
  };
  const [status, answer] = attempted(answers[what], what);
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(answer));
}

function attempted(answer, what) {
  if (!answer) return [404, { error: `nothing to control by ${what}` }];
  try {
    return [200, answer()];
  } catch (error) {
    return [400, { error: error.message }];
  }
}

/** How many requests an endpoint had; the token endpoint's by grant too. */
function counts(seen) {
  const result = {};
  for (const { endpoint, parameters } of seen) {
    const names = endpoint === "token" ? ["token", `token ${parameters.grant_type}`] : [endpoint];
    for (const name of names) result[name] = (result[name] ?? 0) + 1;
  }
  return result;
}
