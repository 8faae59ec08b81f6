// The form as it stands, without the password: that never leaves its field (see PasswordField).
import type { EmailConfiguration } from "@/ipc/generated/EmailConfiguration";
import type { EmailConfigurationForm } from "@/ipc/generated/EmailConfigurationForm";
import type { TlsTrust } from "@/ipc/generated/TlsTrust";
import type { UrlOrigin } from "@/ipc/generated/UrlOrigin";

export type Keep = "store" | "ask";

/** What is known of the password field: never what is typed, only that it is. */
export type PasswordDraft = {
  typed: boolean;
  outerSpaces: boolean;
  /** The stored password goes with the next save. */
  removing: boolean;
  /** A stored password is being replaced: its field is open. */
  replacing: boolean;
  keep: Keep;
};

/** A URL that was replaced by the wand or by a fix, and what stood there before. */
export type UrlUndo = {
  from: string;
  fromOrigin: UrlOrigin;
  to: string;
  text: string;
};

export type FormState = {
  form: EmailConfigurationForm;
  saved: EmailConfigurationForm;
  password: PasswordDraft;
  savedKeep: Keep;
  urlUndo: UrlUndo | null;
  /** URLs whose automatic fix was taken back: it is not done again. */
  keptUrls: readonly string[];
};

export type FormAction =
  | { kind: "set"; change: Partial<EmailConfigurationForm> }
  | { kind: "type-url"; url: string }
  | { kind: "replace-url"; url: string; origin: UrlOrigin; text: string }
  | { kind: "undo-url" }
  | { kind: "password"; change: Partial<PasswordDraft> }
  | { kind: "load"; configuration: EmailConfiguration; keyStoreAvailable: boolean };

export function startForm(configuration: EmailConfiguration, keyStoreAvailable: boolean): FormState {
  const keep = keepOf(configuration, keyStoreAvailable);
  return {
    form: configuration.form,
    saved: configuration.form,
    password: { typed: false, outerSpaces: false, removing: false, replacing: false, keep },
    savedKeep: keep,
    urlUndo: null,
    keptUrls: [],
  };
}

export function formReducer(state: FormState, action: FormAction): FormState {
  switch (action.kind) {
    case "set":
      return { ...state, form: { ...state.form, ...action.change } };
    case "type-url":
      return {
        ...state,
        form: { ...state.form, ewsUrl: action.url, urlOrigin: "typed" },
        urlUndo: null,
      };
    case "replace-url":
      return replaceUrl(state, action.url, action.origin, action.text);
    case "undo-url":
      return undoUrl(state);
    case "password":
      return { ...state, password: { ...state.password, ...action.change } };
    case "load":
      return startForm(action.configuration, action.keyStoreAvailable);
  }
}

export function isDirty(state: FormState): boolean {
  const { password } = state;
  return password.typed || password.removing || password.keep !== state.savedKeep || !sameForm(state.form, state.saved);
}

export function sameForm(a: EmailConfigurationForm, b: EmailConfigurationForm): boolean {
  return (
    a.accessType === b.accessType &&
    a.accountLogon === b.accountLogon &&
    a.ewsUrl === b.ewsUrl &&
    a.authentication === b.authentication &&
    a.identifyBy === b.identifyBy &&
    sameTrust(a.tlsTrust, b.tlsTrust)
  );
}

/** Part by part: an answer may hold the same parts in another order. */
function sameTrust(a: TlsTrust, b: TlsTrust): boolean {
  if (a.kind === "ca" && b.kind === "ca") return a.pem === b.pem && a.name === b.name;
  if (a.kind === "pin" && b.kind === "pin") return a.sha256 === b.sha256;
  return a.kind === b.kind;
}

function keepOf(configuration: EmailConfiguration, keyStoreAvailable: boolean): Keep {
  if (configuration.password.askEachTime) return "ask";
  return keyStoreAvailable || configuration.password.hasPassword ? "store" : "ask";
}

function replaceUrl(state: FormState, url: string, origin: UrlOrigin, text: string): FormState {
  const { ewsUrl, urlOrigin } = state.form;
  const form = { ...state.form, ewsUrl: url, urlOrigin: origin };
  if (ewsUrl === url) return { ...state, form };
  return { ...state, form, urlUndo: { from: ewsUrl, fromOrigin: urlOrigin, to: url, text } };
}

function undoUrl(state: FormState): FormState {
  const undo = state.urlUndo;
  if (!undo) return state;
  return {
    ...state,
    form: { ...state.form, ewsUrl: undo.from, urlOrigin: undo.fromOrigin },
    urlUndo: null,
    keptUrls: [...state.keptUrls, undo.from],
  };
}
