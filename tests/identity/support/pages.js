// The pages a person sees: plain HTML, no scripts, nothing from elsewhere.

/** Text, not markup. */
export function escaped(text) {
  const marks = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return String(text).replaceAll(/[&<>"']/g, (mark) => marks[mark]);
}

/** A whole page. */
export function page(title, body) {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${escaped(title)}</title></head>
<body><main><h1>${escaped(title)}</h1>
${body}
</main></body>
</html>
`;
}

/** Asks for account and password. */
export function login(client, hint, wrong) {
  return page(
    "Sign in",
    `<p>to continue to ${escaped(client)}</p>
${wrong ? `<p role="alert">${escaped(wrong)}</p>` : ""}
<form method="post">
<input type="hidden" name="answer" value="login">
<p><label>Account <input name="account" type="email" autocomplete="username" value="${escaped(hint ?? "")}"></label></p>
<p><label>Password <input name="password" type="password" autocomplete="current-password"></label></p>
<p><button name="submit" value="yes">Sign in</button></p>
</form>`,
  );
}

/** Asks whether the application may. */
export function consent(client, account, scopes) {
  return page(
    "Permissions requested",
    `<p>${escaped(client)} asks, for ${escaped(account)}:</p>
<ul>${scopes.map((scope) => `<li>${escaped(scope)}</li>`).join("")}</ul>
<form method="post">
<input type="hidden" name="answer" value="consent">
<p><button name="submit" value="yes">Accept</button> <button name="submit" value="no">Cancel</button></p>
</form>`,
  );
}

/** Says why it went no further. */
export function failure(body) {
  return page(
    "Sorry, but we're having trouble signing you in",
    `<p role="alert">${escaped(body.error_description ?? body.error)}</p>`,
  );
}
