import { useParams } from "@tanstack/react-router";
import { RunPage } from "@/features/checks/RunPage";

/** One check run. */
export function RunScreen() {
  const { run } = useParams({ from: "/runs/$run" });
  return <RunPage key={run} run={run} />;
}
