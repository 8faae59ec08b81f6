import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type RefObject, useEffect, useRef, useState } from "react";
import { useNotify } from "@/components/toast";
import { call } from "@/ipc/call";
import type { EmailConfigurationForm } from "@/ipc/generated/EmailConfigurationForm";
import type { SignIn } from "@/ipc/generated/SignIn";
import { query, useRefresh } from "@/lib/queries";
import type { WriteName } from "@/lib/writes";
import { type AppCredentialFields, credentialGiven } from "./appCredential";
import { focusFirst } from "./blocking";
import type { FormState } from "./formState";
import { isModern, type ModernType, signInFields } from "./modern";
import type { Report } from "./useReport";
import type { Validation } from "./useValidation";

type Parts = {
  organization: number;
  state: FormState;
  validation: Validation;
  report: Report;
  page: RefObject<HTMLElement | null>;
  credential: AppCredentialFields;
};

/** Quiet time after the last key before the sign-in is held against the form again. */
const quiet = 300;
const everySecond = 1000;
const anHour = 3_600_000;

/** Who is signed in for the form as it stands, and what can be done about it. No token ever comes here. */
export function useSignIn({ organization, state, validation, report, page, credential }: Parts) {
  const form = useSettled(state.form);
  const client = useQueryClient();
  const refresh = useRefresh();
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState<Pick<SignIn, "state" | "warnings"> | null>(null);
  const shown = useQuery({
    ...query("sign_in_show", { organization, form }),
    enabled: isModern(form.accessType),
    refetchInterval: ({ state: { data } }) => nextAsking(data),
    // The browser is in front then.
    refetchIntervalInBackground: true,
    // What stood for another type is no word about this one.
    placeholderData: (before, earlier) =>
      earlier?.queryKey[1].form?.accessType === form.accessType ? before : undefined,
  });
  const asked = useTransitions(shown.data);

  const act = async (title: string, name: WriteName, ask: () => Promise<SignIn | undefined>) => {
    report.begin();
    setSaid(null);
    setBusy(true);
    try {
      const answer = await ask();
      if (answer === undefined) return;
      setSaid({ state: answer.state, warnings: answer.warnings });
      client.setQueriesData<SignIn>({ queryKey: ["sign_in_show"], predicate: isOf(organization) }, answer);
    } catch (thrown) {
      report.fail(title, thrown);
    } finally {
      // A refusal may have changed it too: a token that can't be renewed has expired.
      void refresh(name);
      setBusy(false);
    }
  };
  /** The form as it will be sent; null: something in it keeps anybody from signing in, and is shown. */
  const submitted = async (): Promise<EmailConfigurationForm | null> => {
    const { form, messages } = await validation.submit();
    const needed = signInFields(form.accessType as ModernType);
    const wrong = messages.filter(({ level, field }) => level === "error" && needed.includes(field));
    if (wrong.length === 0) return form;
    focusFirst(wrong, page.current);
    return null;
  };
  const start = (deviceCode = false) =>
    act("The sign-in didn't start.", "sign_in_start", async () => {
      const form = await submitted();
      if (form === null) return undefined;
      asked.current = true;
      return call("sign_in_start", { organization, form, deviceCode });
    });
  const authorize = (consent: boolean) =>
    act("The app wasn't authorized.", "app_authorize", async () => {
      const form = await submitted();
      if (form === null) return undefined;
      const given = await credentialGiven({ ...state, form }, credential);
      asked.current = true;
      const whole = { organization, form, consent };
      return call("app_authorize", given === undefined ? whole : { ...whole, credential: given });
    });
  return {
    /** Undefined until it is known, and for types that need no sign-in. */
    now: isModern(form.accessType) ? withWarnings(shown.data, said) : undefined,
    problem: shown.error,
    retry: () => void shown.refetch(),
    busy,
    start,
    authorize,
    open: () =>
      act("The page wasn't opened.", "sign_in_open", async () => {
        await call("sign_in_open", { organization });
        return undefined;
      }),
    cancel: () => act("The sign-in wasn't canceled.", "sign_in_cancel", () => call("sign_in_cancel", { organization })),
    use: () => act("The account wasn't taken.", "sign_in_use", () => call("sign_in_use", { organization })),
    renew: () => {
      asked.current = false;
      return act("The token wasn't renewed.", "sign_in_refresh", () => call("sign_in_refresh", { organization }));
    },
    disconnect: () =>
      act("It wasn't disconnected.", "sign_in_disconnect", () => call("sign_in_disconnect", { organization })),
  };
}

export type SignInControl = ReturnType<typeof useSignIn>;

/** What only the answer to a button says (there is no browser, no consent page) stays while that goes on. */
function withWarnings(signIn: SignIn | undefined, said: Pick<SignIn, "state" | "warnings"> | null) {
  if (signIn === undefined || said === null || said.state !== signIn.state) return signIn;
  return { ...signIn, warnings: [...new Set([...signIn.warnings, ...said.warnings])] };
}

/** While somebody is waited for every second; else once more when the token has expired. */
function nextAsking(signIn: SignIn | undefined): number | false {
  if (signIn?.state === "waiting") return everySecond;
  if (signIn?.state !== "authorized" || signIn.expiresAt === null) return false;
  const left = new Date(signIn.expiresAt).getTime() - Date.now();
  return left > 0 ? Math.min(left + everySecond, anHour) : false;
}

function isOf(organization: number) {
  return ({ queryKey }: { queryKey: readonly unknown[] }) =>
    (queryKey[1] as { organization: number }).organization === organization;
}

/** Says once that somebody signed in, and lets the counts follow where it expired. Answers whether it was asked for. */
function useTransitions(signIn: SignIn | undefined): RefObject<boolean> {
  const notify = useNotify();
  const client = useQueryClient();
  const asked = useRef(false);
  const before = useRef<SignIn["state"] | undefined>(undefined);
  const state = signIn?.state;
  useEffect(() => {
    const was = before.current;
    if (state === undefined || state === was) return;
    before.current = state;
    if (state === "authorized" && (asked.current || was === "waiting")) {
      notify({ text: "Signed in successfully", intent: "success" });
    }
    if (state === "expired" && was !== undefined) void client.invalidateQueries({ queryKey: ["organization_show"] });
    if (state !== "waiting") asked.current = false;
  }, [state, notify, client]);
  return asked;
}

/** The form once nobody has typed for a moment. */
function useSettled(form: EmailConfigurationForm): EmailConfigurationForm {
  const [settled, setSettled] = useState(form);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(form), quiet);
    return () => clearTimeout(timer);
  }, [form]);
  // Another type is another question: what is shown for it is not the answer to the last one.
  return settled.accessType === form.accessType ? settled : form;
}
