import { screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import type { ServerLoad } from "@/ipc/generated/ServerLoad";
import { CommandError } from "@/ipc/problem";
import { renderScreen } from "@/testing/render";
import { ServerLoadView } from "./ServerLoadView";
import { runId } from "./samples";

const load: ServerLoad = {
  samples: [
    { atMs: 500, rate: 120, latencyMs: 30, lanes: 4, backOffs: 0 },
    { atMs: 1000, rate: 0, latencyMs: null, lanes: 2, backOffs: 7 },
    { atMs: 1500, rate: 142.2, latencyMs: 41, lanes: 3, backOffs: 0 },
  ],
  ceiling: 10,
  backOffs: 7,
  allowed: 3,
  sentence: "Your server seems to allow about 3 connections.",
};

function open(
  server_load: () => ServerLoad,
  running = false,
  learned: Parameters<typeof ServerLoadView>[0]["learned"] = null,
) {
  return renderScreen(<ServerLoadView run={runId} running={running} learned={learned} />, { replace: { server_load } });
}

test("says in words what each picture shows, and what the server seems to allow", async () => {
  await open(() => load);
  expect(await screen.findByText("Your server seems to allow about 3 connections.")).toBeVisible();
  expect(screen.getByText(/The server asked 7 times to come back later\./)).toBeVisible();
  const said = screen.getAllByRole("img").map((image) => image.getAttribute("aria-label"));
  expect(said).toEqual([
    "Mailboxes a second: last 142/s, least 0/s, most 142/s.",
    "Time of an answer: last 41 ms, least 30 ms, most 41 ms.",
    "Connections: last 3, least 2, most 4, limit 10.",
    "Back-offs: last 0, least 0, most 7.",
  ]);
});

test("has every number in a table", async () => {
  const { user } = await open(() => load);
  await user.click(await screen.findByRole("button", { name: "Show as a table: Server load" }));
  const rows = within(screen.getByRole("table")).getAllByRole("row");
  expect(rows.map((row) => row.textContent)).toEqual([
    "TimeMailboxes a secondTime of an answerConnectionsBack-offs",
    "0:00120/s30 ms40",
    "0:010/s–27",
    "0:01142/s41 ms30",
  ]);
});

test("is empty at first, and says so", async () => {
  const nothing = { samples: [], ceiling: 10, backOffs: 0, allowed: null, sentence: "Nothing can be said yet." };
  await open(() => nothing, true);
  expect(await screen.findByText("The first numbers come a moment after the first answers.")).toBeVisible();
  expect(screen.queryByRole("img")).not.toBeInTheDocument();
});

test("of a run that nothing is known of says that, and no more", async () => {
  const nothing = { samples: [], ceiling: 0, backOffs: 0, allowed: null, sentence: "Nothing is known of this run." };
  await open(() => nothing);
  expect(await screen.findByText("Nothing is known of this run.")).toBeVisible();
  expect(screen.queryByText(/come back later/)).not.toBeInTheDocument();
});

test("tells what was learned before, where this run says nothing", async () => {
  const learned = {
    allowed: 20,
    learnedAt: "2026-11-21T09:12:00Z",
    sentence: "Your server seems to allow about 20 connections.",
  };
  await open(() => ({ ...load, allowed: null, sentence: "The server has not objected." }), false, learned);
  expect(await screen.findByText(/^Learned before: Your server seems to allow about 20 connections\./)).toBeVisible();
});

test("cannot be read: says why, and reads again", async () => {
  let broken = true;
  const { user } = await open(() => {
    if (broken) throw new CommandError({ code: "internal", message: "The database is busy." });
    return load;
  });
  expect(await screen.findByText(/The database is busy\./)).toBeVisible();
  broken = false;
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("Your server seems to allow about 3 connections.")).toBeVisible();
});

test("is asked at most twice a second while the run goes on", async () => {
  const asked: number[] = [];
  await open(() => {
    asked.push(Date.now());
    return load;
  }, true);
  await waitFor(() => expect(asked.length).toBeGreaterThanOrEqual(4), { timeout: 4000 });
  const gaps = asked.slice(1).map((at, index) => at - (asked[index] ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(450);
});

test("is read once when the run has ended", async () => {
  const server_load = vi.fn(() => load);
  await open(server_load);
  await screen.findByText("Your server seems to allow about 3 connections.");
  await new Promise((done) => setTimeout(done, 1200));
  expect(server_load).toHaveBeenCalledOnce();
});
