import { useWrite } from "@/lib/queries";

/** `Pause` and `Resume` of a run that goes on. Whether it is paused is heard from the run itself. */
export function usePausing(run: string, paused: boolean) {
  const pause = useWrite("check_pause");
  const goOn = useWrite("check_continue");
  const busy = pause.isPending || goOn.isPending;
  const failed = paused ? goOn : pause;
  return {
    busy,
    problem: failed.error && {
      title: paused ? "The check is still paused." : "The check was not paused.",
      error: failed.error,
    },
    toggle: () => {
      if (!busy) (paused ? goOn : pause).mutate({ run });
    },
  };
}
