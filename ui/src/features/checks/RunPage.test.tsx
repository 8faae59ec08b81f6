import { act, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, test, vi } from "vitest";
import type { CauseCard } from "@/ipc/generated/CauseCard";
import type { ResultsQuery } from "@/ipc/generated/ResultsQuery";
import type { RunProgress } from "@/ipc/generated/RunProgress";
import type { StartCheck } from "@/ipc/generated/StartCheck";
import { chain } from "@/ipc/hosts/fake/server";
import { CommandError } from "@/ipc/problem";
import { findDialog } from "@/testing/dialogs";
import { renderScreen } from "@/testing/render";
import { RunPage } from "./RunPage";
import { runId, samplePage, sampleResult, sampleRow, sampleSummary, stoppedPage } from "./samples";

/** The run the pretended engine starts with. */
const past = "01939f00-0000-7000-8000-000000000001";

function open(page: ReturnType<typeof samplePage>, at = "/", more: Record<string, unknown> = {}) {
  return renderScreen(<RunPage run={runId} />, { at, replace: { run_show: () => page, ...more } });
}

/** The commands that are shown, as they would be typed. */
function commands(within: HTMLElement): (string | null)[] {
  return [...within.querySelectorAll("pre")].map((block) => block.textContent);
}

describe("the verdict", () => {
  test("Passed", async () => {
    await open(samplePage(sampleRow()));
    expect(await screen.findByText("Passed.")).toBeVisible();
    expect(screen.getByText("3 mailboxes checked.")).toBeVisible();
    expect(screen.getByText("Saved settings")).toBeVisible();
  });

  test("a stopped run says where, and paints no mailbox red", async () => {
    await open(stoppedPage());
    expect(await screen.findByText("Stopped at step 7.")).toBeVisible();
    expect(screen.getByText(/^No mailbox was checked\./)).toBeVisible();
    const card = screen.getByRole("article", { name: "Sign-in refused" });
    expect(within(card).getByText("Not checked")).toBeVisible();
    expect(within(card).queryByText("Failed")).not.toBeInTheDocument();
  });

  test("an opened canary stands above all", async () => {
    const summary = sampleSummary({ findings: 1, causes: [{ cause: "impersonation.exposed", count: 1 }] });
    await open(samplePage(sampleRow({ summary })));
    const exposed = await screen.findByText("A mailbox that must be refused was opened");
    const verdict = screen.getByText("Failed for some.");
    expect(exposed.compareDocumentPosition(verdict)).toBe(Node.DOCUMENT_POSITION_FOLLOWING);
  });

  test("cannot be shown when the run is gone", async () => {
    const gone = () => {
      throw new CommandError({ code: "not_found", message: "This run does not exist any more." });
    };
    await renderScreen(<RunPage run={runId} />, { replace: { run_show: gone } });
    expect(await screen.findByText(/This run does not exist any more\./)).toBeVisible();
    expect(screen.getByRole("button", { name: "Try again" })).toBeVisible();
  });
});

describe("a running check", () => {
  const row = sampleRow({ state: "running", finishedAt: null, summary: sampleSummary({ total: 4830, granted: 0 }) });
  const page = samplePage(row);
  page.progress = { ...page.progress, state: "running", done: 0, total: 4830, lanes: 4 };

  test("shows its progress live, and refreshes when it ends", async () => {
    let tell: (progress: RunProgress) => void = () => {};
    let current = page;
    let read = () => {};
    const gate = new Promise<void>((done) => {
      read = done;
    });
    const run_show = async () => {
      await gate;
      return current;
    };
    const stop = vi.fn();
    const { host } = await renderScreen(<RunPage run={runId} />, { replace: { run_show } });
    host.watchRun = (_run, onProgress) => {
      tell = onProgress;
      return stop;
    };
    read();
    await screen.findByRole("button", { name: "Cancel" });
    act(() => tell({ ...page.progress, done: 2310, rate: 142.2, etaSeconds: 18, lanes: 6 }));
    const line = "2,310 of 4,830 - 142/s - about 18 s left - 6 connections";
    expect((await screen.findAllByText(line)).length).toBeGreaterThan(0);
    current = samplePage(sampleRow());
    act(() => tell({ ...page.progress, state: "complete", done: 4830 }));
    expect(await screen.findByText("Passed.")).toBeVisible();
    await waitFor(() => expect(stop).toHaveBeenCalled());
  });

  test("is read once more when its end was read before it was heard of", async () => {
    const whole = samplePage(sampleRow());
    const half = { ...whole, causes: stoppedPage().causes };
    const answers = [page, half, whole];
    const run_show = vi.fn(() => answers.shift() ?? whole);
    const { host, client } = await renderScreen(<RunPage run={runId} />, { replace: { run_show } });
    host.watchRun = () => () => {};
    await screen.findByRole("button", { name: "Cancel" });
    await act(() => client.invalidateQueries({ queryKey: ["run_show"] }));
    expect(await screen.findByRole("tab", { name: "Causes (0)" })).toBeVisible();
    expect(run_show).toHaveBeenCalledTimes(3);
  });

  test("is paused and goes on with P, and says so plainly", async () => {
    const check_pause = vi.fn(() => ({}));
    const check_continue = vi.fn(() => ({}));
    const paused = { ...page, progress: { ...page.progress, done: 2310, paused: true } };
    const answers = [page, paused];
    const run_show = () => answers.shift() ?? page;
    const { user, client } = await open(page, "/", { check_pause, check_continue, run_show });
    await screen.findByRole("button", { name: "Pause" });
    await user.keyboard("p");
    await waitFor(() => expect(check_pause).toHaveBeenCalledWith({ run: runId }));
    await act(() => client.invalidateQueries({ queryKey: ["run_show"] }));
    expect(await screen.findByRole("button", { name: "Resume" })).toBeVisible();
    expect(screen.getByText("Paused")).toBeVisible();
    expect(screen.getAllByText("2,310 of 4,830 - Paused")[0]).toBeVisible();
    await user.keyboard("p");
    await waitFor(() => expect(check_continue).toHaveBeenCalledWith({ run: runId }));
    expect(check_pause).toHaveBeenCalledOnce();
  });

  test("that could not be paused says why", async () => {
    const check_pause = () => {
      throw new CommandError({ code: "not_allowed", message: "This check has ended." });
    };
    const { user } = await open(page, "/", { check_pause });
    await user.click(await screen.findByRole("button", { name: "Pause" }));
    expect(await screen.findByText("The check was not paused.")).toBeVisible();
    expect(screen.getByText(/This check has ended\./)).toBeVisible();
  });

  test("shows an opened canary at once, in every view", async () => {
    const opened = sampleSummary({ total: 4830, granted: 1, causes: [{ cause: "impersonation.exposed", count: 1 }] });
    const { user } = await open({ ...page, progress: { ...page.progress, summary: opened } });
    const heading = await screen.findByRole("heading", { name: "Run 9" });
    for (const tab of [/^Causes/, /^Mailboxes/, "Steps", "Server load"]) {
      await user.click(screen.getByRole("tab", { name: tab }));
      const banner = screen.getByText("A mailbox that must be refused was opened");
      expect(banner.compareDocumentPosition(heading)).toBe(Node.DOCUMENT_POSITION_FOLLOWING);
    }
  });

  test("is canceled after a question; Esc asks it", async () => {
    const check_cancel = vi.fn(() => ({}));
    const { user } = await open(page, "/", { check_cancel });
    await screen.findByRole("button", { name: "Cancel" });
    await user.keyboard("{Escape}");
    // Without layout nothing in the dialog takes the focus, and what has no focus is hidden from roles here.
    await findDialog("Cancel this check?");
    expect(screen.getByText(/4,830 of 4,830 mailboxes will be Not checked \(canceled\)\./)).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Cancel the check", hidden: true }));
    await waitFor(() => expect(check_cancel).toHaveBeenCalledWith({ run: runId }));
  });
});

describe("causes", () => {
  test("lead to their mailboxes, filtered by the engine", async () => {
    const { user, router } = await renderScreen(<RunPage run={past} />);
    const cards = await screen.findAllByRole("article");
    await user.click(within(cards[0] as HTMLElement).getByRole("button", { name: "Show mailboxes" }));
    expect(router.state.location.search).toMatchObject({ view: "mailboxes", cause: expect.any(String) });
    expect(await screen.findByRole("grid", { name: "Mailboxes" })).toBeVisible();
  });

  test("name whose job it is and what to type", async () => {
    await open(stoppedPage());
    const card = await screen.findByRole("article", { name: "Sign-in refused" });
    expect(within(card).getByText("3 mailboxes")).toBeVisible();
    expect(within(card).getByText("Whose job: Identity: account and rights")).toBeVisible();
    expect(commands(card)).toEqual(["Get-ADUser svc-rg -Properties LockedOut"]);
    expect(within(card).getByRole("button", { name: "Copy Look" })).toBeVisible();
  });

  test("list likely reasons in their order, and keep the evidence behind a button", async () => {
    const { user } = await open(stoppedPage());
    const card = within(await screen.findByRole("article", { name: "Sign-in refused" }));
    const reasons = within(card.getByRole("list", { name: "Likely reasons, the likeliest first" }));
    expect(reasons.getAllByRole("listitem").map((item) => item.textContent)).toEqual([
      "Most likely a wrong name or password.",
      "The account is locked out.",
    ]);
    expect(card.queryByText("HTTP 401 after NTLM")).not.toBeInTheDocument();
    await user.click(card.getByRole("button", { name: "Tell me more: Sign-in refused" }));
    expect(card.getByText("HTTP 401 after NTLM")).toBeVisible();
  });

  test("are checked again one by one, with the saved settings", async () => {
    const check_start = vi.fn((_: StartCheck) => ({ run: past }));
    const { user } = await open(stoppedPage(), "/", { check_start });
    const card = within(await screen.findByRole("article", { name: "Sign-in refused" }));
    await user.click(card.getByRole("button", { name: "Re-check these" }));
    await waitFor(() => expect(check_start).toHaveBeenCalledOnce());
    expect(check_start.mock.calls[0]?.[0]).toMatchObject({
      organization: 2,
      scope: { kind: "cause", run: runId, cause: "auth.rejected" },
      password: { kind: "stored" },
    });
    expect(check_start.mock.calls[0]?.[0]).not.toHaveProperty("form");
  });

  test("of a draft say why they are not checked again", async () => {
    const check_start = vi.fn((_: StartCheck) => ({ run: past }));
    const { row, ...rest } = stoppedPage();
    const { user } = await open({ ...rest, row: { ...row, draft: true } }, "/", { check_start });
    await user.click(await screen.findByRole("button", { name: "Re-check these" }));
    expect(check_start).not.toHaveBeenCalled();
    expect(await screen.findAllByText(/This run used draft settings/)).not.toHaveLength(0);
  });

  test("are copied as one script for all of their mailboxes", async () => {
    const { user } = await renderScreen(<RunPage run={past} />, { users: 120 });
    const card = within(await screen.findByRole("article", { name: "Outside the management scope" }));
    await user.click(card.getByRole("button", { name: "Copy as PowerShell" }));
    await card.findByText("Copied");
    const script = await navigator.clipboard.readText();
    expect(script).toContain("Outside the management scope: 3 mailboxes");
    expect(script).toContain("# Undo");
  });

  test("say that the script could not be had", async () => {
    const cluster_script = () => {
      throw new CommandError({ code: "not_found", message: "The run was deleted." });
    };
    const { user } = await renderScreen(<RunPage run={past} />, { replace: { cluster_script } });
    await user.click((await screen.findAllByRole("button", { name: "Copy as PowerShell" }))[0] as HTMLElement);
    expect(await screen.findByText("Nothing was copied.")).toBeVisible();
    expect(screen.getByText(/The run was deleted\./)).toBeVisible();
  });

  test("fold the ways that are never the default, and warn above their commands", async () => {
    const { user } = await renderScreen(<RunPage run={past} />);
    const card = within(await screen.findByRole("article", { name: "Outside the management scope" }));
    expect(card.queryByText(/could then open every mailbox/)).not.toBeInTheDocument();
    await user.click(card.getByRole("button", { name: "Another way: Whole organization" }));
    const warning = card.getByText(/could then open every mailbox/);
    const command = [...document.querySelectorAll("pre")].find((pre) => pre.textContent?.includes("-All")) as Element;
    expect(warning.compareDocumentPosition(command)).toBe(Node.DOCUMENT_POSITION_FOLLOWING);
  });

  test("of mailboxes that were refused as they must be are nobody's job", async () => {
    const page = stoppedPage();
    const card = { ...page.causes[0], verdict: "refused", finding: false, title: "Outside the scope" } as CauseCard;
    await open({ ...page, causes: [card] });
    const shown = within(await screen.findByRole("article", { name: "Outside the scope" }));
    expect(shown.getByText("As expected")).toBeVisible();
    expect(shown.queryByText(/Whose job:/)).not.toBeInTheDocument();
    expect(shown.queryByRole("button", { name: /Copy|Re-check|Hand-off/ })).not.toBeInTheDocument();
  });

  test("with many of them only the first shows its commands at once", async () => {
    const page = stoppedPage();
    const causes = ["auth.rejected", "mailbox.remote", "mailbox.alias", "mailbox.license"].map(
      (cause) => ({ ...page.causes[0], cause, title: cause }) as CauseCard,
    );
    await open({ ...page, causes });
    await screen.findByRole("article", { name: "mailbox.license" });
    expect(commands(document.body)).toHaveLength(1);
    expect(screen.getAllByRole("button", { name: /^Commands/, expanded: false })).toHaveLength(3);
  });
});

describe("the hand-off card", () => {
  test("names what, why, commands and proof, and is copied as Markdown", async () => {
    const { user, router } = await renderScreen(<RunPage run={past} />, { users: 120 });
    const card = within(await screen.findByRole("article", { name: "Outside the management scope" }));
    await user.click(card.getByRole("button", { name: "Hand-off card" }));
    const dialog = await findDialog("Hand-off card");
    expect(await dialog.findByText(/^Run 1 of 21 Nov 2026/)).toBeVisible();
    for (const part of ["What was seen", "Why", "3 mailboxes", "Commands", "How it will be verified"]) {
      expect(dialog.getByRole("region", { name: part })).toBeVisible();
    }
    expect(router.state.location.search).toMatchObject({ handoff: "impersonation.out_of_scope" });
    await user.click(dialog.getByRole("button", { name: "Copy as Markdown" }));
    await dialog.findByText("Copied");
    expect(await navigator.clipboard.readText()).toContain("# Outside the management scope");
    await user.click(dialog.getByRole("button", { name: "Close" }));
    await waitFor(() => expect(router.state.location.search).not.toHaveProperty("handoff"));
  });

  test("is printed", async () => {
    const print = vi.fn();
    vi.stubGlobal("print", print);
    const at = "/?handoff=impersonation.out_of_scope";
    const { user } = await renderScreen(<RunPage run={past} />, { at });
    await user.click(await screen.findByRole("button", { name: "Print" }));
    expect(print).toHaveBeenCalledOnce();
    vi.unstubAllGlobals();
  });

  test("cannot be shown for a cause that is gone", async () => {
    await renderScreen(<RunPage run={past} />, { at: "/?handoff=mailbox.license" });
    expect(await screen.findByText("The card can't be shown.")).toBeVisible();
    expect(screen.queryByRole("button", { name: "Print" })).not.toBeInTheDocument();
  });
});

describe("mailboxes", () => {
  const rows = [
    sampleResult(),
    sampleResult({
      seq: 1,
      mailbox: "ben@contoso.com",
      verdict: "undetermined",
      message: "server busy; retried 4 times",
    }),
    sampleResult({ seq: 2, mailbox: "cleo@contoso.com", verdict: "not_checked", message: "stopped at step 7" }),
  ];

  test("are searched and sorted by the engine", async () => {
    const asked: ResultsQuery[] = [];
    const results_page = (query: ResultsQuery) => {
      asked.push(query);
      return { total: rows.length, rows };
    };
    const { user } = await open(samplePage(sampleRow()), "/?view=mailboxes", { results_page });
    expect(await screen.findByText("server busy; retried 4 times")).toBeVisible();
    expect(screen.getByText("Undetermined")).toBeVisible();
    expect(screen.getByText("Not checked")).toBeVisible();
    await user.keyboard("{Control>}f{/Control}");
    await user.keyboard("ben");
    await waitFor(() => expect(asked.at(-1)).toMatchObject({ search: "ben", offset: 0 }));
    await user.click(screen.getByRole("columnheader", { name: "Time" }));
    await waitFor(() => expect(asked.at(-1)).toMatchObject({ sort: "latency", direction: "ascending" }));
    await user.click(screen.getByRole("button", { name: "Clear All Filters" }));
    await waitFor(() => expect(asked.at(-1)?.search).toBeUndefined());
  });

  test("that do not match say so", async () => {
    const results_page = () => ({ total: 0, rows: [] });
    await open(samplePage(sampleRow()), "/?view=mailboxes&q=nobody", { results_page });
    expect(await screen.findByText("No rows match.")).toBeVisible();
  });

  test("show their details; J and K go on within the list as it is filtered", async () => {
    const listed = [rows[1], rows[2]].filter((row) => row !== undefined);
    const results_page = ({ offset, limit }: ResultsQuery) => ({
      total: listed.length,
      rows: listed.slice(offset, offset + limit),
    });
    const result_show = ({ seq }: { seq: number }) => ({
      row: rows[seq] ?? sampleResult(),
      explanation: null,
      reasons: ["Too many checks ran at once."],
      remedy: [],
      evidence: { request: "POST /EWS/Exchange.asmx", reply: "HTTP/1.1 503 Service Unavailable" },
      folders: [],
      proof: null,
      previous: seq - 1,
      next: seq + 1,
    });
    const at = "/?view=mailboxes&q=o&seq=1";
    const { user, router } = await open(samplePage(sampleRow()), at, { results_page, result_show });
    const drawer = await screen.findByRole("dialog", { name: "Details of the mailbox" });
    expect(await within(drawer).findByText("ben@contoso.com")).toBeVisible();
    expect(within(drawer).getByText("HTTP/1.1 503 Service Unavailable")).toBeVisible();
    expect(within(drawer).getByText("Too many checks ran at once.")).toBeVisible();
    await user.keyboard("k");
    expect(router.state.location.search).toMatchObject({ seq: 1 });
    await user.keyboard("j");
    await waitFor(() => expect(router.state.location.search).toMatchObject({ seq: 2 }));
    expect(await within(drawer).findByText("cleo@contoso.com")).toBeVisible();
    await user.keyboard("{Escape}");
    await waitFor(() => expect(router.state.location.search).not.toHaveProperty("seq"));
  });
});

test("an export shows the path of its file and copies it", async () => {
  const { user } = await open(samplePage(sampleRow()), "/", {
    run_export: () => ({ path: "C:\\Users\\jane\\Downloads\\run-9.csv", rows: 3 }),
  });
  await user.click(await screen.findByRole("button", { name: "Export" }));
  await user.click(await screen.findByRole("menuitem", { name: "Export to CSV" }));
  expect(await screen.findByText("C:\\Users\\jane\\Downloads\\run-9.csv")).toBeVisible();
  expect(await screen.findByText(/The path is on the clipboard\./)).toBeVisible();
  expect(await navigator.clipboard.readText()).toBe("C:\\Users\\jane\\Downloads\\run-9.csv");
});

test("failed mailboxes of the newest run are checked again; a password that is missing is asked for", async () => {
  const asked: unknown[] = [];
  const check_start = (request: { password: { kind: string } }) => {
    asked.push(request);
    if (request.password.kind === "stored") {
      throw new CommandError({ code: "password_needed", message: "Enter the password." });
    }
    return { run: past };
  };
  const { user, router } = await renderScreen(<RunPage run={past} />, { replace: { check_start } });
  await user.click(await screen.findByRole("button", { name: "Re-check failed only" }));
  await user.type(await screen.findByLabelText("Password"), "pw");
  await user.click(screen.getByRole("button", { name: "Check" }));
  await waitFor(() => expect(router.state.location.pathname).toBe(`/runs/${past}`));
  expect(asked).toEqual([
    expect.objectContaining({ scope: { kind: "failed_only" }, password: { kind: "stored" } }),
    expect.objectContaining({ scope: { kind: "failed_only" }, password: { kind: "typed", password: "pw" } }),
  ]);
});

test("steps show the truth table of schemes under the rungs they belong to", async () => {
  await renderScreen(<RunPage run={past} />, { at: "/?view=steps" });
  const rung = async (title: string) => {
    const found = (await screen.findByText(title)).closest("li");
    if (!found) throw new Error(`${title} is no rung`);
    return within(found);
  };
  expect((await rung("6. EWS answers")).getByText("15.2.2562.17")).toBeVisible();
  const logOn = await rung("7. Service account signs in");
  expect(logOn.getByRole("table", { name: "Schemes" })).toBeVisible();
  expect(logOn.getByText(/^Sent, made with SHA-256/)).toBeVisible();
});

describe("a run that TLS stopped", () => {
  const row = sampleRow({ state: "stopped", cause: "tls.untrusted", message: "Not a trusted issuer." });
  const stopped = samplePage(row, { certificates: chain });

  test("shows the chain, and takes a trust to Email Configuration, unsaved", async () => {
    const { user, host, router } = await open(stopped, "/?view=causes");
    const before = await host.call("email_configuration_show", { organization: 2 });
    await user.click(await screen.findByRole("button", { name: "Trust this CA" }));
    const question = await findDialog("Trust this CA?");
    await user.click(question.getByRole("button", { name: "Trust this CA" }));
    await waitFor(() => expect(router.state.location.pathname).toBe("/organizations/2/configuration"));
    expect(router.state.location.state.handedTrust).toMatchObject({
      trust: { kind: "ca", name: "Contoso Issuing CA 1" },
      text: "Trusts the CA Contoso Issuing CA 1.",
    });
    expect(await host.call("email_configuration_show", { organization: 2 })).toEqual(before);
  });

  test("of a one-off audit has no form to take a trust to", async () => {
    await open({ ...stopped, row: { ...row, organization: null } }, "/?view=causes");
    await screen.findByText("Stopped.");
    expect(screen.queryByRole("button", { name: "Trust this CA" })).not.toBeInTheDocument();
  });
});

describe("a re-check with a password that was refused", () => {
  async function refused() {
    const asked: { sendAgain: boolean; password: unknown }[] = [];
    const check_start = (request: { sendAgain: boolean; password: { kind: string } }) => {
      asked.push(structuredClone(request));
      if (request.password.kind === "stored") {
        throw new CommandError({ code: "password_needed", message: "Enter the password." });
      }
      if (request.sendAgain) return { run: past };
      throw new CommandError({ code: "password_refused", message: "It was refused 4 minutes ago." });
    };
    const view = await renderScreen(<RunPage run={past} />, { replace: { check_start } });
    await view.user.click(await screen.findByRole("button", { name: "Re-check failed only" }));
    await view.user.type(await screen.findByLabelText("Password"), "pw");
    await view.user.click(screen.getByRole("button", { name: "Check" }));
    return { ...view, asked, guard: await findDialog("This password was refused before") };
  }

  test("sends it once more on request, as it was typed", async () => {
    const { user, asked, guard } = await refused();
    await user.click(guard.getByRole("button", { name: "Send once more" }));
    await waitFor(() => expect(asked).toHaveLength(3));
    expect(asked[2]).toMatchObject({ sendAgain: true, password: { kind: "typed", password: "pw" } });
  });

  test("sends nothing after Cancel", async () => {
    const { user, asked, guard } = await refused();
    await user.click(guard.getByRole("button", { name: "Cancel" }));
    await waitFor(() => expect(screen.queryByText("This password was refused before")).not.toBeInTheDocument());
    expect(asked).toHaveLength(2);
  });
});

describe("a run that was cut off", () => {
  const summary = sampleSummary({ granted: 1, not_checked: 2 });
  const cut = samplePage(sampleRow({ state: "interrupted", summary }));

  test("goes on where it was, with a password that is asked for", async () => {
    const asked: unknown[] = [];
    let current = cut;
    const run_resume = (request: { password: { kind: string } }) => {
      asked.push(request);
      if (request.password.kind === "stored") {
        throw new CommandError({ code: "password_needed", message: "Enter the password." });
      }
      const row = { ...cut.row, state: "running" as const };
      current = { ...cut, row, progress: { ...cut.progress, state: "running", done: 1 } };
      return { run: runId };
    };
    const { user } = await renderScreen(<RunPage run={runId} />, {
      replace: { run_show: () => current, run_resume },
    });
    expect(await screen.findByText("Interrupted.")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Resume" }));
    await user.type(await screen.findByLabelText("Password"), "pw");
    await user.click(screen.getByRole("button", { name: "Check" }));
    expect(await screen.findByRole("button", { name: "Pause" })).toBeVisible();
    expect(asked).toEqual([
      { run: runId, password: { kind: "stored" }, sendAgain: false },
      { run: runId, password: { kind: "typed", password: "pw" }, sendAgain: false },
    ]);
  });

  test("sends a password that was refused only on request", async () => {
    const asked: { sendAgain: boolean }[] = [];
    const run_resume = (request: { sendAgain: boolean }) => {
      asked.push(request);
      if (request.sendAgain) return { run: runId };
      throw new CommandError({ code: "password_refused", message: "It was refused 4 minutes ago." });
    };
    const { user } = await open(cut, "/", { run_resume });
    await user.click(await screen.findByRole("button", { name: "Resume" }));
    const guard = await findDialog("This password was refused before");
    await user.click(guard.getByRole("button", { name: "Send once more" }));
    await waitFor(() => expect(asked.map(({ sendAgain }) => sendAgain)).toEqual([false, true]));
  });

  test("says why it did not go on", async () => {
    const run_resume = () => {
      throw new CommandError({ code: "already_running", message: "Another check of Contoso is running." });
    };
    const { user } = await open(cut, "/", { run_resume });
    await user.click(await screen.findByRole("button", { name: "Resume" }));
    expect(await screen.findByText("The check didn't go on.")).toBeVisible();
  });

  test("that is complete has nothing to go on with", async () => {
    await open(samplePage(sampleRow()));
    await screen.findByText("Passed.");
    expect(screen.queryByRole("button", { name: "Resume" })).not.toBeInTheDocument();
  });
});

test("a sample says what it means for the others, next to the verdict", async () => {
  const sentence = "All 200 opened: with 95 % confidence at most 69 of 4,830 mailboxes do not.";
  const sample = { decided: 200, failed: 0, population: 4830, atMost: 69, sentence };
  await open(samplePage(sampleRow({ scope: "sample" }), { sample }));
  expect(await screen.findByText("Passed.")).toBeVisible();
  expect(screen.getByText("Random sample")).toBeVisible();
  expect(screen.getByText(sentence)).toBeVisible();
});

test("an opened canary leads the causes, however few there are", async () => {
  const page = stoppedPage();
  const first = page.causes[0] as CauseCard;
  const exposed = {
    ...first,
    cause: "impersonation.exposed",
    count: 1,
    title: "Opened, but must be refused",
  } as CauseCard;
  await open({ ...page, causes: [{ ...first, count: 900 }, exposed] }, "/?view=causes");
  const cards = await screen.findAllByRole("article");
  expect(within(cards[0] as HTMLElement).getByText("Opened, but must be refused")).toBeVisible();
});

describe("mailboxes that are ticked", () => {
  test("are checked again, by their users", async () => {
    const check_start = vi.fn((_: StartCheck) => ({ run: past }));
    const { user } = await renderScreen(<RunPage run={past} />, { at: "/?view=mailboxes", replace: { check_start } });
    const boxes = await screen.findAllByRole("checkbox", { name: /^Select .*@contoso\.com$/ });
    await user.click(boxes[0] as HTMLElement);
    await user.click(boxes[2] as HTMLElement);
    expect(screen.getByText("2 mailboxes selected")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Re-check selected" }));
    await waitFor(() => expect(check_start).toHaveBeenCalledOnce());
    expect(check_start.mock.calls[0]?.[0].scope).toEqual({ kind: "users", ids: [2_000_000, 2_000_002] });
  });

  test("one alone is checked as its address; F5 does it too", async () => {
    const check_start = vi.fn((_: StartCheck) => ({ run: past }));
    const { user } = await renderScreen(<RunPage run={past} />, { at: "/?view=mailboxes", replace: { check_start } });
    await user.click(await screen.findByRole("checkbox", { name: /^Select ada\.byron0@/ }));
    await user.keyboard("{F5}");
    await waitFor(() => expect(check_start).toHaveBeenCalledOnce());
    expect(check_start.mock.calls[0]?.[0].scope).toEqual({ kind: "address", address: "ada.byron0@contoso.com" });
  });

  test("can be too many", async () => {
    const { user } = await renderScreen(<RunPage run={past} />, { at: "/?view=mailboxes", users: 600 });
    await user.click(await screen.findByRole("checkbox", { name: "Select all that match" }));
    expect(screen.getByText("600 mailboxes selected")).toBeVisible();
    expect(screen.getByRole("button", { name: "Re-check selected" })).toHaveAttribute("aria-disabled", "true");
    await user.keyboard("{Escape}");
    expect(screen.queryByRole("toolbar", { name: "Selected mailboxes" })).not.toBeInTheDocument();
  });
});

test("a result says what proves that the right mailbox opened, and what became of each folder", async () => {
  await renderScreen(<RunPage run={past} />, { at: "/?view=mailboxes&seq=0" });
  const drawer = within(await screen.findByRole("dialog", { name: "Details of the mailbox" }));
  const proof = within(await drawer.findByRole("region", { name: "Right mailbox" }));
  expect(proof.getByText("The same")).toBeVisible();
  const folders = within(drawer.getByRole("region", { name: "Folders" })).getAllByRole("listitem");
  expect(folders.map((folder) => folder.textContent)).toEqual(["InboxOpened", "CalendarOpened"]);
});
