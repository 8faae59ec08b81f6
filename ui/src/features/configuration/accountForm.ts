/** Which form of the name the server will see; null while there is nothing to say. */
export function accountForm(account: string): "UPN form" | "DOMAIN\\user form" | null {
  const backslash = account.includes("\\");
  const at = account.includes("@");
  if (backslash === at) return null;
  return at ? "UPN form" : "DOMAIN\\user form";
}
