import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, test, vi } from "vitest";
import type { RunRef } from "@/ipc/generated/RunRef";
import type { SaveEmailConfiguration } from "@/ipc/generated/SaveEmailConfiguration";
import type { StartCheck } from "@/ipc/generated/StartCheck";
import { fakeHost } from "@/ipc/hosts/fake";
import { CommandError } from "@/ipc/problem";
import { renderScreen } from "@/testing/render";
import { ConfigurationTab } from "./Tab";

const contoso = <ConfigurationTab organization={2} />;
const empty = <ConfigurationTab organization={1} />;
const checkName = "Check Users Exchange Impersonated Access";
const ewsUrl = "Exchange Web Services (EWS) URL";

async function shown(screenUnderTest = contoso, options: Parameters<typeof renderScreen>[1] = {}) {
  const view = await renderScreen(screenUnderTest, options);
  await screen.findByRole("heading", { name: "Email Configuration" });
  return view;
}

describe("Email Configuration", () => {
  test("shows the saved form, never the stored password", async () => {
    await shown();
    expect(screen.getByLabelText("Account Logon")).toHaveValue("svc-rg@contoso.com");
    expect(screen.getByText("The server will see: UPN form")).toBeVisible();
    expect(screen.getByText(/^Stored in Windows Credential Manager, /)).toBeVisible();
    expect(screen.queryByRole("button", { name: /Show the password/ })).not.toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Save" })).toHaveAttribute("aria-disabled", "true");
  });

  test("says what failed when it cannot be read, and reads again", async () => {
    const email_configuration_show = vi.fn(() => {
      throw new CommandError({ code: "internal", message: "The database is busy." });
    });
    const { user } = await renderScreen(contoso, { replace: { email_configuration_show } });
    expect(await screen.findByText(/The database is busy/)).toBeVisible();
    const before = email_configuration_show.mock.calls.length;
    await user.click(screen.getByRole("button", { name: "Try again" }));
    await waitFor(() => expect(email_configuration_show.mock.calls.length).toBeGreaterThan(before));
  });

  test("finds entries by words and explains what is shown for the record", async () => {
    const { user } = await shown();
    const picker = screen.getByRole("combobox", { name: "Mailbox Access Type" });
    await user.clear(picker);
    await user.type(picker, "google");
    const options = await screen.findAllByRole("option");
    expect(options.map((option) => option.textContent)).toEqual([
      expect.stringContaining("Google Direct Logon"),
      expect.stringContaining("Google Service Account"),
    ]);
    await user.click(options[1] as HTMLElement);
    const panel = screen.getByRole("region", { name: "Shown for the record" });
    expect(within(panel).getByText("What it needs")).toBeVisible();
    expect(screen.queryByLabelText("Account Logon")).not.toBeInTheDocument();
    expect(screen.getByRole("button", { name: checkName })).toHaveAttribute("aria-disabled", "true");
    expect(screen.getByRole("button", { name: "Save" })).not.toHaveAttribute("aria-disabled", "true");
    expect(screen.getByText(/active mailbox(es)? will need renewal\./)).toBeVisible();
  });

  test("generates the URL, and takes it back", async () => {
    const { user } = await shown();
    const field = screen.getByLabelText(ewsUrl);
    await user.clear(field);
    await user.type(field, "https://old.example.com/EWS/Exchange.asmx");
    expect(screen.getByText("Typed")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Magic Wand, generate the EWS URL" }));
    await waitFor(() => expect(field).toHaveValue("https://mail.contoso.com/EWS/Exchange.asmx"));
    expect(screen.getByText("Generated")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Undo" }));
    expect(field).toHaveValue("https://old.example.com/EWS/Exchange.asmx");
  });

  test("asks for the mail domain where the account does not tell it", async () => {
    const { user } = await shown();
    await user.clear(screen.getByLabelText("Account Logon"));
    await user.type(screen.getByLabelText("Account Logon"), "CONTOSO\\svc");
    await user.keyboard("{Control>}g{/Control}");
    const domain = await screen.findByRole("combobox", { name: "Which mail domain?" });
    await user.clear(domain);
    await user.type(domain, "fabrikam.com{Enter}");
    await waitFor(() =>
      expect(screen.getByLabelText(ewsUrl)).toHaveValue("https://mail.fabrikam.com/EWS/Exchange.asmx"),
    );
  });

  test("completes a near miss once, and leaves it alone after Undo", async () => {
    const { user } = await shown();
    const field = screen.getByLabelText(ewsUrl);
    await user.clear(field);
    await user.type(field, "mail.contoso.com");
    expect(field).toHaveValue("mail.contoso.com");
    await user.tab();
    expect(await screen.findByText("Completed to https://mail.contoso.com/EWS/Exchange.asmx.")).toBeVisible();
    expect(field).toHaveValue("https://mail.contoso.com/EWS/Exchange.asmx");
    await user.click(screen.getByRole("button", { name: "Undo" }));
    await user.click(field);
    await user.tab();
    await new Promise((done) => setTimeout(done, 400));
    expect(field).toHaveValue("mail.contoso.com");
  });

  test("shows what is wrong when a field is left, and sets the keyboard there on save", async () => {
    const save = vi.fn();
    const { user } = await shown(contoso, { replace: { email_configuration_save: save } });
    const account = screen.getByLabelText("Account Logon");
    await user.clear(account);
    await user.tab();
    expect(await screen.findByText("Enter the impersonating account.")).toBeVisible();
    await user.keyboard("{Control>}s{/Control}");
    await waitFor(() => expect(account).toHaveFocus());
    expect(account).toHaveAttribute("aria-invalid", "true");
    expect(save).not.toHaveBeenCalled();
  });
});

describe("the password", () => {
  test("is handed over once, by save, and then gone from the page", async () => {
    const requests: SaveEmailConfiguration[] = [];
    const view = await shown();
    const send = view.host.call;
    view.host.call = (name, request) => {
      if (name === "email_configuration_save") requests.push(structuredClone(request) as SaveEmailConfiguration);
      return send(name, request);
    };
    await view.user.click(screen.getByRole("button", { name: "Replace" }));
    const field = screen.getByLabelText("Password");
    expect(field).toHaveAttribute("type", "password");
    await view.user.type(field, "S3cret-canary");
    await view.user.click(screen.getByRole("button", { name: "Show the password being typed" }));
    expect(field).toHaveAttribute("type", "text");
    await view.user.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(requests).toHaveLength(1));
    expect(requests[0]?.password).toEqual({ kind: "store", password: "S3cret-canary" });
    await screen.findByText(/^Saved\. /);
    expect(document.documentElement.outerHTML).not.toContain("S3cret-canary");
    const cached = JSON.stringify(
      view.client
        .getQueryCache()
        .getAll()
        .map((entry) => [entry.queryKey, entry.state.data]),
    );
    expect(cached).not.toContain("S3cret-canary");
  });

  test("says at the field that the key store refused it", async () => {
    const refuse = () => {
      throw new CommandError({ code: "key_store", message: "Access is denied.", hint: "Unlock the key store." });
    };
    const { user } = await shown(contoso, { replace: { email_configuration_save: refuse } });
    await user.click(screen.getByRole("button", { name: "Replace" }));
    await user.type(screen.getByLabelText("Password"), "pw");
    await user.click(screen.getByRole("button", { name: "Save" }));
    expect(
      await screen.findByText(
        /The key store refused to save the password\. Nothing was changed\. Unlock the key store\./,
      ),
    ).toBeVisible();
    expect(screen.getByLabelText("Password")).toHaveValue("pw");
  });

  test("that is stored is removed with the next save, or kept", async () => {
    const { user } = await shown();
    await user.click(screen.getByRole("button", { name: "Remove" }));
    expect(screen.getByText("The stored password will be removed when you save.")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Keep the stored one" }));
    expect(screen.getByText(/^Stored in /)).toBeVisible();
  });
});

describe("the check", () => {
  test("says what it will do the first time, then runs on the form as it stands", async () => {
    const requests: StartCheck[] = [];
    const view = await shown();
    const send = view.host.call;
    view.host.call = (name, request) => {
      if (name === "check_start") requests.push(structuredClone(request) as StartCheck);
      return send(name, request);
    };
    await view.user.type(screen.getByLabelText("Account Logon"), "x");
    await view.user.click(screen.getByRole("button", { name: checkName }));
    expect(
      await screen.findByText("Reads the Inbox id of 30 mailboxes as svc-rg@contoso.comx. Changes nothing."),
    ).toBeVisible();
    expect(requests).toHaveLength(0);
    await view.user.click(screen.getByRole("button", { name: "Check" }));
    await waitFor(() => expect(requests).toHaveLength(1));
    expect(requests[0]).toMatchObject({
      scope: { kind: "all" },
      password: { kind: "stored" },
      form: { accountLogon: "svc-rg@contoso.comx" },
    });
  });

  test("shows the running check, and that settings changed since", async () => {
    const { user, router } = await shown(contoso, { users: 4830 });
    await user.keyboard("{F5}");
    await user.click(await screen.findByRole("button", { name: "Check" }));
    const show = await screen.findByRole("button", { name: "Show running check" });
    expect(await screen.findByText(/ of 4,830 - /, { selector: "span:not([role])" })).toBeVisible();
    await user.type(screen.getByLabelText("Account Logon"), "x");
    expect(await screen.findByText(/^Settings changed since this check started\./)).toBeVisible();
    await user.keyboard("{Backspace}");
    await user.click(show);
    await waitFor(() => expect(router.state.location.pathname).toMatch(/^\/runs\//));
  });

  test("of one address needs no users", async () => {
    const requests: StartCheck[] = [];
    const view = await shown(empty);
    const send = view.host.call;
    view.host.call = (name, request) => {
      if (name === "check_start") requests.push(structuredClone(request) as StartCheck);
      return send(name, request);
    };
    expect(screen.getByText("Add users first, or try one address.")).toBeVisible();
    expect(screen.getByRole("button", { name: checkName })).toHaveAttribute("aria-disabled", "true");
    await view.user.type(screen.getByLabelText("Account Logon"), "svc@contoso.com");
    await view.user.type(screen.getByLabelText("Password"), "pw");
    await view.user.click(screen.getByRole("button", { name: "Magic Wand, generate the EWS URL" }));
    await view.user.click(screen.getByRole("button", { name: "Which mailboxes to check" }));
    expect(await screen.findByRole("menuitem", { name: "All users" })).toHaveAttribute("aria-disabled", "true");
    await view.user.click(screen.getByRole("menuitem", { name: "One address…" }));
    await view.user.type(await screen.findByLabelText("Address to check"), "anna@contoso.com");
    await view.user.click(screen.getByRole("button", { name: "Check" }));
    expect(await screen.findByText(/^Reads the Inbox id of 1 mailbox as svc@contoso\.com\./)).toBeVisible();
    await view.user.click(screen.getByRole("button", { name: "Check" }));
    await waitFor(() => expect(requests[0]?.scope).toEqual({ kind: "address", address: "anna@contoso.com" }));
    expect(requests[0]?.password).toEqual({ kind: "typed", password: "pw" });
  });

  test("asks at the field for a password that is not there", async () => {
    const check_start = () => {
      throw new CommandError({ code: "password_needed", message: "Enter the password of svc-rg@contoso.com." });
    };
    const { user } = await shown(contoso, { replace: { check_start } });
    await user.click(screen.getByRole("button", { name: checkName }));
    await user.click(await screen.findByRole("button", { name: "Check" }));
    expect(await screen.findByText("Enter the password of svc-rg@contoso.com.")).toBeVisible();
  });
});

test("a check that was stopped says why, beside the form", async () => {
  const real = fakeHost({ users: 3 });
  const run_show = async (request: RunRef) => {
    const page = await real.call("run_show", request);
    const message = "mail.contoso.com refused the sign-in of svc-rg@contoso.com.";
    const row = { ...page.row, state: "stopped" as const, cause: "auth.rejected" as const, message };
    return { ...page, row, progress: { ...page.progress, state: row.state } };
  };
  await shown(contoso, { replace: { run_show } });
  const strip = within(await screen.findByRole("region", { name: "Last check" }));
  expect(strip.getByText("mail.contoso.com refused the sign-in of svc-rg@contoso.com.")).toBeVisible();
});

describe("offline", () => {
  test("forbids the check with its reason, and validates all the same", async () => {
    const view = await renderScreen(contoso);
    const { settings } = await view.host.call("app_state", {});
    await view.host.call("settings_save", { ...settings, workOffline: true });
    await view.client.invalidateQueries();
    expect(await screen.findByText("Needs the network. Work offline is on.")).toBeVisible();
    expect(screen.getByRole("button", { name: checkName })).toHaveAttribute("aria-disabled", "true");
    await view.user.clear(screen.getByLabelText("Account Logon"));
    await view.user.tab();
    expect(await screen.findByText("Enter the impersonating account.")).toBeVisible();
  });
});

test("an offered fix is taken by its button, and taken back", async () => {
  const text = "That's a web page for people. Use https://mail.contoso.com/EWS/Exchange.asmx?";
  const email_configuration_validate = ({ form }: { form: { ewsUrl: string } }) =>
    form.ewsUrl.endsWith("/owa")
      ? [
          {
            field: "ewsUrl",
            level: "fix" as const,
            text,
            fix: "https://mail.contoso.com/EWS/Exchange.asmx",
            automatic: false,
          },
        ]
      : [];
  const { user } = await shown(contoso, { replace: { email_configuration_validate } });
  const field = screen.getByLabelText(ewsUrl);
  await user.clear(field);
  await user.type(field, "https://mail.contoso.com/owa");
  await user.tab();
  expect(await screen.findByText(text)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Use it" }));
  expect(field).toHaveValue("https://mail.contoso.com/EWS/Exchange.asmx");
  await user.click(screen.getByRole("button", { name: "Undo" }));
  expect(field).toHaveValue("https://mail.contoso.com/owa");
});

test("leaving with unsaved changes asks: Save, Discard, Stay", async () => {
  const { user, router } = await shown();
  await user.type(screen.getByLabelText("Account Logon"), "x");
  void router.navigate({ to: "/elsewhere" } as never);
  const dialog = await screen.findByRole("alertdialog");
  expect(
    within(dialog)
      .getAllByRole("button")
      .map((button) => button.textContent),
  ).toEqual(["Save", "Discard", "Stay"]);
  await user.click(within(dialog).getByRole("button", { name: "Stay" }));
  expect(router.state.location.pathname).toBe("/");
  await waitFor(() => expect(screen.queryByRole("alertdialog")).not.toBeInTheDocument());
  void router.navigate({ to: "/elsewhere" } as never);
  await user.click(await screen.findByRole("button", { name: "Discard" }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/elsewhere"));
});
