import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, test } from "vitest";
import type { ServiceAccountTest } from "@/ipc/generated/ServiceAccountTest";
import type { StartServiceAccountTest } from "@/ipc/generated/StartServiceAccountTest";
import type { Step } from "@/ipc/generated/Step";
import { CommandError } from "@/ipc/problem";
import { findDialog } from "@/testing/dialogs";
import { renderScreen } from "@/testing/render";
import { ServiceAccountPage } from "./Page";

const first = "ada.byron0@contoso.com";

const rung: Step = {
  id: "form",
  title: "Form values",
  status: "pass",
  cause: null,
  message: "Every value can be used.",
  elapsedMs: 1200,
  blame: null,
  next: null,
  evidence: [],
};

const blank: ServiceAccountTest = {
  test: "t1",
  state: "running",
  steps: [rung],
  verdict: null,
  cause: null,
  message: null,
  run: null,
};

type Options = Parameters<typeof renderScreen>[1];

/** The screen with a test that stands as `found` once it is performed. */
async function shown(found: Partial<ServiceAccountTest> = {}, options: Options = {}) {
  const heard: { name: string; request: unknown }[] = [];
  const hear = (name: string) => (request: unknown) => {
    heard.push({ name, request: structuredClone(request) });
    return {};
  };
  const view = await renderScreen(<ServiceAccountPage organization={2} />, {
    ...options,
    replace: {
      service_account_start: (request) => {
        hear("service_account_start")(request);
        return { test: "t1" };
      },
      service_account_show: () => ({ ...blank, ...found }),
      service_account_answer: hear("service_account_answer"),
      service_account_cancel: hear("service_account_cancel"),
      page_open: hear("page_open"),
      ...options.replace,
    },
  });
  await screen.findByRole("heading", { name: "Service Account Access" });
  return {
    ...view,
    heard: (name: string) => heard.filter((entry) => entry.name === name).map(({ request }) => request),
    perform: () => view.user.click(screen.getByRole("button", { name: "Perform test" })),
  };
}

describe("the form", () => {
  test("starts with the settings as saved and the first user", async () => {
    await shown();
    expect(screen.getByRole("combobox", { name: /^Target mailbox email address/ })).toHaveValue(first);
    expect(screen.getByLabelText(/^Service Account User Name/)).toHaveValue("svc-rg@contoso.com");
    expect(screen.getByLabelText("Exchange Web Services URL")).toHaveValue(
      "https://mail.contoso.com/EWS/Exchange.asmx",
    );
    expect(screen.getByLabelText("Impersonated user")).toHaveValue(first);
    expect(screen.getByRole("combobox", { name: "Test predefined folder" })).toHaveTextContent("Inbox");
    expect(screen.getByRole("checkbox", { name: "Use Exchange Impersonation" })).toBeChecked();
    expect(screen.getByRole("checkbox", { name: "Ignore Trust for SSL" })).toBeDisabled();
    expect(screen.getByText("Use TLS trust instead.")).toBeVisible();
    expect(screen.getByRole("checkbox", { name: /^Also create and delete a draft/ })).not.toBeChecked();
    expect(screen.getByText(/^Perform test fills these steps/)).toBeVisible();
  });

  test("takes the mailbox of the address, and warns of the account's own", async () => {
    const { user } = await shown({}, { at: "/?mailbox=room1@contoso.com" });
    const mailbox = screen.getByRole("combobox", { name: /^Target mailbox/ });
    expect(mailbox).toHaveValue("room1@contoso.com");
    await user.clear(mailbox);
    await user.type(mailbox, "SVC-RG@contoso.com");
    expect(screen.getByText(/^This is the account's own mailbox/)).toBeVisible();
    expect(screen.getByLabelText("Impersonated user")).toHaveValue("SVC-RG@contoso.com");
  });

  test("proposes users while typing, and performs from there with Ctrl+Enter", async () => {
    const { user, heard } = await shown();
    const mailbox = screen.getByRole("combobox", { name: /^Target mailbox/ });
    await user.clear(mailbox);
    await user.type(mailbox, "grace");
    await user.click((await screen.findAllByRole("option", { name: /^Grace Hopper/ }))[0] as HTMLElement);
    expect((mailbox as HTMLInputElement).value).toMatch(/^grace\.hopper\d+@contoso\.com$/);
    await user.clear(mailbox);
    await user.type(mailbox, "somebody@else.com{Control>}{Enter}{/Control}");
    await waitFor(() => expect(heard("service_account_start")).toHaveLength(1));
    expect(heard("service_account_start")[0]).toMatchObject({ fields: { mailbox: "somebody@else.com" } });
  });

  test("says what is missing, and starts nothing", async () => {
    const { user, perform, heard } = await shown();
    const mailbox = screen.getByRole("combobox", { name: /^Target mailbox/ });
    await user.clear(mailbox);
    await perform();
    expect(await screen.findByText("Enter the mailbox to test.")).toBeVisible();
    expect(mailbox).toHaveFocus();
    expect(heard("service_account_start")).toEqual([]);
  });

  test("hands over what it shows, the typed password once, and Ctrl+Enter performs", async () => {
    const { user, heard } = await shown();
    await user.click(screen.getByRole("radio", { name: "Use Autodiscover to detect server settings" }));
    await user.clear(screen.getByLabelText("Impersonated user"));
    await user.type(screen.getByLabelText("Impersonated user"), "bob@contoso.com");
    await user.click(screen.getByRole("combobox", { name: "Test predefined folder" }));
    await user.click(await screen.findByRole("option", { name: "Calendar" }));
    await user.type(screen.getByLabelText("Password"), "S3cret-canary{Control>}{Enter}{/Control}");
    await waitFor(() => expect(heard("service_account_start")).toHaveLength(1));
    const [request] = heard("service_account_start") as [StartServiceAccountTest];
    expect(request.fields).toEqual({
      mailbox: first,
      useAutodiscover: true,
      folder: "calendar",
      impersonate: true,
      impersonatedUser: "bob@contoso.com",
      identifyBy: "smtp",
      writeTest: false,
    });
    expect(request.form).toMatchObject({ accountLogon: "svc-rg@contoso.com", ewsUrl: "", findWhenChecking: true });
    expect(request.password).toEqual({ kind: "typed", password: "S3cret-canary" });
    expect(document.documentElement.outerHTML).not.toContain("S3cret-canary");
  });

  test("is disabled offline, with the reason", async () => {
    const view = await shown();
    const { settings } = await view.host.call("app_state", {});
    await view.host.call("settings_save", { ...settings, workOffline: true });
    await view.client.invalidateQueries();
    const button = screen.getByRole("button", { name: "Perform test" });
    await waitFor(() => expect(button).toHaveAttribute("aria-disabled", "true"));
    expect(screen.getAllByText("Needs the network. Work offline is on.")[0]).toBeVisible();
    await view.user.keyboard("{Control>}{Enter}{/Control}");
    expect(view.heard("service_account_start")).toEqual([]);
  });
});

describe("the test", () => {
  test("fills a tree; what is broken is open, and what was not reached is skipped", async () => {
    const broken: Step = {
      ...rung,
      id: "log_on",
      title: "Service account signs in",
      status: "fail",
      cause: "auth.rejected",
      message: "The sign-in was refused.",
      blame: "identity",
      next: "Unlock the account.",
      evidence: ["HTTP 401", "WWW-Authenticate: NTLM"],
    };
    const left: Step = { ...rung, id: "folder", title: "Test predefined folder", status: "skipped", elapsedMs: null };
    const message = "mail.contoso.com refused the sign-in.";
    const view = await shown({
      state: "done",
      steps: [rung, broken, left],
      verdict: "not_checked",
      cause: "auth.rejected",
      message,
      run: "01939f00-0000-7000-8000-000000000001",
    });
    await view.perform();
    const tree = within(await screen.findByRole("tree", { name: "Steps" }));
    const log = tree.getByRole("treeitem", { name: /^2\. Service account signs in.*Fail/ });
    expect(log).toHaveAttribute("aria-expanded", "true");
    expect(within(log).getByText("HTTP 401")).toBeVisible();
    expect(within(log).getByText("Tell me less")).toBeVisible();
    expect(within(log).getByText("Unlock the account.")).toBeVisible();
    const form = within(tree.getByRole("treeitem", { name: /^1\. Form values.*Pass.*Every value can be used\./ }));
    expect(form.getByText("1.2 s")).toBeVisible();
    expect(tree.getByRole("treeitem", { name: /^3\. Test predefined folder.*Skipped/ })).toBeVisible();
    expect(screen.getByText("Sign-in refused")).toBeVisible();
    expect(screen.getByText(message)).toBeVisible();
    log.focus();
    await view.user.keyboard("{ArrowLeft}");
    expect(log).toHaveAttribute("aria-expanded", "false");
    expect(within(log).getByText("Tell me more")).toBeVisible();
    expect(view.router.state.location.search).toEqual({ test: "t1" });
    await view.user.click(screen.getByRole("button", { name: "Open the run" }));
    await waitFor(() => expect(view.router.state.location.pathname).toMatch(/^\/runs\//));
  });

  test("waits for what is to come, and is canceled", async () => {
    const next: Step = { ...rung, id: "dns", title: "Name resolves", status: "running", message: "", elapsedMs: null };
    const later: Step = { ...next, id: "tcp", title: "Port 443, proxy", status: "skipped" };
    const { perform, user, heard } = await shown({ steps: [rung, next, later] });
    await perform();
    expect(await screen.findByRole("treeitem", { name: /^3\. Port 443, proxy.*Waiting/ })).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Cancel" }));
    await waitFor(() => expect(heard("service_account_cancel")).toEqual([{ test: "t1" }]));
  });

  test("asks again before it writes: leaving it out is the default", async () => {
    const { perform, heard } = await shown({ state: "asking" });
    await perform();
    const dialog = await findDialog(`Write a draft into ${first}?`);
    const names = dialog.getAllByRole("button").map((button) => button.textContent);
    expect(names).toEqual(["Leave it out", "Create and delete a draft"]);
    dialog.getByRole("button", { name: "Leave it out" }).click();
    await waitFor(() => expect(heard("service_account_answer")).toEqual([{ test: "t1", write: false }]));
  });

  test("writes nothing where the question is left", async () => {
    const { perform, heard, user } = await shown({ state: "asking" });
    await perform();
    const dialog = await findDialog(`Write a draft into ${first}?`);
    dialog.getByRole("button", { name: "Leave it out" }).focus();
    await user.keyboard("{Escape}");
    await waitFor(() => expect(heard("service_account_answer")).toEqual([{ test: "t1", write: false }]));
  });

  test("writes only when told to", async () => {
    const { perform, heard } = await shown({ state: "asking" });
    await perform();
    const dialog = await findDialog(`Write a draft into ${first}?`);
    dialog.getByRole("button", { name: "Create and delete a draft" }).click();
    await waitFor(() => expect(heard("service_account_answer")).toEqual([{ test: "t1", write: true }]));
  });

  test("asks at the field for a password that is not there, and before a refused one goes out again", async () => {
    const asks: boolean[] = [];
    const { perform } = await shown(
      { state: "done", verdict: "granted", message: "It opened." },
      {
        replace: {
          service_account_start: ({ sendAgain }) => {
            asks.push(sendAgain);
            if (asks.length === 1) throw new CommandError({ code: "password_needed", message: "Enter the password." });
            if (!sendAgain) throw new CommandError({ code: "password_refused", message: "Refused 2 min ago." });
            return { test: "t1" };
          },
        },
      },
    );
    await perform();
    expect(await screen.findByText("Enter the password.")).toBeVisible();
    expect(screen.getByLabelText("Password")).toHaveFocus();
    await perform();
    const guard = await findDialog("This password was refused before");
    guard.getByRole("button", { name: "Send once more" }).click();
    expect(await screen.findByText("It opened.")).toBeVisible();
    expect(asks).toEqual([false, false, true]);
  });

  test("that is not kept any more says so", async () => {
    const gone = () => {
      throw new CommandError({ code: "not_found", message: "This test is not kept any more." });
    };
    await shown({}, { at: "/?test=t0", replace: { service_account_show: gone } });
    expect(await screen.findByText(/This test is not kept any more\./)).toBeVisible();
    expect(screen.getByRole("button", { name: "Perform test" })).toBeVisible();
  });
});

describe("Microsoft's form", () => {
  test("gets the values without the password", async () => {
    const { user } = await shown();
    await user.type(screen.getByLabelText("Password"), "S3cret-canary");
    await user.click(screen.getByRole("button", { name: "Copy values for Microsoft's form" }));
    await screen.findByRole("button", { name: "Copied" });
    const copied = await navigator.clipboard.readText();
    expect(copied).toContain(`Target mailbox email address: ${first}`);
    expect(copied).not.toContain("S3cret-canary");
  });

  test("is opened only after a warning", async () => {
    const { user, heard } = await shown();
    await user.click(screen.getByRole("button", { name: "Open Microsoft's page" }));
    const dialog = await findDialog("Open Microsoft's page in the browser?");
    expect(heard("page_open")).toEqual([]);
    dialog.getByRole("button", { name: "Open the page" }).click();
    await waitFor(() => expect(heard("page_open")).toEqual([{ organization: 2, page: "microsoft_test" }]));
  });
});

test("says what failed when it cannot be read", async () => {
  const users_page = () => {
    throw new CommandError({ code: "internal", message: "The database is busy." });
  };
  await renderScreen(<ServiceAccountPage organization={2} />, { replace: { users_page } });
  expect(await screen.findByText(/The database is busy\./)).toBeVisible();
});
