import { useRef, useState } from "react";
import type { CheckPassword } from "@/ipc/generated/CheckPassword";
import { asCommandError, type CommandError } from "@/ipc/problem";

/** What an order is given on its way: where the password comes from, and whether one that was refused is sent again. */
export type Way = { password: CheckPassword; sendAgain: boolean; proxyPassword?: string };

/** Something that may need a password before it can be done. */
export type Order = (way: Way) => Promise<void>;

const stored: Way = { password: { kind: "stored" }, sendAgain: false };

/**
 * Sends an order with the stored password and asks where more is needed: a password that is not stored, or leave to send
 * one again that was refused a short while ago. What is typed waits in no state that is drawn or kept.
 */
export function useSending() {
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState<"account" | "proxy" | null>(null);
  const [refused, setRefused] = useState<CommandError | null>(null);
  const [problem, setProblem] = useState<{ title: string; error: CommandError } | null>(null);
  const waiting = useRef<{ title: string; order: Order; way: Way } | null>(null);

  const send = async (title: string, order: Order, way: Way) => {
    setBusy(true);
    setAsking(null);
    setProblem(null);
    setRefused(null);
    waiting.current = null;
    try {
      await order(way);
    } catch (thrown) {
      const error = asCommandError(thrown);
      if (error.code === "password_needed") {
        waiting.current = { title, order, way };
        setAsking(error.field === "proxy" ? "proxy" : "account");
      } else if (error.code === "password_refused") {
        waiting.current = { title, order, way };
        setRefused(error);
      } else setProblem({ title, error });
    } finally {
      setBusy(false);
    }
  };
  const goOn = (change: Partial<Way>) => {
    if (waiting.current === null) return;
    const { title, order, way } = waiting.current;
    void send(title, order, { ...way, ...change });
  };
  const keepBack = () => {
    waiting.current = null;
    setAsking(null);
    setRefused(null);
  };
  return {
    busy,
    /** Whose password is asked for. */
    asking,
    /** The refusal the engine remembers; null: none. */
    refused,
    problem,
    /** `title` says what did not happen, should it fail. */
    start: (title: string, order: Order) => void send(title, order, stored),
    withPassword: (password: string) =>
      goOn(asking === "proxy" ? { proxyPassword: password } : { password: { kind: "typed", password } }),
    sendAgain: () => goOn({ sendAgain: true }),
    keepBack,
  };
}

export type Sending = ReturnType<typeof useSending>;
