import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useStable } from "@/lib/stable";

/** Milliseconds after which what is typed is handed on even though an answer is still out. */
const longest = 200;
/** How often it is looked whether the answer is there. */
const look = 20;
/** Handed on at once in thirty seconds: WebKit refuses to change the address more than a hundred times. */
const most = 50;
const within = 30_000;
/** Milliseconds without a key from then on. */
const slow = 600;
/** Milliseconds within which the address says what was handed on. */
const arrival = 1_000;

/**
 * What is typed into a filter that stands in the address: handed on key by key, but while an answer is out only the
 * newest, so that typing never queues up behind a long list. Follows the address when that changes otherwise.
 */
export function useTyped(value: string, onChange: (value: string) => void) {
  const client = useQueryClient();
  const [typed, setTyped] = useState(value);
  // Handed on, and not yet seen in the address: coming back late it must not take away what was typed since.
  const underway = useRef<{ text: string; at: number }[]>([]);
  const last = useRef(value);
  const times = useRef<number[]>([]);
  const handOn = useStable((text: string) => {
    const now = performance.now();
    times.current = [...times.current, now].slice(-most);
    underway.current.push({ text, at: now });
    last.current = text;
    onChange(text);
  });
  useEffect(() => {
    const now = performance.now();
    const seen = underway.current.findLastIndex(({ text, at }) => text === value && now - at < arrival);
    if (seen >= 0) {
      underway.current.splice(0, seen + 1);
    } else if (value !== last.current) {
      underway.current = [];
      last.current = value;
      setTyped(value);
    }
  }, [value]);
  const type = useStable((text: string) => {
    setTyped(text);
    // Before the letter is drawn: what it asks for is then on its way.
    if (text !== last.current && client.isFetching() === 0 && recent(times.current) < most) {
      handOn(text);
    }
  });
  useEffect(() => {
    if (typed === last.current) {
      return;
    }
    const since = performance.now();
    let timer: ReturnType<typeof setTimeout>;
    const attempt = () => {
      const waited = performance.now() - since;
      if (recent(times.current) < most ? waited >= longest || client.isFetching() === 0 : waited >= slow) {
        handOn(typed);
      } else {
        timer = setTimeout(attempt, look);
      }
    };
    attempt();
    return () => clearTimeout(timer);
  }, [typed, client, handOn]);
  return [typed, type] as const;
}

/** How many of these times are not long ago. */
function recent(times: readonly number[]): number {
  const now = performance.now();
  return times.filter((time) => now - time < within).length;
}
