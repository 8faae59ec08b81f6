import { type FactLine, Facts } from "@/components/Facts";
import type { SignIn } from "@/ipc/generated/SignIn";
import { age, dateTime } from "@/lib/format";

/** What the token says of itself. */
export function SignInFacts({ signIn, app }: { signIn: SignIn; app: boolean }) {
  const { account, tenant, audience, scopes, roles, signedInAt } = signIn;
  const known: (FactLine | null)[] = [
    account === null ? null : { term: app ? "App" : "Account", value: account },
    tenant === null ? null : { term: "Tenant", value: tenant },
    audience === null ? null : { term: "Token for", value: audience },
    scopes.length === 0 ? null : { term: "Scopes", value: scopes.join(" ") },
    rolesOf(roles, app),
    expiry(signIn),
    signedInAt === null ? null : { term: app ? "Authorized" : "Signed in", value: when(signedInAt) },
    app || signIn.state === "expired" ? null : { term: "Kept", value: kept(signIn) },
  ];
  return <Facts lines={known.filter((line) => line !== null)} label="What the token says" />;
}

function rolesOf(roles: readonly string[], app: boolean): FactLine | null {
  if (roles.length > 0) return { term: "Roles", value: roles.join(" ") };
  return app ? { term: "Roles", value: "None" } : null;
}

function expiry({ state, expiresAt, renewable }: SignIn): FactLine | null {
  if (expiresAt === null) return null;
  if (state === "expired") return { term: "Expired", value: when(expiresAt) };
  const then = renewable ? "renewed by itself" : "then sign in again";
  return { term: "Expires", value: `${dateTime(expiresAt)}, ${then}` };
}

function kept({ kept }: SignIn): string {
  return kept ? "Encrypted, until you disconnect" : "In memory, until Understudy is closed";
}

function when(instant: string): string {
  return `${dateTime(instant)}, ${age(instant)}`;
}
