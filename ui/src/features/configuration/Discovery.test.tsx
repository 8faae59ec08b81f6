import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, test } from "vitest";
import type { AnswerConsent } from "@/ipc/generated/AnswerConsent";
import type { Discovery } from "@/ipc/generated/Discovery";
import type { StartDiscovery } from "@/ipc/generated/StartDiscovery";
import { asked, chain } from "@/ipc/hosts/fake/server";
import { CommandError } from "@/ipc/problem";
import { findDialog } from "@/testing/dialogs";
import { renderScreen } from "@/testing/render";
import { ConfigurationTab } from "./Tab";

const ewsUrl = "Exchange Web Services (EWS) URL";
const arrow = "Other ways to the EWS URL";
const title = "Find the EWS URL with Autodiscover";

const blank: Discovery = {
  discovery: "d1",
  address: "svc-rg@contoso.com",
  state: "running",
  steps: [],
  candidates: [],
  question: null,
  redirectAddress: null,
  message: null,
};

const step: Discovery["steps"][number] = {
  number: 1,
  method: "json_v2",
  protocol: "JSON v2",
  address: "https://autodiscover.contoso.com/autodiscover/autodiscover.json",
  status: "fail",
  result: "This server is older than the JSON form.",
  cause: null,
  answer: "404",
  certificates: chain,
  elapsedMs: 40,
  passwordSentTo: null,
};

const sent = { ...step, number: 2, protocol: "SOAP", status: "pass" as const, passwordSentTo: "mail.contoso.com" };

const question: NonNullable<Discovery["question"]> = {
  question: 7,
  host: "mail.contoso.com",
  account: "svc-rg@contoso.com",
  found: "A redirect over http named it.",
  certificate: chain[0] ?? null,
};

const candidate: Discovery["candidates"][number] = {
  url: "https://ex01.contoso.com/EWS/Exchange.asmx",
  method: "autodiscover_host",
  step: 2,
  placement: "internal",
  cloud: null,
  note: null,
  advised: true,
};

type Options = Parameters<typeof renderScreen>[1];

/** The dialog, open on a search that stands as `found`. */
async function searching(found: Partial<Discovery>, options: Options = {}) {
  const heard: { name: string; request: unknown }[] = [];
  let now = { ...blank, ...found };
  const hear = (name: string) => (request: unknown) => {
    heard.push({ name, request: structuredClone(request) });
    return {};
  };
  const view = await renderScreen(<ConfigurationTab organization={2} />, {
    at: "/?panel=discovery",
    ...options,
    replace: {
      discovery_start: (request) => {
        hear("discovery_start")(request);
        return { discovery: `d${heard.filter(({ name }) => name === "discovery_start").length}` };
      },
      discovery_show: () => now,
      discovery_answer: hear("discovery_answer"),
      discovery_cancel: hear("discovery_cancel"),
      ...options.replace,
    },
  });
  const dialog = await findDialog(title);
  return {
    ...view,
    dialog,
    heard: (name: string) => heard.filter((entry) => entry.name === name).map(({ request }) => request),
    find: () => view.user.click(dialog.getByRole("button", { name: "Find" })),
    becomes: (next: Partial<Discovery>) => {
      now = { ...now, ...next };
    },
  };
}

describe("the wand's arrow", () => {
  test("opens Autodiscover, and leaves the click to the pattern", async () => {
    const { user, router } = await renderScreen(<ConfigurationTab organization={2} />);
    await user.click(await screen.findByRole("button", { name: arrow }));
    await user.click(await screen.findByRole("menuitem", { name: "Find with Autodiscover…" }));
    const dialog = await findDialog(title);
    expect(router.state.location.search).toEqual({ panel: "discovery" });
    expect(dialog.getByLabelText("Address to look for")).toHaveValue("svc-rg@contoso.com");
    await user.click(dialog.getByRole("button", { name: "Close" }));
    await waitFor(() => expect(router.state.location.search).toEqual({}));
  });

  test("is disabled offline, with the reason", async () => {
    const view = await renderScreen(<ConfigurationTab organization={2} />);
    const { settings } = await view.host.call("app_state", {});
    await view.host.call("settings_save", { ...settings, workOffline: true });
    await view.client.invalidateQueries();
    await waitFor(() => expect(screen.getByRole("button", { name: arrow })).toHaveAttribute("aria-disabled", "true"));
    await view.user.click(screen.getByRole("button", { name: arrow }));
    expect(screen.queryByRole("menuitem")).not.toBeInTheDocument();
    expect(screen.getByText("Autodiscover needs the network. Work offline is on.")).toBeInTheDocument();
  });

  test("puts the search off to every check, and back", async () => {
    const { user } = await renderScreen(<ConfigurationTab organization={2} />);
    const field = await screen.findByLabelText(ewsUrl);
    const later = async () => {
      await user.click(screen.getByRole("button", { name: arrow }));
      await user.click(await screen.findByRole("menuitem", { name: "Find when checking" }));
      expect(field).toHaveValue("Found when checking");
    };
    await later();
    expect(screen.getByRole("button", { name: "Save" })).not.toHaveAttribute("aria-disabled", "true");
    await user.click(screen.getByRole("button", { name: "Undo" }));
    expect(field).toHaveValue("https://mail.contoso.com/EWS/Exchange.asmx");
    expect(screen.getByRole("button", { name: "Save" })).toHaveAttribute("aria-disabled", "true");
    await later();
    await user.click(screen.getByRole("button", { name: "Enter a URL" }));
    expect(field).toHaveValue("");
    expect(field).toHaveFocus();
    await user.keyboard("https://x");
    expect(field).toHaveValue("https://x");
  });

  test("saves without a URL where it is found when checking", async () => {
    const { user, host } = await renderScreen(<ConfigurationTab organization={2} />);
    await user.click(await screen.findByRole("button", { name: arrow }));
    await user.click(await screen.findByRole("menuitem", { name: "Find when checking" }));
    await user.click(screen.getByRole("button", { name: "Save" }));
    await screen.findAllByText(/^Saved\. /);
    const { form } = await host.call("email_configuration_show", { organization: 2 });
    expect(form).toMatchObject({ ewsUrl: "", findWhenChecking: true });
  });
});

describe("Autodiscover", () => {
  test("before a search: says what will happen to the password", async () => {
    const { dialog } = await searching({});
    expect(
      dialog.getByText(/^Asks without the password first\. Before the password of svc-rg@contoso\.com/),
    ).toBeVisible();
    expect(dialog.queryByRole("table")).not.toBeInTheDocument();
  });

  test("without a password none is handed over", async () => {
    const { user } = await renderScreen(<ConfigurationTab organization={3} />, {
      at: "/?panel=discovery",
      replace: {
        discovery_start: (request: StartDiscovery) => {
          expect("password" in request).toBe(false);
          return { discovery: "d1" };
        },
        discovery_show: () => ({ ...blank, state: "done", message: "No candidate." }),
      },
    });
    const dialog = await findDialog(title);
    expect(dialog.getByText(/^No password is typed or stored/)).toBeVisible();
    await waitFor(() => expect(dialog.getByLabelText("Address to look for")).not.toHaveValue(""));
    await user.click(dialog.getByRole("button", { name: "Find" }));
    expect(await dialog.findByText("No candidate.")).toBeVisible();
  });

  test("streams a row per step, and says to whom the password went", async () => {
    const { dialog, find, becomes, heard, user } = await searching({ steps: [step] });
    await find();
    expect(heard("discovery_start")).toEqual([
      expect.objectContaining({ address: "svc-rg@contoso.com", password: { kind: "stored" }, sendAgain: false }),
    ]);
    const first = (await dialog.findAllByRole("row"))[1] as HTMLElement;
    const cells = within(first)
      .getAllByRole("cell")
      .map((cell) => cell.textContent);
    expect(cells).toEqual([
      "1. JSON, no passwordJSON v2",
      step.address,
      "FailThis server is older than the JSON form.",
      "404",
      "mail.contoso.com",
      "40 ms",
      "No",
    ]);
    becomes({ steps: [step, sent] });
    expect(await dialog.findByText("Yes, to mail.contoso.com")).toBeVisible();
    const certificate = within(first).getByRole("button", { name: "mail.contoso.com" });
    await user.click(certificate);
    expect(certificate).toHaveAttribute("aria-expanded", "true");
    expect(dialog.getByRole("article", { name: "mail.contoso.com" })).toBeVisible();
  });

  test("asks before the password goes to a host: skipping is the default", async () => {
    const { dialog, find, heard, user, becomes } = await searching({ state: "asking", steps: [step], question });
    await find();
    const panel = within(
      await dialog.findByRole("region", { name: "Send the password of svc-rg@contoso.com to mail.contoso.com?" }),
    );
    for (const fact of ["A redirect over http named it.", "CN=mail.contoso.com", chain[0]?.issuer ?? "?"]) {
      expect(panel.getByText(fact)).toBeVisible();
    }
    expect(panel.getByText(/^9F86 D081/)).toBeVisible();
    expect(panel.getByText(/^10 Jan 2027/)).toBeVisible();
    expect(panel.getByRole("checkbox", { name: "Remember for this organization" })).not.toBeChecked();
    expect(panel.getByRole("button", { name: "Skip this host" })).toHaveFocus();
    await user.keyboard("{Enter}");
    const skipped: AnswerConsent = { discovery: "d1", question: 7, answer: "skip", remember: false };
    await waitFor(() => expect(heard("discovery_answer")).toEqual([skipped]));
    becomes({ state: "running", question: null });
    await waitFor(() => expect(dialog.queryByRole("button", { name: "Skip this host" })).not.toBeInTheDocument());
  });

  test("sends only when told to, and remembers only when told to", async () => {
    const { dialog, find, heard, user } = await searching({ state: "asking", question });
    await find();
    await user.click(await dialog.findByRole("checkbox", { name: "Remember for this organization" }));
    await user.click(dialog.getByRole("button", { name: "Send to this host" }));
    await waitFor(() =>
      expect(heard("discovery_answer")).toEqual([{ discovery: "d1", question: 7, answer: "send", remember: true }]),
    );
  });

  test("ends without a candidate: says what to do, and the failed steps stay", async () => {
    const { dialog, find } = await searching({ state: "done", steps: [step] });
    await find();
    expect(await dialog.findByText("No candidate. Enter the URL or try another address.")).toBeVisible();
    expect(dialog.getByText("This server is older than the JSON form.")).toBeVisible();
    expect(dialog.getByRole("button", { name: "Find again" })).toBeVisible();
  });

  test("tests a candidate in place, and uses it with a way back", async () => {
    const tested: unknown[] = [];
    const { dialog, find, user } = await searching(
      { state: "done", candidates: [{ ...candidate, cloud: "Exchange Online" }], message: "One URL was found." },
      {
        replace: {
          endpoint_probe: ({ form }) => {
            tested.push(form.ewsUrl);
            return {
              cause: null,
              message: "ex01.contoso.com asks for a sign-in.",
              authentication: asked,
              certificates: chain,
              accountSuggestion: null,
            };
          },
        },
      },
    );
    await find();
    const item = within(await dialog.findByRole("listitem", { name: candidate.url }));
    for (const mark of ["Advised", "Internal", "Exchange Online"]) expect(item.getByText(mark)).toBeVisible();
    expect(item.getByText("Found by step 2: Autodiscover host")).toBeVisible();
    await user.click(item.getByRole("button", { name: `Test ${candidate.url}` }));
    expect(await item.findByText(/^ex01\.contoso\.com asks for a sign-in\..+No password was sent\.$/)).toBeVisible();
    expect(tested).toEqual([candidate.url]);
    await user.click(item.getByRole("button", { name: `Use ${candidate.url}` }));
    await waitFor(() => expect(screen.getByLabelText(ewsUrl)).toHaveValue(candidate.url));
    expect(screen.getByText("Discovered")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Undo" }));
    expect(screen.getByLabelText(ewsUrl)).toHaveValue("https://mail.contoso.com/EWS/Exchange.asmx");
  });

  test("is stopped, by its button and by closing", async () => {
    const { dialog, find, heard, user, becomes } = await searching({ steps: [step] });
    await find();
    await user.click(await dialog.findByRole("button", { name: "Stop" }));
    await waitFor(() => expect(heard("discovery_cancel")).toEqual([{ discovery: "d1" }]));
    becomes({ state: "cancelled", message: "Stopped. What was found stays." });
    expect(await dialog.findByText("Stopped. What was found stays.")).toBeVisible();
    becomes({ state: "running", message: null });
    await user.click(dialog.getByRole("button", { name: "Find again" }));
    await dialog.findByRole("button", { name: "Stop" });
    await user.click(dialog.getByRole("button", { name: "Close" }));
    await waitFor(() => expect(heard("discovery_cancel")).toEqual([{ discovery: "d1" }, { discovery: "d2" }]));
  });

  test("says at the field that it is no address", async () => {
    const discovery_start = () => {
      throw new CommandError({ code: "invalid", message: "This is no e-mail address.", field: "address" });
    };
    const { dialog, find } = await searching({}, { replace: { discovery_start } });
    await find();
    expect(await dialog.findByText("This is no e-mail address.")).toBeVisible();
    expect(dialog.getByLabelText("Address to look for")).toHaveAttribute("aria-invalid", "true");
    expect(dialog.queryByRole("button", { name: "Copy details" })).not.toBeInTheDocument();
  });

  test("says why it could not start, and asks before a refused password goes out again", async () => {
    const asks: boolean[] = [];
    const { dialog, find, user } = await searching(
      { state: "done", message: "One URL was found." },
      {
        replace: {
          discovery_start: ({ sendAgain }) => {
            asks.push(sendAgain);
            if (asks.length === 1) throw new CommandError({ code: "internal", message: "No more memory." });
            if (!sendAgain) throw new CommandError({ code: "password_refused", message: "Refused 2 min ago." });
            return { discovery: "d1" };
          },
        },
      },
    );
    await find();
    expect(await dialog.findByText(/No more memory\./)).toBeVisible();
    await find();
    const guard = await findDialog("This password was refused before");
    await user.click(guard.getByRole("button", { name: "Send once more" }));
    expect(await dialog.findByText("One URL was found.")).toBeVisible();
    expect(asks).toEqual([false, false, true]);
  });
});
