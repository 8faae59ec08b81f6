import { useEffect, useRef, useState } from "react";
import { call } from "@/ipc/call";
import { base64 } from "@/lib/base64";
import type { ListSource } from "./incomingList";
import type { StepName } from "./Stepper";
import { usePreview } from "./usePreview";
import { useTarget } from "./useTarget";

/** An import as it stands. */
export type Import = ReturnType<typeof useImport>;

/** Walks through the steps. The engine holds the preview; leaving forgets it. */
export function useImport(organization: number | undefined, incoming: ListSource | undefined) {
  const { organizations, target, setTarget } = useTarget(organization);
  const [list, setList] = useState(incoming);
  const [step, setStep] = useState<StepName>("source");
  const { attempt, forget, setPreview, ...held } = usePreview(() => setStep("done"));
  const read = () => {
    if (target === undefined || list === undefined) {
      return;
    }
    void attempt("The list could not be read. Nothing was added.", async () => {
      forget();
      const source = { organization: target, name: list.name, base64: base64(list.bytes) };
      setPreview(await call("users_import_preview", source));
      setStep("columns");
    });
  };
  // A list that was pasted or dropped is read as soon as it is known where it goes.
  const started = useRef(false);
  useEffect(() => {
    if (incoming !== undefined && organization !== undefined && !started.current) {
      started.current = true;
      read();
    }
  });
  return {
    step,
    organizations,
    target,
    setTarget,
    list,
    setList,
    ...held,
    read,
    toPreview: () => setStep("preview"),
    back: () => setStep(step === "preview" ? "columns" : "source"),
    cancel: forget,
  };
}
