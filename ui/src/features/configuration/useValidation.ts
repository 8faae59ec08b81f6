import { type Dispatch, useCallback, useEffect, useRef, useState } from "react";
import { call } from "@/ipc/call";
import type { FieldMessage } from "@/ipc/generated/FieldMessage";
import { asCommandError, type CommandError } from "@/ipc/problem";
import { whenReleased } from "@/lib/pointer";
import type { FormAction, FormState } from "./formState";

/** Quiet time after the last key before the engine is asked again. */
const quiet = 300;

const everyField = [
  "accessType",
  "accountLogon",
  "password",
  "ewsUrl",
  "tenant",
  "clientId",
  "authorityUrl",
  "redirectPort",
  "appCredential",
  "authentication",
  "tlsTrust",
  "proxy",
  "users",
];

/**
 * What the engine finds wrong with the form: asked when a field is left, on submit, and again while a field that was
 * left is being mended. Automatic fixes go in when a field is left or the form is submitted, never while typing.
 */
export function useValidation(organization: number, state: FormState, dispatch: Dispatch<FormAction>, saved: boolean) {
  const [messages, setMessages] = useState<readonly FieldMessage[]>([]);
  const [problem, setProblem] = useState<CommandError | null>(null);
  const [left, setLeft] = useState<readonly string[]>(saved ? everyField : []);
  const turn = useRef(0);
  const justLeft = useRef(new Set<string>());

  const ask = useCallback(
    async (asked: FormState): Promise<readonly FieldMessage[]> => {
      turn.current += 1;
      const mine = turn.current;
      const found = await call("email_configuration_validate", {
        organization,
        form: asked.form,
        passwordTyped: asked.password.typed,
        passwordOuterSpaces: asked.password.outerSpaces,
        askEachTime: asked.password.keep === "ask",
        appCredentialGiven: asked.appCredential.given,
      });
      // Messages push down what is below them: not from under a click.
      await whenReleased();
      if (mine === turn.current) {
        setMessages(found);
        // Together with the answer: what was found before says nothing about what was typed since.
        const more = justLeft.current;
        justLeft.current = new Set();
        setLeft((before) => [...new Set([...before, ...more])]);
        setProblem(null);
      }
      return found;
    },
    [organization],
  );

  const { form, password, appCredential } = state;
  const latest = useRef(state);
  latest.current = state;
  const watching = left.length > 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again whenever one of these changes
  useEffect(() => {
    if (!watching) return;
    const timer = setTimeout(() => {
      ask(latest.current).catch((thrown: unknown) => setProblem(asCommandError(thrown)));
    }, quiet);
    return () => clearTimeout(timer);
  }, [watching, ask, form, password.typed, password.outerSpaces, password.keep, appCredential.given]);

  const leave = (field: string) => {
    justLeft.current.add(field);
    ask(state).then(
      (found) => applyFix(found, latest.current, dispatch),
      (thrown: unknown) => setProblem(asCommandError(thrown)),
    );
  };

  /** All messages of the form as it will be sent, after automatic fixes; throws a `CommandError`. */
  const submit = async (): Promise<{ form: FormState["form"]; messages: readonly FieldMessage[] }> => {
    setLeft(everyField);
    const found = await ask(state);
    const fixed = applyFix(found, state, dispatch);
    if (fixed === null) return { form: state.form, messages: found };
    const form = { ...state.form, ewsUrl: fixed };
    return { form, messages: await ask({ ...state, form }) };
  };

  const of = (field: string): FieldMessage[] =>
    left.includes(field) ? messages.filter((message) => message.field === field && !message.automatic) : [];

  return { messages, of, leave, submit, problem };
}

function applyFix(messages: readonly FieldMessage[], state: FormState, dispatch: Dispatch<FormAction>): string | null {
  const { ewsUrl, urlOrigin } = state.form;
  const found = messages.find((message) => message.field === "ewsUrl" && message.automatic && message.fix !== null);
  if (!found?.fix || found.fix === ewsUrl || state.keptUrls.includes(ewsUrl)) return null;
  dispatch({ kind: "replace-url", url: found.fix, origin: urlOrigin, text: found.text });
  return found.fix;
}

export type Validation = ReturnType<typeof useValidation>;
