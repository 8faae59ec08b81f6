// A person at the sign-in: account and password, then whether the application may.

import { identified, named, PASSWORD } from "./accounts.js";
import { send } from "./front.js";
import { consent, failure, login } from "./pages.js";

/** Shows the page of the step, or takes what was filled in. */
export async function signIn({ request, response, form, provider }) {
  const step = await provider.interactionDetails(request, response).catch((error) => ({ lost: error }));
  if (step.lost) return send(response, 400, "text/html", failure({ error: step.lost.message }));
  const client = await provider.Client.find(step.params.client_id);
  const name = client.clientName ?? client.clientId;
  const finish = (result, options) => provider.interactionFinished(request, response, result, options);
  const show = (html) => send(response, 200, "text/html", html);
  if (step.prompt.name === "login") {
    if (form?.answer !== "login") return show(login(name, step.params.login_hint));
    const account = named(form.account);
    if (account && form.password === PASSWORD) return finish({ login: { accountId: account.objectId } });
    return show(login(name, form.account, "Your account or password is incorrect. (AADSTS50126)"));
  }
  if (form?.answer !== "consent") return show(consent(name, identified(step.session.accountId).account, asked(step)));
  if (form.submit === "yes") return finish({ consent: { grantId: await granted(step, provider) } });
  const description = "AADSTS65004: User declined to consent to access the app.";
  return finish({ error: "access_denied", error_description: description }, { mergeWithLastSubmission: false });
}

function asked({ params }) {
  return params.scope.split(" ");
}

async function granted({ grantId, session, params, prompt: { details } }, provider) {
  const before = grantId && (await provider.Grant.find(grantId));
  const grant = before || new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  if (details.missingOIDCScope) grant.addOIDCScope(details.missingOIDCScope.join(" "));
  if (details.missingOIDCClaims) grant.addOIDCClaims(details.missingOIDCClaims);
  for (const [resource, scopes] of Object.entries(details.missingResourceScopes ?? {})) {
    grant.addResourceScope(resource, scopes.join(" "));
  }
  return grant.save();
}
