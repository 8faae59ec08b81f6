// What a Microsoft scope asks for. Microsoft writes the resource into the scope (`https://HOST/EWS.AccessAsUser.All`);
// the provider wants it apart (RFC 8707).

export const GRAPH = "https://graph.microsoft.com";

/** Of Exchange Online and Graph a token's audience has no slash at its end; of a host of one's own it has one. */
const online = new Set([
  "graph.microsoft.com",
  "graph.microsoft.us",
  "dod-graph.microsoft.us",
  "microsoftgraph.chinacloudapi.cn",
  "outlook.office365.com",
  "outlook.office365.us",
  "outlook-dod.office365.us",
  "partner.outlook.cn",
]);

/** Scopes that belong to no resource (OpenID Connect Core 5.4). */
const plain = new Set(["openid", "profile", "email", "offline_access"]);

/** Takes a request's scope apart. `.default` stands for all that is registered. */
export function parsed(scope, resource) {
  const words = (scope ?? "").split(" ").filter(Boolean);
  const resources = new Set(resource ? [resource] : []);
  const scopes = [];
  for (const word of words) {
    const slash = word.lastIndexOf("/");
    const of = slash > "https://".length ? word.slice(0, slash) : undefined;
    if (of) resources.add(of.replace(/\/$/, ""));
    else if (!plain.has(word) && resources.size === 0) resources.add(GRAPH);
    const name = of ? word.slice(slash + 1) : word;
    if (name === ".default") scopes.push(...registered(of));
    else scopes.push(name);
  }
  return { resources: [...resources], scopes: [...new Set(scopes)], offline: scopes.includes("offline_access") };
}

/** The value of `aud` for a resource. */
export function audience(resource) {
  const url = new URL(resource);
  return online.has(url.hostname) || url.pathname !== "/" ? resource : `https://${url.host}/`;
}

/** Delegated scopes that an application may ask for at a resource. */
export function registered(resource) {
  return isGraph(resource) ? ["Mail.Read", "User.Read"] : ["EWS.AccessAsUser.All"];
}

/** Roles that an administrator gave to the application at a resource. */
export function roles(resource) {
  return isGraph(resource) ? ["Mail.Read", "User.Read.All"] : ["full_access_as_app"];
}

function isGraph(resource) {
  return resource.includes("graph");
}
