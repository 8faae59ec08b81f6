// The app's client secret or certificate on its way inwards. The only functions that see one.
import { type RefObject, useRef } from "react";
import type { AppCredential } from "@/ipc/generated/AppCredential";
import type { AppCredentialChange } from "@/ipc/generated/AppCredentialChange";
import { CommandError } from "@/ipc/problem";
import { base64 } from "@/lib/base64";
import type { FormState } from "./formState";
import { isApp } from "./modern";

/** The fields a credential is given in: the only place where it is. */
export type AppCredentialFields = {
  secret: RefObject<HTMLInputElement | null>;
  file: RefObject<HTMLInputElement | null>;
  filePassword: RefObject<HTMLInputElement | null>;
};

export function useAppCredentialFields(): AppCredentialFields {
  return {
    secret: useRef<HTMLInputElement>(null),
    file: useRef<HTMLInputElement>(null),
    filePassword: useRef<HTMLInputElement>(null),
  };
}

export function wipe({ secret, file, filePassword }: AppCredentialFields): void {
  for (const field of [secret, file, filePassword]) if (field.current) field.current.value = "";
}

/** The certificate file that is chosen; undefined: none is. Rejects with a `CommandError` if it can't be read. */
export async function chosenCertificate(fields: AppCredentialFields): Promise<AppCredential | undefined> {
  const file = fields.file.current?.files?.[0];
  if (file === undefined) return undefined;
  const password = fields.filePassword.current?.value ?? "";
  try {
    const bytes = new Uint8Array(await file.arrayBuffer());
    return {
      kind: "certificate",
      name: file.name,
      base64: base64(bytes),
      ...(password === "" ? {} : { password }),
    };
  } catch {
    const message = `${file.name} can't be read any more. Choose it again.`;
    throw new CommandError({ code: "bad_certificate", message, field: "appCredential" });
  }
}

/** What is given and not saved; left out: the stored one is used. */
export async function credentialGiven(
  { form, appCredential }: Pick<FormState, "form" | "appCredential">,
  fields: AppCredentialFields,
): Promise<AppCredential | undefined> {
  if (!isApp(form.accessType) || appCredential.removing) return undefined;
  if (form.modern.appCredential === "certificate") return chosenCertificate(fields);
  const secret = fields.secret.current?.value ?? "";
  return secret === "" ? undefined : { kind: "secret", secret };
}

export async function credentialForSave(
  state: Pick<FormState, "form" | "appCredential">,
  fields: AppCredentialFields,
): Promise<AppCredentialChange> {
  const credential = await credentialGiven(state, fields);
  if (credential !== undefined) return { kind: "store", credential };
  return state.appCredential.removing ? { kind: "remove" } : { kind: "keep" };
}
