import { type RefObject, useReducer, useRef, useState } from "react";
import { useNotify } from "@/components/toast";
import { call } from "@/ipc/call";
import type { AppState } from "@/ipc/generated/AppState";
import type { CheckScope } from "@/ipc/generated/CheckScope";
import type { EmailConfiguration } from "@/ipc/generated/EmailConfiguration";
import type { EmailConfigurationForm } from "@/ipc/generated/EmailConfigurationForm";
import type { FieldMessage } from "@/ipc/generated/FieldMessage";
import type { RunId } from "@/ipc/generated/RunId";
import { asCommandError, type CommandError } from "@/ipc/problem";
import { useWrite } from "@/lib/queries";
import { focusFirst, forbidCheck, forbidSave } from "./blocking";
import { formReducer, isDirty, startForm } from "./formState";
import { savedText, useSave, useStartCheck } from "./mutations";
import { passwordForCheck, passwordForSave } from "./passwordChange";
import { useValidation } from "./useValidation";

/** A command that failed, and what it was for. */
export type Failure = { title: string; error: CommandError };

const refusedByKeyStore = "The key store refused to save the password. Nothing was changed.";

/** The form, what is wrong with it, and what can be done with it. */
export function useConfiguration(
  organization: number,
  configuration: EmailConfiguration,
  app: AppState,
  page: RefObject<HTMLElement | null>,
) {
  const keyStoreAvailable = app.keyStore.available;
  const [state, dispatch] = useReducer(formReducer, null, () => startForm(configuration, keyStoreAvailable));
  const validation = useValidation(organization, state, dispatch, configuration.saved);
  const password = useRef<HTMLInputElement>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [passwordProblem, setPasswordProblem] = useState<FieldMessage | null>(null);
  const [pendingScope, setPendingScope] = useState<CheckScope | null>(null);
  const [started, setStarted] = useState<{ run: RunId; form: EmailConfigurationForm } | null>(null);
  const [busy, setBusy] = useState<"saving" | "starting" | null>(null);
  const [askedDomains, setAskedDomains] = useState<readonly string[] | null>(null);
  const notify = useNotify();
  const sendSave = useSave();
  const sendCheck = useStartCheck();
  const saveSettings = useWrite("settings_save");
  const dirty = isDirty(state);

  const fail = (title: string, thrown: unknown) => {
    const error = asCommandError(thrown);
    if (error.code === "key_store") {
      const text = [refusedByKeyStore, error.hint ?? error.message].join(" ");
      setPasswordProblem({ field: "password", level: "error", text, fix: null, automatic: false });
    } else if (error.code === "password_needed") {
      setPasswordProblem({ field: "password", level: "error", text: error.message, fix: null, automatic: false });
      password.current?.focus();
    } else {
      setFailure({ title, error });
    }
  };
  const begin = () => {
    setFailure(null);
    setPasswordProblem(null);
  };

  const save = async (): Promise<boolean> => {
    begin();
    setBusy("saving");
    try {
      const { form, messages } = await validation.submit();
      const wrong = forbidSave(messages);
      if (wrong.length > 0) {
        focusFirst(wrong, page.current);
        return false;
      }
      const change = passwordForSave(state.password, state.savedKeep, password.current?.value ?? "");
      const saved = await sendSave({ organization, form, password: change });
      clear(password.current);
      dispatch({ kind: "load", configuration: saved.configuration, keyStoreAvailable });
      notify({ intent: "success", ...savedText(saved) });
      return true;
    } catch (thrown) {
      fail("It wasn't saved.", thrown);
      return false;
    } finally {
      setBusy(null);
    }
  };

  const start = async (scope: CheckScope, form: EmailConfigurationForm) => {
    setBusy("starting");
    try {
      const run = await sendCheck({
        organization,
        form,
        password: passwordForCheck(password.current?.value ?? ""),
        scope,
      });
      setStarted({ run, form });
    } catch (thrown) {
      fail("The check didn't start.", thrown);
    } finally {
      setBusy(null);
    }
  };

  const check = async (scope: CheckScope) => {
    begin();
    setPendingScope(null);
    try {
      const { form, messages } = await validation.submit();
      const wrong = forbidCheck(messages, scope);
      if (wrong.length > 0) focusFirst(wrong, page.current);
      else if (app.settings.checkNoticeSeen) await start(scope, form);
      else setPendingScope(scope);
    } catch (thrown) {
      fail("The check didn't start.", thrown);
    }
  };

  const acceptNotice = async () => {
    if (pendingScope === null) return;
    setPendingScope(null);
    saveSettings.mutate({ ...app.settings, checkNoticeSeen: true });
    await start(pendingScope, state.form);
  };

  const wand = async (domain?: string) => {
    begin();
    try {
      const made = await call("ews_url_generate", { organization, accountLogon: state.form.accountLogon, domain });
      if (made.url === null) {
        setAskedDomains(made.domains);
        return;
      }
      setAskedDomains(null);
      const text = state.form.ewsUrl === "" ? "Generated from the mail domain." : `Replaced ${state.form.ewsUrl}.`;
      dispatch({ kind: "replace-url", url: made.url, origin: "generated", text });
    } catch (thrown) {
      fail("No URL was generated.", thrown);
    }
  };

  const discard = () => {
    clear(password.current);
    dispatch({ kind: "load", configuration, keyStoreAvailable });
  };

  return {
    state,
    dispatch,
    dirty,
    busy,
    password,
    validation,
    failure,
    passwordProblem,
    clearPasswordProblem: () => setPasswordProblem(null),
    started,
    pendingScope,
    askedDomains,
    save,
    check,
    acceptNotice,
    cancelNotice: () => setPendingScope(null),
    wand,
    stopAsking: () => setAskedDomains(null),
    discard,
  };
}

function clear(input: HTMLInputElement | null): void {
  if (input) input.value = "";
}
