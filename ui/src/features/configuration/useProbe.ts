import { useRef, useState } from "react";
import { call } from "@/ipc/call";
import type { EmailConfigurationForm } from "@/ipc/generated/EmailConfigurationForm";
import type { EndpointProbe } from "@/ipc/generated/EndpointProbe";
import { asCommandError, type CommandError } from "@/ipc/problem";
import type { FormState } from "./formState";

/** What the server said, and to which form. */
export type Probed = { form: EmailConfigurationForm; answer: EndpointProbe };

/** `Ask the server`: what it says before any log-on. Hands over no password. */
export function useProbe(organization: number, { form }: FormState) {
  const [asking, setAsking] = useState(false);
  const [probed, setProbed] = useState<Probed | null>(null);
  const [problem, setProblem] = useState<CommandError | null>(null);
  const turn = useRef(0);
  const ask = async () => {
    turn.current += 1;
    const mine = turn.current;
    setAsking(true);
    setProblem(null);
    try {
      const answer = await call("endpoint_probe", { organization, form });
      if (mine === turn.current) setProbed({ form, answer });
    } catch (thrown) {
      if (mine !== turn.current) return;
      setProbed(null);
      setProblem(asCommandError(thrown));
    } finally {
      if (mine === turn.current) setAsking(false);
    }
  };
  // What another server said is no word about this one.
  const current = probed !== null && probed.form.ewsUrl === form.ewsUrl ? probed : null;
  const close = () => {
    turn.current += 1;
    setAsking(false);
    setProbed(null);
    setProblem(null);
  };
  return { asking, probed: current, problem, ask, close };
}

export type Probe = ReturnType<typeof useProbe>;
