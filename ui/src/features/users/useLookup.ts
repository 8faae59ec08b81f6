import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { call } from "@/ipc/call";
import type { CheckPassword } from "@/ipc/generated/CheckPassword";
import type { DirectoryLookup } from "@/ipc/generated/DirectoryLookup";
import type { DirectorySource } from "@/ipc/generated/DirectorySource";
import { asCommandError, type CommandError } from "@/ipc/problem";
import { usePreview } from "./usePreview";
import { useTarget } from "./useTarget";

/** The steps of a look-up. */
export type LookupStep = "ask" | "look" | "preview" | "done";

/** A look-up as it stands. */
export type Lookup = ReturnType<typeof useLookup>;

/**
 * Looks users up in Exchange as the service account, and previews them as the import does. Nothing is added before the
 * preview was seen; leaving cancels what runs and forgets the preview.
 */
export function useLookup(organization: number | undefined) {
  const where = useTarget(organization);
  const [step, setStep] = useState<LookupStep>("ask");
  const { setPreview, forget, attempt: _, ...held } = usePreview(() => setStep("done"));
  const starting = useStart(where.target, () => setStep("look"));
  const { lookup } = starting;
  const shown = useShown(lookup);
  const answer = shown.data;

  // What was found is previewed once, when the look-up is done.
  const previewed = useRef<string>(undefined);
  useEffect(() => {
    if (answer?.state === "done" && answer.preview !== null && previewed.current !== answer.lookup) {
      previewed.current = answer.lookup;
      setPreview(answer.preview);
      setStep("preview");
    }
  }, [answer, setPreview]);

  // Nobody waits for what is still running when the dialog is gone.
  const running = lookup !== undefined && (answer === undefined || answer.state === "running");
  const left = useRef<string>(undefined);
  left.current = running ? lookup : undefined;
  useEffect(() => () => stop(left.current), []);
  return {
    ...held,
    where,
    step,
    answer,
    running,
    starting,
    /** The progress could not be read. */
    lost: shown.error as CommandError | null,
    retry: () => void shown.refetch(),
    /** Back to the question; what runs is stopped, what was previewed is forgotten. */
    again: () => {
      stop(left.current);
      forget();
      starting.forget();
      setStep("ask");
    },
    cancel: forget,
  };
}

function stop(lookup: string | undefined): void {
  // One that is over already needs no stopping.
  if (lookup !== undefined) call("directory_cancel", { lookup }).catch(() => {});
}

/** The progress of a look-up, a few times a second while it runs. */
function useShown(lookup: string | undefined) {
  return useQuery<DirectoryLookup, CommandError>({
    queryKey: ["directory_show", { lookup }],
    queryFn: () => call("directory_show", { lookup: lookup ?? "" }),
    enabled: lookup !== undefined,
    refetchInterval: ({ state }) => (state.data === undefined || state.data.state === "running" ? 250 : false),
    gcTime: 0,
  });
}

/** Starts it; asks for a password that is not stored, and before one that was refused is sent again. */
function useStart(organization: number | undefined, onStarted: () => void) {
  const [lookup, setLookup] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<CommandError | null>(null);
  const [asking, setAsking] = useState(false);
  const [refused, setRefused] = useState<CommandError | null>(null);
  const source = useRef<DirectorySource>({ kind: "rooms" });
  // A typed password waits here for the answer of the lock-out guard, in no state that is drawn or kept.
  const waiting = useRef<CheckPassword>({ kind: "stored" });

  const start = async (password: CheckPassword, sendAgain = false) => {
    if (organization === undefined) return;
    setBusy(true);
    setAsking(false);
    setProblem(null);
    setRefused(null);
    waiting.current = { kind: "stored" };
    try {
      const started = await call("directory_start", { organization, password, source: source.current, sendAgain });
      setLookup(started.lookup);
      onStarted();
    } catch (thrown) {
      const error = asCommandError(thrown);
      if (error.code === "password_needed") setAsking(true);
      else if (error.code === "password_refused") {
        waiting.current = password;
        setRefused(error);
      } else setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return {
    lookup,
    busy,
    problem,
    asking,
    refused,
    start: (asked: DirectorySource) => {
      source.current = asked;
      void start({ kind: "stored" });
    },
    withPassword: (password: string) => void start({ kind: "typed", password }),
    keepPassword: () => setAsking(false),
    sendAgain: () => void start(waiting.current, true),
    keepBack: () => {
      waiting.current = { kind: "stored" };
      setRefused(null);
    },
    forget: () => {
      setLookup(undefined);
      setProblem(null);
    },
  };
}
