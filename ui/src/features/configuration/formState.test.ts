import { describe, expect, test } from "vitest";
import type { EmailConfiguration } from "@/ipc/generated/EmailConfiguration";
import { formReducer, isDirty, sameForm, startForm } from "./formState";
import { passwordForCheck, passwordForSave } from "./passwordChange";

const configuration: EmailConfiguration = {
  form: {
    accessType: "ex_imp",
    accountLogon: "svc@contoso.com",
    ewsUrl: "https://mail.contoso.com/EWS/Exchange.asmx",
    urlOrigin: "typed",
    authentication: "automatic",
    tlsTrust: { kind: "system" },
    identifyBy: "smtp",
    proxy: { kind: "inherit" },
    findWhenChecking: false,
    modern: {
      authority: "entra",
      cloud: "global",
      tenant: "",
      authorityUrl: "",
      clientId: "",
      redirectPort: null,
      keepSignedIn: false,
      appCredential: "certificate",
    },
  },
  saved: true,
  password: { hasPassword: true, askEachTime: false, setAt: null, provenAt: null },
  hasProxyPassword: false,
  appCredential: { hasSecret: false, certificate: null, setAt: null },
  updatedAt: null,
  lastRun: null,
  lastRunMatches: false,
  waitingRun: null,
  accessTypes: [],
};

describe("the form", () => {
  const start = startForm(configuration, true);

  test("is dirty after an edit, a typed password or another place to keep it, and not by the origin alone", () => {
    expect(isDirty(start)).toBe(false);
    expect(isDirty(formReducer(start, { kind: "set", change: { accountLogon: "x" } }))).toBe(true);
    expect(isDirty(formReducer(start, { kind: "password", change: { typed: true } }))).toBe(true);
    expect(isDirty(formReducer(start, { kind: "password", change: { keep: "ask" } }))).toBe(true);
    expect(isDirty(formReducer(start, { kind: "set", change: { urlOrigin: "generated" } }))).toBe(false);
  });

  test("is dirty where the URL is to be found when checking, and gives the URL back", () => {
    const finding = formReducer(start, { kind: "find-url", on: true });
    expect(finding.form).toMatchObject({ ewsUrl: "", findWhenChecking: true });
    expect(sameForm(finding.form, { ...finding.form, findWhenChecking: false })).toBe(false);
    const url = "https://ex01.contoso.com/EWS/Exchange.asmx";
    const used = formReducer(finding, { kind: "replace-url", url, origin: "discovered", text: "Found." });
    expect(used.form).toMatchObject({ ewsUrl: url, urlOrigin: "discovered", findWhenChecking: false });
    expect(formReducer(used, { kind: "undo-url" }).form).toEqual(finding.form);
    expect(formReducer(finding, { kind: "undo-url" }).form).toEqual(start.form);
    expect(formReducer(finding, { kind: "find-url", on: false }).form.findWhenChecking).toBe(false);
  });

  test("is the same whatever the order of its parts", () => {
    const pem = "-----BEGIN CERTIFICATE-----\n";
    const trusting = { ...configuration.form, tlsTrust: { kind: "ca", pem, name: "ca.pem" } as const };
    const answered = { ...trusting, tlsTrust: { kind: "ca", name: "ca.pem", pem } as const };
    expect(sameForm(trusting, answered)).toBe(true);
    expect(sameForm(trusting, { ...answered, tlsTrust: { kind: "ca", name: "ca.pem", pem: "other" } })).toBe(false);
    expect(sameForm(trusting, configuration.form)).toBe(false);
  });

  test("gives a replaced URL back with its origin, and remembers not to fix it again", () => {
    const typed = formReducer(start, { kind: "type-url", url: "mail.contoso.com" });
    const url = "https://mail.contoso.com/EWS/Exchange.asmx";
    const fixed = formReducer(typed, { kind: "replace-url", url, origin: "generated", text: "Completed." });
    expect(fixed.form).toMatchObject({ ewsUrl: url, urlOrigin: "generated" });
    const undone = formReducer(fixed, { kind: "undo-url" });
    expect(undone.form).toMatchObject({ ewsUrl: "mail.contoso.com", urlOrigin: "typed" });
    expect(undone.keptUrls).toEqual(["mail.contoso.com"]);
  });

  test("keeps a password by asking each time where the key store cannot be used", () => {
    const none = { ...configuration, password: { ...configuration.password, hasPassword: false } };
    expect(startForm(none, false).password.keep).toBe("ask");
    expect(startForm(none, true).password.keep).toBe("store");
  });
});

describe("what is handed over", () => {
  const draft = { typed: true, outerSpaces: false, removing: false, replacing: false, keep: "store" as const };

  test("a typed password is stored, or kept in memory where it is to be asked for", () => {
    expect(passwordForSave(draft, "store", "pw")).toEqual({ kind: "store", password: "pw" });
    expect(passwordForSave({ ...draft, keep: "ask" }, "store", "pw")).toEqual({ kind: "ask", password: "pw" });
  });

  test("nothing typed keeps, removes or stops keeping what is stored", () => {
    expect(passwordForSave(draft, "store", "")).toEqual({ kind: "keep" });
    expect(passwordForSave({ ...draft, removing: true }, "store", "")).toEqual({ kind: "remove" });
    expect(passwordForSave({ ...draft, keep: "ask" }, "store", "")).toEqual({ kind: "ask" });
  });

  test("a check takes what is typed, else what is stored", () => {
    expect(passwordForCheck("pw")).toEqual({ kind: "typed", password: "pw" });
    expect(passwordForCheck("")).toEqual({ kind: "stored" });
  });
});

describe("a value that a button puts in", () => {
  const start = startForm(configuration, true);
  const pin = { kind: "pin", sha256: "AB".repeat(32) } as const;
  const pinned = formReducer(start, { kind: "apply", change: { field: "tlsTrust", value: pin }, text: "Pins it." });

  test("is unsaved, says what it was, and is taken back", () => {
    expect(isDirty(pinned)).toBe(true);
    expect(pinned.applied).toEqual([{ field: "tlsTrust", before: { kind: "system" }, text: "Pins it." }]);
    const undone = formReducer(pinned, { kind: "undo", field: "tlsTrust" });
    expect(isDirty(undone)).toBe(false);
    expect(undone.applied).toEqual([]);
    expect(undone.revision).toBeGreaterThan(pinned.revision);
  });

  test("is no change where it stands there already, so that the way back leads to what was there before", () => {
    const twice = formReducer(pinned, { kind: "apply", change: { field: "tlsTrust", value: pin }, text: "Pins it." });
    expect(twice).toBe(pinned);
  });

  test("is not taken back over what was typed since, and leaves other fields alone", () => {
    const typed = formReducer(pinned, { kind: "set", change: { tlsTrust: { kind: "ca", pem: "x", name: "ca.pem" } } });
    expect(typed.applied).toEqual([]);
    expect(formReducer(typed, { kind: "undo", field: "tlsTrust" })).toBe(typed);
    expect(formReducer(pinned, { kind: "set", change: { accountLogon: "x" } }).applied).toHaveLength(1);
  });

  test("is forgotten once it is saved", () => {
    const saved = { ...configuration, form: pinned.form };
    const loaded = formReducer(pinned, { kind: "load", configuration: saved, keyStoreAvailable: true });
    expect(loaded.applied).toEqual([]);
    expect(isDirty(loaded)).toBe(false);
  });
});

test("another access type forgets that a secret was typed, and keeps every value", () => {
  const start = startForm(configuration, true);
  const typed = formReducer(start, { kind: "password", change: { typed: true } });
  const app = formReducer(typed, { kind: "set", change: { accessType: "graph_app" } });
  expect(app.password.typed).toBe(false);
  expect(app.form).toEqual({ ...start.form, accessType: "graph_app" });
  const given = formReducer(app, { kind: "app-credential", change: { given: true } });
  expect(isDirty({ ...given, saved: given.form })).toBe(true);
  const back = formReducer(given, { kind: "set", change: { accessType: "ex_imp" } });
  expect(back.appCredential.given).toBe(false);
  expect(isDirty(back)).toBe(false);
  expect(formReducer(given, { kind: "set", change: { accessType: "graph_app" } }).appCredential.given).toBe(true);
});

test("every field of OAuth makes the form dirty", () => {
  const start = startForm(configuration, true);
  const changes = [
    { authority: "ad_fs" },
    { cloud: "china" },
    { tenant: "x" },
    { authorityUrl: "x" },
    { clientId: "x" },
    { redirectPort: 1 },
    { keepSignedIn: true },
    { appCredential: "secret" },
  ] as const;
  for (const change of changes) expect(isDirty(formReducer(start, { kind: "modern", change }))).toBe(true);
});

test("a proxy, its user or a typed password of it makes the form dirty", () => {
  const start = startForm(configuration, true);
  const custom = { kind: "custom", address: "proxy:8080" } as const;
  const saved = { ...configuration, form: { ...configuration.form, proxy: custom } };
  const loaded = startForm(saved, true);
  expect(isDirty(formReducer(start, { kind: "set", change: { proxy: { kind: "none" } } }))).toBe(true);
  expect(isDirty(formReducer(loaded, { kind: "set", change: { proxy: { ...custom, user: "jane" } } }))).toBe(true);
  expect(isDirty(formReducer(loaded, { kind: "set", change: { proxy: { ...custom, user: "" } } }))).toBe(false);
  expect(isDirty(formReducer(start, { kind: "proxy-password", change: { typed: true } }))).toBe(true);
});
