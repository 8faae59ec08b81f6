import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, test } from "vitest";
import type { Step } from "@/ipc/generated/Step";
import { StepLadder } from "./StepLadder";

function step(id: string, change: Partial<Step> = {}): Step {
  return {
    id,
    title: "",
    status: "pass",
    cause: null,
    message: "",
    elapsedMs: null,
    blame: null,
    next: null,
    evidence: [],
    ...change,
  };
}

const ids = ["form", "dns", "tcp", "tls", "discovery", "ews", "log_on", "impersonate", "own_mailbox", "mailboxes"];

/** A check that broke at `at`. */
function stopped(at: string): Step[] {
  const end = ids.indexOf(at);
  return ids.map((id, index) => {
    if (index > end) return step(id, { status: "skipped" });
    if (index < end) return step(id);
    return step(id, {
      status: "fail",
      message: "mail.contoso.com doesn't resolve.",
      blame: "network",
      next: "Ask for a record of this name.",
      evidence: ["Resolver: 192.0.2.53", "Answer: NXDOMAIN"],
      elapsedMs: 1400,
    });
  });
}

const rungs = () => screen.getAllByRole("listitem").map((rung) => rung.textContent ?? "");

describe("a ladder", () => {
  test("numbers its rungs, with word and time", () => {
    render(<StepLadder steps={[step("form", { elapsedMs: 0 }), step("dns", { title: "Name", status: "warning" })]} />);
    expect(rungs()).toEqual(["1. Form valuesPass<1 ms", "2. NameWarning"]);
  });

  test("keeps the numbers of a check where rungs are missing, and counts those of other ladders", () => {
    const { rerender } = render(<StepLadder steps={[step("tls"), step("log_on")]} />);
    expect(rungs()).toEqual(["4. CertificatePass", "7. Service account signs inPass"]);
    rerender(<StepLadder steps={[step("tls"), step("log_on"), step("delete_item", { title: "Delete it" })]} />);
    expect(rungs()).toEqual(["1. CertificatePass", "2. Service account signs inPass", "3. Delete itPass"]);
  });

  test.each(ids.slice(0, -1))("stops visibly at %s", (at) => {
    render(<StepLadder steps={stopped(at)} />);
    const all = rungs();
    expect(all[ids.indexOf(at) + 1]).toMatch(/^It stopped here\./);
    expect(all).toHaveLength(ids.length + 1);
    expect(screen.getByText("Ask for a record of this name.")).toBeVisible();
    expect(screen.getByText("Whose job: Network")).toBeVisible();
    expect(screen.getByText("1.4 s")).toBeVisible();
  });

  test("leaves out what was not reached in narrow places", () => {
    render(<StepLadder steps={stopped("dns")} compact />);
    expect(rungs()).toHaveLength(3);
    expect(screen.getByText("It stopped here. 8 more steps not reached.")).toBeVisible();
  });

  test("goes on after a rung that fails without an end", () => {
    render(<StepLadder steps={[step("impersonate", { status: "fail" }), step("mailboxes", { status: "running" })]} />);
    expect(screen.queryByText(/^It stopped here/)).not.toBeInTheDocument();
    expect(screen.getByText("Running").closest("li")).toHaveAttribute("aria-current", "step");
  });

  test("shows the evidence on request", async () => {
    const user = userEvent.setup();
    render(<StepLadder steps={stopped("dns")} />);
    expect(screen.queryByText("Answer: NXDOMAIN")).not.toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Tell me more: Name resolves", expanded: false }));
    const evidence = within(screen.getByRole("list", { name: "Evidence: Name resolves" }));
    expect(evidence.getAllByRole("listitem").map((line) => line.textContent)).toEqual([
      "Resolver: 192.0.2.53",
      "Answer: NXDOMAIN",
    ]);
  });
});
