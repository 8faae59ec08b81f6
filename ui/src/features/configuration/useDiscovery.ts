import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { call } from "@/ipc/call";
import type { ConsentAnswer } from "@/ipc/generated/ConsentAnswer";
import type { Discovery } from "@/ipc/generated/Discovery";
import type { PasswordState } from "@/ipc/generated/PasswordState";
import { asCommandError, type CommandError } from "@/ipc/problem";
import { query } from "@/lib/queries";
import type { FormState } from "./formState";
import { passwordForDiscovery, proxyPasswordTyped } from "./passwordChange";

/** Between two looks at a search that goes on. */
const lookEvery = 250;

type Parts = {
  organization: number;
  state: FormState;
  stored: PasswordState;
  password: RefObject<HTMLInputElement | null>;
  proxyPassword: RefObject<HTMLInputElement | null>;
};

/** `Find with Autodiscover…`: a search with the form as it stands. What was found stays until the next one. */
export function useDiscovery({ organization, state, stored, password, proxyPassword }: Parts) {
  const [id, setId] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<CommandError | null>(null);
  const [refused, setRefused] = useState<{ address: string; error: CommandError } | null>(null);
  const client = useQueryClient();
  const shown = useQuery({
    ...query("discovery_show", { discovery: id ?? "" }),
    enabled: id !== null,
    refetchInterval: ({ state: { data } }) => (goesOn(data) ? lookEvery : false),
  });
  const active = id !== null && (shown.isPending || goesOn(shown.data)) ? id : null;

  const attempt = async (what: () => Promise<unknown>, refusedFor?: string) => {
    setBusy(true);
    setProblem(null);
    try {
      await what();
    } catch (thrown) {
      const error = asCommandError(thrown);
      if (error.code === "password_refused" && refusedFor !== undefined) setRefused({ address: refusedFor, error });
      else setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  const start = (address: string, sendAgain = false) =>
    attempt(async () => {
      const typed = passwordForDiscovery(state, stored, password.current?.value ?? "");
      const proxy = proxyPasswordTyped(proxyPassword.current);
      const request = { organization, form: state.form, address, sendAgain, ...typed, ...proxy };
      const { discovery } = await call("discovery_start", request);
      setId(discovery);
    }, address);
  const tell = (what: () => Promise<unknown>) =>
    attempt(async () => {
      await what();
      await client.invalidateQueries({ queryKey: ["discovery_show"] });
    });
  const answer = (question: number, given: ConsentAnswer, remember: boolean) =>
    active !== null &&
    void tell(() => call("discovery_answer", { discovery: active, question, answer: given, remember }));
  const stop = () => active !== null && void tell(() => call("discovery_cancel", { discovery: active }));
  useStoppedAtTheEnd(active);

  return {
    found: shown.data,
    /** A search goes on. */
    going: active !== null,
    busy,
    problem: problem ?? shown.error,
    refused: refused?.error ?? null,
    start,
    answer,
    stop,
    sendAgain: () => {
      if (refused === null) return;
      setRefused(null);
      void start(refused.address, true);
    },
    keepBack: () => setRefused(null),
  };
}

export type DiscoverySearch = ReturnType<typeof useDiscovery>;

function goesOn(discovery: Discovery | undefined): boolean {
  return discovery?.state === "running" || discovery?.state === "asking";
}

/** Nobody is left to be asked once the form is gone. */
function useStoppedAtTheEnd(active: string | null) {
  const latest = useRef(active);
  latest.current = active;
  const end = useCallback(() => {
    const discovery = latest.current;
    // It may be over by itself, and who would be told has left.
    if (discovery !== null) call("discovery_cancel", { discovery }).catch(() => undefined);
  }, []);
  useEffect(() => end, [end]);
}
