// Who lives in the test tenant. All of it is made up.

export const TENANT = "5f2b7c1e-90aa-4d41-8f63-0c7c1e5d9a11";
export const TENANT_DOMAIN = "contoso.onmicrosoft.com";
export const PASSWORD = "correct horse";

export const ACCOUNTS = [
  { account: "svc-ews@contoso.example", name: "EWS Service", objectId: "0d9f4f0e-6f0a-4d0c-9a0b-2b9f5d5b1c01" },
  { account: "other@contoso.example", name: "Other Person", objectId: "0d9f4f0e-6f0a-4d0c-9a0b-2b9f5d5b1c02" },
];

/** The account of that name, in any case of letters. */
export function named(account) {
  return ACCOUNTS.find((one) => one.account === account?.trim().toLowerCase());
}

/** The account with that object id. */
export function identified(objectId) {
  return ACCOUNTS.find((one) => one.objectId === objectId);
}
