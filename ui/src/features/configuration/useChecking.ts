import { type RefObject, useState } from "react";
import type { AppState } from "@/ipc/generated/AppState";
import type { CheckScope } from "@/ipc/generated/CheckScope";
import type { EmailConfigurationForm } from "@/ipc/generated/EmailConfigurationForm";
import type { RunId } from "@/ipc/generated/RunId";
import { asCommandError, type CommandError } from "@/ipc/problem";
import { useRefresh, useWrite } from "@/lib/queries";
import { type AppCredentialFields, credentialGiven } from "./appCredential";
import { focusFirst, forbidCheck } from "./blocking";
import type { FormState } from "./formState";
import { useStartCheck } from "./mutations";
import { passwordForCheck, proxyPasswordTyped } from "./passwordChange";
import type { Report } from "./useReport";
import type { Validation } from "./useValidation";

type Parts = {
  organization: number;
  app: AppState;
  state: FormState;
  validation: Validation;
  report: Report;
  page: RefObject<HTMLElement | null>;
  password: RefObject<HTMLInputElement | null>;
  proxyPassword: RefObject<HTMLInputElement | null>;
  credential: AppCredentialFields;
};

type Asked = { scope: CheckScope; form: EmailConfigurationForm };

/** Checks the form as it stands; the first time only after a notice was accepted. */
export function useChecking(parts: Parts) {
  const { organization, app, state, validation, report, page, password, proxyPassword, credential } = parts;
  const [pending, setPending] = useState<Asked | null>(null);
  const [refused, setRefused] = useState<(Asked & { error: CommandError }) | null>(null);
  const [started, setStarted] = useState<{ run: RunId; form: EmailConfigurationForm } | null>(null);
  const [starting, setStarting] = useState(false);
  const send = useStartCheck();
  const refresh = useRefresh();
  const saveSettings = useWrite("settings_save");

  const failed = (thrown: unknown, asked?: Asked) => {
    const guard = asCommandError(thrown);
    if (guard.code === "password_refused" && asked) {
      setRefused({ ...asked, error: guard });
      return;
    }
    const error = report.fail("The check didn't start.", thrown);
    if (error.code === "password_needed") (error.field === "proxy" ? proxyPassword : password).current?.focus();
    if (error.code === "already_running") void refresh("check_start");
  };
  const start = async (asked: Asked, sendAgain = false) => {
    const { scope, form } = asked;
    setStarting(true);
    try {
      const typed = passwordForCheck(password.current?.value ?? "");
      const proxy = proxyPasswordTyped(proxyPassword.current);
      const given = await credentialGiven({ ...state, form }, credential);
      const app = given === undefined ? {} : { appCredential: given };
      setStarted({
        run: await send({ organization, form, password: typed, scope, sendAgain, ...proxy, ...app }),
        form,
      });
    } catch (thrown) {
      failed(thrown, asked);
    } finally {
      setStarting(false);
    }
  };
  const check = async (scope: CheckScope) => {
    report.begin();
    setPending(null);
    try {
      const { form, messages } = await validation.submit();
      const wrong = forbidCheck(messages, scope);
      if (wrong.length > 0) focusFirst(wrong, page.current);
      else if (app.settings.checkNoticeSeen) await start({ scope, form });
      else setPending({ scope, form });
    } catch (thrown) {
      failed(thrown);
    }
  };
  const accept = async () => {
    if (pending === null) return;
    setPending(null);
    saveSettings.mutate({ ...app.settings, checkNoticeSeen: true });
    await start(pending);
  };
  /** The lock-out guard asked, and the password is to be sent all the same. */
  const sendAgain = async () => {
    if (refused === null) return;
    setRefused(null);
    await start(refused, true);
  };
  return {
    pending,
    started,
    starting,
    refused: refused?.error ?? null,
    check,
    accept,
    decline: () => setPending(null),
    sendAgain,
    keepBack: () => setRefused(null),
  };
}
