import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, test, vi } from "vitest";
import type { AppState } from "@/ipc/generated/AppState";
import type { EndpointProbe } from "@/ipc/generated/EndpointProbe";
import type { StartCheck } from "@/ipc/generated/StartCheck";
import { fakeHost } from "@/ipc/hosts/fake";
import { asked, chain } from "@/ipc/hosts/fake/server";
import { CommandError } from "@/ipc/problem";
import { findDialog } from "@/testing/dialogs";
import { renderScreen } from "@/testing/render";
import { ConfigurationTab } from "./Tab";

const checkName = "Check Users Exchange Impersonated Access";
const answer: EndpointProbe = {
  cause: null,
  message: "mail.contoso.com asks for a sign-in and offers Negotiate, NTLM.",
  authentication: asked,
  certificates: chain,
  accountSuggestion: null,
};

/** The form of Contoso with its options unfolded. */
async function shown(options: Parameters<typeof renderScreen>[1] = {}) {
  const view = await renderScreen(<ConfigurationTab organization={2} />, options);
  const toggle = await screen.findByRole("button", { name: "Connection options" });
  if (toggle.getAttribute("aria-expanded") === "false") await view.user.click(toggle);
  return view;
}

async function onPlatform(platform: string): Promise<AppState> {
  return { ...(await fakeHost().call("app_state", {})), platform };
}

/** Whatever goes to these commands, as it went. */
function overhear(view: Awaited<ReturnType<typeof shown>>, ...names: string[]) {
  const heard: unknown[] = [];
  const send = view.host.call;
  view.host.call = (name, request) => {
    if (names.includes(name)) heard.push(structuredClone(request));
    return send(name, request);
  };
  return heard;
}

describe("Authentication", () => {
  test.each([
    ["linux", true],
    ["macos", true],
    ["windows", false],
  ])("My Windows sign-in on %s", async (platform, disabled) => {
    const state = await onPlatform(platform);
    const { user } = await shown({ replace: { app_state: () => state } });
    await user.click(screen.getByRole("combobox", { name: "Authentication" }));
    const options = await screen.findAllByRole("option");
    expect(options.map((option) => option.textContent?.replace("On Windows only.", ""))).toEqual([
      "Automatic",
      "Negotiate (Kerberos)",
      "NTLM",
      "Basic",
      "My Windows sign-in",
    ]);
    const own = screen.getByRole("option", { name: /^My Windows sign-in/ });
    expect(own.getAttribute("aria-disabled") === "true").toBe(disabled);
    expect(within(own).queryAllByText("On Windows only.")).toHaveLength(disabled ? 1 : 0);
    if (!disabled) {
      await user.click(own);
      expect(screen.getByText(/^Not used: My Windows sign-in takes the account/)).toBeVisible();
    }
    for (const option of options.slice(0, 4)) expect(option).not.toHaveAttribute("aria-disabled", "true");
  });
});

/** Typed at once: letter by letter takes long in a form of this size. */
async function fill({ user }: Awaited<ReturnType<typeof shown>>, label: string, text: string) {
  await user.clear(screen.getByLabelText(label));
  await user.click(screen.getByLabelText(label));
  await user.paste(text);
}

describe("Ask the server", () => {
  const ask = () => screen.getByRole("button", { name: "Ask the server" });

  test("shows offer, build, clock, domain and certificate, and hands over no password", async () => {
    const view = await shown();
    const heard = overhear(view, "endpoint_probe");
    await view.user.click(screen.getByRole("button", { name: "Replace" }));
    await fill(view, "Password", "S3cret-canary");
    expect(ask()).toHaveAccessibleDescription("Ask the server what it offers: no password is sent for it.");
    await view.user.click(ask());
    const said = within(await screen.findByRole("region", { name: "What the server said" }));
    expect(said.getByText(/^mail\.contoso\.com asks for a sign-in/)).toBeVisible();
    expect(said.getByText("CONTOSO (contoso.com), answered by ex01.contoso.com")).toBeVisible();
    expect(said.getByText(/^mail\.contoso\.com, issued by Contoso Issuing CA 1\./)).toBeVisible();
    expect(said.getByText("No password was sent.")).toBeVisible();
    expect(heard).toHaveLength(1);
    expect(JSON.stringify(heard)).not.toContain("S3cret-canary");
    await view.user.click(said.getByRole("button", { name: "Close" }));
    expect(screen.queryByRole("region", { name: "What the server said" })).not.toBeInTheDocument();
  });

  test("offers the domain before a bare name, and takes it back", async () => {
    const { user } = await shown();
    const account = screen.getByLabelText("Account Logon");
    await user.clear(account);
    await user.type(account, "svc");
    await user.click(ask());
    await user.click(await screen.findByRole("button", { name: "Use CONTOSO\\svc" }));
    expect(account).toHaveValue("CONTOSO\\svc");
    expect(screen.queryByRole("button", { name: "Use CONTOSO\\svc" })).not.toBeInTheDocument();
    expect(screen.getByText("Was svc. Not saved yet.")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Undo" }));
    expect(account).toHaveValue("svc");
  });

  test("proposes another scheme where the chosen one is not offered, and takes it back", async () => {
    const { user } = await shown({
      replace: {
        endpoint_probe: () => ({ ...answer, authentication: { ...asked, offered: ["Basic"] } }),
      },
    });
    await user.click(ask());
    expect(await screen.findByText("The server offers Basic. Switch to Basic?")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Switch to Basic" }));
    const scheme = screen.getByRole("combobox", { name: "Authentication" });
    expect(scheme).toHaveTextContent("Basic");
    expect(screen.queryByText(/Switch to/)).not.toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Undo" }));
    expect(scheme).toHaveTextContent("Automatic");
  });

  test("shows the chain of a certificate that is not trusted; a trust goes into the form alone", async () => {
    const view = await shown({
      replace: { endpoint_probe: () => ({ ...answer, cause: "tls.untrusted", message: "Not a trusted issuer." }) },
    });
    const heard = overhear(view, "email_configuration_save", "check_start");
    await view.user.click(ask());
    const said = within(await screen.findByRole("region", { name: "What the server said" }));
    await view.user.click(said.getByRole("button", { name: "Trust this CA" }));
    const question = await findDialog("Trust this CA?");
    await view.user.click(question.getByRole("button", { name: "Trust this CA" }));
    expect(screen.getByRole("radio", { name: "CA file…" })).toBeChecked();
    expect(screen.getByText("Trusts the CA Contoso Issuing CA 1. Not saved yet.")).toBeVisible();
    expect(screen.getByRole("button", { name: "Save" })).not.toHaveAttribute("aria-disabled", "true");
    await view.user.click(screen.getByRole("button", { name: "Undo" }));
    expect(screen.getByRole("radio", { name: "System trust store" })).toBeChecked();
    expect(heard).toEqual([]);
  });

  test("says in place why nobody was asked, and asks again", async () => {
    const endpoint_probe = vi.fn((): EndpointProbe => {
      throw new CommandError({ code: "bad_certificate", message: "This CA expired on 1 Feb 2024." });
    });
    const { user } = await shown({ replace: { endpoint_probe } });
    await user.click(ask());
    expect(await screen.findByText("The server wasn't asked.")).toBeVisible();
    expect(screen.getByText(/This CA expired on 1 Feb 2024\./)).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Try again" }));
    await waitFor(() => expect(endpoint_probe).toHaveBeenCalledTimes(2));
  });

  test("is not possible offline or without a URL, and says so", async () => {
    const state = await onPlatform("windows");
    const offline = { ...state, settings: { ...state.settings, workOffline: true } };
    const view = await shown({ replace: { app_state: () => offline } });
    expect(ask()).toHaveAttribute("aria-disabled", "true");
    expect(ask()).toHaveAccessibleDescription("Needs the network. Work offline is on.");
    view.unmount();
    const { user } = await shown();
    await user.clear(screen.getByLabelText("Exchange Web Services (EWS) URL"));
    expect(ask()).toHaveAttribute("aria-disabled", "true");
    expect(ask()).toHaveAccessibleDescription("Enter the EWS URL to ask the server.");
  });

  test("is forgotten when the URL names another server", async () => {
    const { user } = await shown();
    await user.click(ask());
    await screen.findByRole("region", { name: "What the server said" });
    await user.type(screen.getByLabelText("Exchange Web Services (EWS) URL"), "x");
    expect(screen.queryByRole("region", { name: "What the server said" })).not.toBeInTheDocument();
  });
});

describe("Proxy", () => {
  async function custom(options: Parameters<typeof renderScreen>[1] = {}) {
    const view = await shown(options);
    expect(screen.getByText("Settings, Network: system settings.")).toBeVisible();
    await view.user.click(screen.getByRole("radio", { name: "Custom" }));
    await fill(view, "Proxy address", "proxy.contoso.com:8080");
    await fill(view, "Proxy user", "CONTOSO\\jane");
    return view;
  }

  test("hands its password over with a check and with Save, and forgets it then", async () => {
    const view = await custom();
    const heard = overhear(view, "check_start", "email_configuration_save");
    await fill(view, "Proxy password", "Pr0xy-canary");
    expect(document.documentElement.outerHTML).not.toContain("Pr0xy-canary");
    await view.user.click(screen.getByRole("button", { name: checkName }));
    await view.user.click(await screen.findByRole("button", { name: "Check" }));
    await waitFor(() => expect(heard).toHaveLength(1));
    await view.user.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(heard).toHaveLength(2));
    const proxy = { kind: "custom", address: "proxy.contoso.com:8080", user: "CONTOSO\\jane" };
    for (const request of heard) expect(request).toMatchObject({ proxyPassword: "Pr0xy-canary", form: { proxy } });
    expect(await screen.findByText("Stored in Windows Credential Manager")).toBeVisible();
    expect(document.documentElement.outerHTML).not.toContain("Pr0xy-canary");
    await view.user.click(screen.getAllByRole("button", { name: "Replace" }).at(-1) as HTMLElement);
    expect(screen.getByLabelText("Proxy password")).toHaveValue("");
    await view.user.click(screen.getByRole("button", { name: "Keep the stored one" }));
    expect(screen.getByText("Stored in Windows Credential Manager")).toBeVisible();
  });

  test("asks for no password without a user, and keeps what was typed while None is tried", async () => {
    const { user } = await custom();
    await user.clear(screen.getByLabelText("Proxy user"));
    expect(screen.queryByLabelText("Proxy password")).not.toBeInTheDocument();
    await user.click(screen.getByRole("radio", { name: "None" }));
    expect(screen.queryByLabelText("Proxy address")).not.toBeInTheDocument();
    await user.click(screen.getByRole("radio", { name: "Custom" }));
    expect(screen.getByLabelText("Proxy address")).toHaveValue("proxy.contoso.com:8080");
  });

  test("is told at its field that its password is missing", async () => {
    const check_start = () => {
      throw new CommandError({ code: "password_needed", message: "The proxy's password is missing.", field: "proxy" });
    };
    const { user } = await custom({ replace: { check_start } });
    await user.click(screen.getByRole("button", { name: checkName }));
    await user.click(await screen.findByRole("button", { name: "Check" }));
    expect(await screen.findByText("The proxy's password is missing.")).toBeVisible();
    expect(screen.getByLabelText("Proxy address")).toHaveAttribute("aria-invalid", "true");
    await waitFor(() => expect(screen.getByLabelText("Proxy password")).toHaveFocus());
  });
});

describe("the lock-out guard", () => {
  const message = "This password was refused 4 minutes ago.";

  async function refused() {
    const sent: StartCheck[] = [];
    const real = fakeHost({ users: 3 });
    const check_start = (request: StartCheck) => {
      sent.push(structuredClone(request));
      if (request.sendAgain) return real.call("check_start", request);
      throw new CommandError({ code: "password_refused", message, hint: "Another refusal may lock the account." });
    };
    const view = await shown({ replace: { check_start } });
    await view.user.click(screen.getByRole("button", { name: "Replace" }));
    await fill(view, "Password", "S3cret-canary");
    await view.user.click(screen.getByRole("button", { name: checkName }));
    await view.user.click(await screen.findByRole("button", { name: "Check" }));
    const guard = await findDialog("This password was refused before");
    expect(guard.getByText(`${message} Another refusal may lock the account.`)).toBeVisible();
    return { ...view, sent, guard };
  }

  test("Cancel comes first, and sends nothing", async () => {
    const { user, sent, guard } = await refused();
    expect(guard.getAllByRole("button").map((button) => button.textContent)).toEqual(["Cancel", "Send once more"]);
    await user.click(guard.getByRole("button", { name: "Cancel" }));
    await waitFor(() => expect(screen.queryByRole("alertdialog")).not.toBeInTheDocument());
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({ sendAgain: false });
    expect(screen.getByLabelText("Password")).toHaveValue("S3cret-canary");
  });

  test("Send once more sends the same form and password, once", async () => {
    const { user, sent, guard } = await refused();
    await user.click(guard.getByRole("button", { name: "Send once more" }));
    await waitFor(() => expect(sent).toHaveLength(2));
    expect(sent[1]).toEqual({ ...sent[0], sendAgain: true });
    expect(sent[1]?.password).toEqual({ kind: "typed", password: "S3cret-canary" });
  });
});

test("a trust chosen on another screen is taken into the form, once", async () => {
  const view = await renderScreen(<ConfigurationTab organization={2} />);
  await screen.findByRole("heading", { name: "Email Configuration" });
  const trust = { kind: "pin" as const, sha256: "AB".repeat(32) };
  await view.router.navigate({ to: "/", state: { handedTrust: { trust, text: "Pins mail.contoso.com." } } });
  expect(await screen.findByText("Pins mail.contoso.com. Not saved yet.")).toBeVisible();
  expect(screen.getByRole("radio", { name: "Pinned certificate…" })).toBeChecked();
  await waitFor(() => expect(view.router.state.location.state.handedTrust).toBeUndefined());
  await view.user.click(screen.getByRole("button", { name: "Undo" }));
  expect(screen.getByRole("radio", { name: "System trust store" })).toBeChecked();
});
