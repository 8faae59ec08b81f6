import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { call } from "@/ipc/call";
import type { ServiceAccountTest } from "@/ipc/generated/ServiceAccountTest";
import type { StartServiceAccountTest } from "@/ipc/generated/StartServiceAccountTest";
import { asCommandError, type CommandError } from "@/ipc/problem";
import { query, useRefresh } from "@/lib/queries";
import { text, useUrlState } from "@/lib/urlState";

/** Between two looks at a test that goes on. */
const lookEvery = 250;

/** What is sent, as it is at that moment: the password comes out of its field, into no state. */
export type Compose = (sendAgain: boolean) => StartServiceAccountTest;

/** The test the address names, and the next one. The request may carry a password, so it goes into no cache. */
export function useTest(compose: Compose) {
  const [url, setUrl] = useUrlState();
  const id = text(url, "test");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<CommandError | null>(null);
  const [refused, setRefused] = useState<CommandError | null>(null);
  const client = useQueryClient();
  const shown = useQuery({
    ...query("service_account_show", { test: id }),
    enabled: id !== "",
    refetchInterval: ({ state: { data } }) => (goesOn(data) ? lookEvery : false),
  });
  const test = id === "" ? undefined : shown.data;
  useRunsRefreshed(test);

  const attempt = async (what: () => Promise<unknown>) => {
    setBusy(true);
    setProblem(null);
    try {
      await what();
    } catch (thrown) {
      const error = asCommandError(thrown);
      if (error.code === "password_refused") setRefused(error);
      else setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  const perform = (sendAgain = false) =>
    attempt(async () => {
      const started = await call("service_account_start", compose(sendAgain));
      setUrl({ test: started.test });
    });
  const tell = (what: () => Promise<unknown>) =>
    void attempt(async () => {
      await what();
      await client.invalidateQueries({ queryKey: ["service_account_show"] });
    });
  return {
    test,
    going: goesOn(test) || (id !== "" && shown.isPending),
    busy,
    problem,
    /** The test of the address can't be read: it belongs to an earlier start of the app. */
    lost: id === "" ? null : shown.error,
    refused,
    perform,
    cancel: () => tell(() => call("service_account_cancel", { test: id })),
    answer: (write: boolean) => tell(() => call("service_account_answer", { test: id, write })),
    sendAgain: () => {
      setRefused(null);
      void perform(true);
    },
    keepBack: () => setRefused(null),
  };
}

export type Testing = ReturnType<typeof useTest>;

function goesOn(test: ServiceAccountTest | undefined): boolean {
  return test?.state === "running" || test?.state === "asking";
}

/** The history has one run more, and then one that has ended. */
function useRunsRefreshed(test: ServiceAccountTest | undefined) {
  const refresh = useRefresh();
  const seen = useRef<string | null>(null);
  const standing = test?.run ? `${test.run} ${goesOn(test)}` : null;
  useEffect(() => {
    if (standing === null || seen.current === standing) return;
    seen.current = standing;
    void refresh("check_start");
  }, [standing, refresh]);
}
