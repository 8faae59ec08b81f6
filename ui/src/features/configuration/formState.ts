// The form as it stands, without the password: that never leaves its field (see PasswordField).
import type { EmailConfiguration } from "@/ipc/generated/EmailConfiguration";
import type { EmailConfigurationForm } from "@/ipc/generated/EmailConfigurationForm";
import type { ModernAuthentication } from "@/ipc/generated/ModernAuthentication";
import type { ProxySetting } from "@/ipc/generated/ProxySetting";
import type { UrlOrigin } from "@/ipc/generated/UrlOrigin";
import { sameTrust } from "@/lib/certificates";

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
  /** `Find when checking` stood there instead of a URL. */
  fromFinding: boolean;
  to: string;
  text: string;
};

/** What is known of the field for the proxy's password: only whether something is typed there. */
export type ProxyPasswordDraft = { typed: boolean; replacing: boolean };

/** What is known of the fields for an app's credential: never what is in them. */
export type AppCredentialDraft = {
  /** A client secret is typed, or a certificate file chosen. */
  given: boolean;
  /** The stored one goes with the next save. */
  removing: boolean;
  /** A stored one is being replaced: its fields are open. */
  replacing: boolean;
};

/** Fields that a button can fill in. */
export type AppliedField = "accountLogon" | "authentication" | "tlsTrust" | "modern";

/** A value that a button put into a field, and what stood there before. */
export type Applied = { field: AppliedField; before: EmailConfigurationForm[AppliedField]; text: string };

export type FormState = {
  form: EmailConfigurationForm;
  saved: EmailConfigurationForm;
  password: PasswordDraft;
  savedKeep: Keep;
  proxyPassword: ProxyPasswordDraft;
  appCredential: AppCredentialDraft;
  urlUndo: UrlUndo | null;
  /** URLs whose automatic fix was taken back: it is not done again. */
  keptUrls: readonly string[];
  /** At most one a field, and only while the field is as the button left it. */
  applied: readonly Applied[];
  /** Counts the values that did not come from the fields themselves. */
  revision: number;
};

export type FormAction =
  | { kind: "set"; change: Partial<EmailConfigurationForm> }
  | { kind: "modern"; change: Partial<ModernAuthentication> }
  | { kind: "type-url"; url: string }
  | { kind: "replace-url"; url: string; origin: UrlOrigin; text: string }
  | { kind: "undo-url" }
  /** `Find when checking`: the URL goes; or the field is open for one again. */
  | { kind: "find-url"; on: boolean }
  | { kind: "apply"; change: AppliedChange; text: string }
  | { kind: "undo"; field: AppliedField }
  | { kind: "password"; change: Partial<PasswordDraft> }
  | { kind: "proxy-password"; change: Partial<ProxyPasswordDraft> }
  | { kind: "app-credential"; change: Partial<AppCredentialDraft> }
  | { kind: "load"; configuration: EmailConfiguration; keyStoreAvailable: boolean };

/** One field and its new value. */
export type AppliedChange = {
  [K in AppliedField]: { field: K; value: EmailConfigurationForm[K] };
}[AppliedField];

export function startForm(configuration: EmailConfiguration, keyStoreAvailable: boolean): FormState {
  const keep = keepOf(configuration, keyStoreAvailable);
  return {
    form: configuration.form,
    saved: configuration.form,
    password: { typed: false, outerSpaces: false, removing: false, replacing: false, keep },
    savedKeep: keep,
    proxyPassword: { typed: false, replacing: false },
    appCredential: { given: false, removing: false, replacing: false },
    urlUndo: null,
    keptUrls: [],
    applied: [],
    revision: 0,
  };
}

export function formReducer(state: FormState, action: FormAction): FormState {
  switch (action.kind) {
    case "set":
      return {
        ...state,
        ...forgottenFields(state, action.change.accessType),
        form: { ...state.form, ...action.change },
        applied: state.applied.filter(({ field }) => !(field in action.change)),
      };
    case "modern":
      return formReducer(state, { kind: "set", change: { modern: { ...state.form.modern, ...action.change } } });
    case "apply":
      return apply(state, action.change, action.text);
    case "undo":
      return undo(state, action.field);
    case "type-url":
      return {
        ...state,
        form: { ...state.form, ewsUrl: action.url, urlOrigin: "typed", findWhenChecking: false },
        urlUndo: null,
      };
    case "replace-url":
      return replaceUrl(state, action.url, action.origin, action.text);
    case "undo-url":
      return undoUrl(state);
    case "find-url":
      return findUrl(state, action.on);
    case "password":
      return { ...state, password: { ...state.password, ...action.change } };
    case "proxy-password":
      return { ...state, proxyPassword: { ...state.proxyPassword, ...action.change } };
    case "app-credential":
      return { ...state, appCredential: { ...state.appCredential, ...action.change } };
    case "load":
      return { ...startForm(action.configuration, action.keyStoreAvailable), revision: state.revision + 1 };
  }
}

/** Fields for secrets that go with another type take what is typed in them along. */
function forgottenFields(state: FormState, accessType = state.form.accessType): Partial<FormState> {
  if (accessType === state.form.accessType) return {};
  return {
    password: { ...state.password, typed: false, outerSpaces: false },
    appCredential: { given: false, removing: false, replacing: false },
  };
}

export function isDirty(state: FormState): boolean {
  const { password, appCredential } = state;
  const typed = password.typed || state.proxyPassword.typed || appCredential.given;
  const removing = password.removing || appCredential.removing;
  return typed || removing || password.keep !== state.savedKeep || !sameForm(state.form, state.saved);
}

export function sameForm(a: EmailConfigurationForm, b: EmailConfigurationForm): boolean {
  return (
    a.accessType === b.accessType &&
    a.accountLogon === b.accountLogon &&
    a.ewsUrl === b.ewsUrl &&
    a.findWhenChecking === b.findWhenChecking &&
    a.authentication === b.authentication &&
    a.identifyBy === b.identifyBy &&
    sameTrust(a.tlsTrust, b.tlsTrust) &&
    sameProxy(a.proxy, b.proxy) &&
    sameModern(a.modern, b.modern)
  );
}

function sameModern(a: ModernAuthentication, b: ModernAuthentication): boolean {
  const fields = Object.keys(a) as (keyof ModernAuthentication)[];
  return fields.every((field) => a[field] === b[field]);
}

function sameProxy(a: ProxySetting, b: ProxySetting): boolean {
  if (a.kind === "custom" && b.kind === "custom") return a.address === b.address && (a.user ?? "") === (b.user ?? "");
  return a.kind === b.kind;
}

function keepOf(configuration: EmailConfiguration, keyStoreAvailable: boolean): Keep {
  if (configuration.password.askEachTime) return "ask";
  return keyStoreAvailable || configuration.password.hasPassword ? "store" : "ask";
}

function replaceUrl(state: FormState, url: string, origin: UrlOrigin, text: string): FormState {
  const form = { ...state.form, ewsUrl: url, urlOrigin: origin, findWhenChecking: false };
  if (state.form.ewsUrl === url) return { ...state, form };
  return { ...state, form, urlUndo: { ...stoodThere(state.form), to: url, text } };
}

function findUrl(state: FormState, on: boolean): FormState {
  const { form } = state;
  if (form.findWhenChecking === on) return state;
  if (!on) return { ...state, form: { ...form, findWhenChecking: false }, urlUndo: null };
  const text = form.ewsUrl === "" ? "Autodiscover runs in every check." : `Replaced ${form.ewsUrl}.`;
  const next = { ...form, ewsUrl: "", urlOrigin: "typed" as const, findWhenChecking: true };
  return { ...state, form: next, urlUndo: { ...stoodThere(form), to: "", text } };
}

function stoodThere({ ewsUrl, urlOrigin, findWhenChecking }: EmailConfigurationForm) {
  return { from: ewsUrl, fromOrigin: urlOrigin, fromFinding: findWhenChecking };
}

function undoUrl(state: FormState): FormState {
  const undo = state.urlUndo;
  if (!undo) return state;
  const { from, fromOrigin, fromFinding } = undo;
  return {
    ...state,
    form: { ...state.form, ewsUrl: from, urlOrigin: fromOrigin, findWhenChecking: fromFinding },
    urlUndo: null,
    keptUrls: from === "" ? state.keptUrls : [...state.keptUrls, from],
  };
}

function apply(state: FormState, { field, value }: AppliedChange, text: string): FormState {
  const form = { ...state.form, [field]: value };
  if (sameForm(form, state.form)) return state;
  const others = state.applied.filter((entry) => entry.field !== field);
  const before = state.form[field];
  return { ...state, form, applied: [...others, { field, before, text }], revision: state.revision + 1 };
}

function undo(state: FormState, field: AppliedField): FormState {
  const entry = state.applied.find((candidate) => candidate.field === field);
  if (!entry) return state;
  return {
    ...state,
    form: { ...state.form, [field]: entry.before },
    applied: state.applied.filter((other) => other !== entry),
    revision: state.revision + 1,
  };
}
