import { screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import type { RunRow } from "@/ipc/generated/RunRow";
import { findDialog } from "@/testing/dialogs";
import { renderScreen } from "@/testing/render";
import { HistoryTab } from "./HistoryTab";
import { sampleRow, sampleSummary } from "./samples";

const failed = sampleRow({
  id: "b",
  number: 2,
  oldSettings: true,
  summary: sampleSummary({
    granted: 2,
    refused: 1,
    findings: 1,
    causes: [{ cause: "impersonation.out_of_scope", count: 1 }],
  }),
});
const passed = sampleRow({ id: "a", number: 1 });

function open(runs: RunRow[], more: Record<string, unknown> = {}) {
  return renderScreen(<HistoryTab organization={2} />, { replace: { runs_list: () => runs, ...more } });
}

test("opens with the runs that have issues, and shows all on request", async () => {
  const { user } = await open([failed, passed]);
  const grid = await screen.findByRole("grid", { name: "Runs" });
  expect(await within(grid).findByText("Failed for some")).toBeVisible();
  expect(within(grid).getByText("Outside the management scope")).toBeVisible();
  expect(within(grid).getByText("Old settings")).toBeVisible();
  expect(within(grid).queryByText("Passed")).not.toBeInTheDocument();
  await user.click(screen.getByRole("switch", { name: "Only runs with issues (1 of 2)" }));
  expect(await within(grid).findByText("Passed")).toBeVisible();
});

test("shows all runs where none has issues", async () => {
  await open([passed]);
  expect(await screen.findByText("Passed")).toBeVisible();
});

test("is empty before the first check", async () => {
  const { user, router } = await open([]);
  expect(await screen.findByText("Nothing has been checked yet.")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Open Email Configuration" }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/organizations/2/configuration"));
});

test("opens a run", async () => {
  const { user, router } = await open([failed]);
  await user.click(await screen.findByRole("button", { name: "Run 2" }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/runs/b"));
});

test("deletes a run after a question that states the count", async () => {
  const run_remove = vi.fn(() => ({}));
  const { user } = await open([failed], { run_remove });
  await user.click(await screen.findByRole("button", { name: "Delete run 2" }));
  const dialog = await findDialog("Delete run 2 and its 3 results?");
  await user.click(dialog.getByRole("button", { name: "Delete" }));
  await waitFor(() => expect(run_remove).toHaveBeenCalledWith({ run: "b" }));
});

test("goes on with a run that was cut off, from its row", async () => {
  const cut = sampleRow({ id: "c", number: 3, state: "interrupted" });
  const run_resume = vi.fn(() => ({ run: "c" }));
  const { user, router } = await open([cut, failed], { run_resume });
  expect(await screen.findByRole("button", { name: "Resume run 2" })).toBeDisabled();
  await user.click(screen.getByRole("button", { name: "Resume run 3" }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/runs/c"));
  expect(run_resume).toHaveBeenCalledWith({ run: "c", password: { kind: "stored" }, sendAgain: false });
});

test("an opened canary is what its row is about", async () => {
  const causes = [
    { cause: "impersonation.out_of_scope" as const, count: 900 },
    { cause: "impersonation.exposed" as const, count: 1 },
  ];
  await open([sampleRow({ summary: sampleSummary({ findings: 901, causes }) })]);
  expect(await screen.findByText("Canary opened: Failed for some")).toBeVisible();
  expect(screen.queryByText("Outside the management scope")).not.toBeInTheDocument();
});
