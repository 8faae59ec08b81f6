// What is typed into the form of the test, the password apart, and what is made of it.
import type { EmailConfigurationForm } from "@/ipc/generated/EmailConfigurationForm";
import type { IdentifyBy } from "@/ipc/generated/IdentifyBy";
import type { ServiceAccountFields } from "@/ipc/generated/ServiceAccountFields";

export type Typed = {
  mailbox: string;
  account: string;
  useAutodiscover: boolean;
  ewsUrl: string;
  folder: string;
  impersonate: boolean;
  /** Null: the target mailbox, whatever it is. */
  impersonatedUser: string | null;
  identifyBy: IdentifyBy;
  writeTest: boolean;
};

/** Folders that can be tested, in Microsoft's order. */
export const folders: Readonly<Record<string, string>> = {
  inbox: "Inbox",
  calendar: "Calendar",
  contacts: "Contacts",
  tasks: "Tasks",
};

/** `Impersonated user identifier`. */
export const identifiers: Record<IdentifyBy, string> = {
  smtp: "SmtpAddress",
  upn: "PrincipalName",
  sid: "SID",
  primary_smtp: "PrimarySmtpAddress",
};

export function startFields(form: EmailConfigurationForm, mailbox: string): Typed {
  return {
    mailbox,
    account: form.accountLogon,
    useAutodiscover: form.findWhenChecking,
    ewsUrl: form.ewsUrl,
    folder: "inbox",
    impersonate: true,
    impersonatedUser: null,
    identifyBy: form.identifyBy,
    writeTest: false,
  };
}

/** What to test. */
export function fieldsOf(typed: Typed): ServiceAccountFields {
  const { mailbox, useAutodiscover, folder, impersonate, impersonatedUser, identifyBy, writeTest } = typed;
  const other = impersonate && impersonatedUser !== null && impersonatedUser.trim() !== "";
  return {
    mailbox: mailbox.trim(),
    useAutodiscover,
    folder,
    impersonate,
    ...(other ? { impersonatedUser: impersonatedUser.trim() } : {}),
    identifyBy,
    writeTest,
  };
}

/** The saved settings with the account and the URL of this test; nothing of it is saved. */
export function formOf(saved: EmailConfigurationForm, typed: Typed): EmailConfigurationForm {
  const ewsUrl = typed.useAutodiscover ? "" : typed.ewsUrl.trim();
  return {
    ...saved,
    accountLogon: typed.account.trim(),
    ewsUrl,
    urlOrigin: ewsUrl === saved.ewsUrl ? saved.urlOrigin : "typed",
    findWhenChecking: typed.useAutodiscover,
  };
}

export type Missing = Partial<Record<"mailbox" | "accountLogon" | "ewsUrl", string>>;

/** What has to be entered before the test can be performed. */
export function missingIn(typed: Typed): Missing {
  const missing: Missing = {};
  if (typed.mailbox.trim() === "") missing.mailbox = "Enter the mailbox to test.";
  if (typed.account.trim() === "") missing.accountLogon = "Enter the service account.";
  if (!typed.useAutodiscover && typed.ewsUrl.trim() === "") missing.ewsUrl = "Enter the EWS URL or use Autodiscover.";
  return missing;
}

/** The account's own mailbox opens without any right to impersonate. */
export function isOwnMailbox(typed: Typed): boolean {
  const mailbox = typed.mailbox.trim().toLowerCase();
  return mailbox !== "" && mailbox === typed.account.trim().toLowerCase();
}
