import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, test, vi } from "vitest";
import type { SignInRef } from "@/ipc/generated/SignInRef";
import type { StartCheck } from "@/ipc/generated/StartCheck";
import type { StartSignIn } from "@/ipc/generated/StartSignIn";
import { fakeHost } from "@/ipc/hosts/fake";
import type { FakeSignIn } from "@/ipc/hosts/fake/signIn";
import { CommandError } from "@/ipc/problem";
import { renderScreen } from "@/testing/render";
import { countdown, meansOnline } from "./modern";
import { ConfigurationTab } from "./Tab";

const button = "Microsoft 365 OAuth (EWS API)";
const checkName = "Check Users Exchange Impersonated Access";

async function shown(signIn: FakeSignIn, options: Parameters<typeof renderScreen>[1] = {}) {
  const view = await renderScreen(<ConfigurationTab organization={2} />, { ...options, signIn });
  const panel = within(await screen.findByRole("region", { name: "OAuth sign-in" }));
  return { ...view, panel };
}

/** At once: typing draws the form once a letter. */
async function fill(user: Awaited<ReturnType<typeof shown>>["user"], field: HTMLElement, text: string) {
  await user.clear(field);
  await user.paste(text);
}

function blocked(name: string) {
  return screen.getByRole("button", { name }).getAttribute("aria-disabled") === "true";
}

describe("the sign-in", () => {
  test("is not there at first, and keeps the check back", async () => {
    const { panel } = await shown({ accessType: "ews_imp" });
    expect(await panel.findByText("Impersonation status: Not authorized")).toBeVisible();
    expect(panel.getByRole("button", { name: button })).toBeEnabled();
    expect(screen.getByText("Sign in first.")).toBeVisible();
    expect(blocked(checkName)).toBe(true);
    expect(screen.queryByLabelText("Password")).not.toBeInTheDocument();
  });

  test("starts with the form as it stands, waits, and is called successful once somebody signed in", async () => {
    const asked: StartSignIn[] = [];
    const view = await shown({ accessType: "ews_imp" });
    const send = view.host.call;
    view.host.call = (name, request) => {
      if (name === "sign_in_start") asked.push(structuredClone(request) as StartSignIn);
      return send(name, request);
    };
    await view.user.type(screen.getByLabelText("Account Logon"), "x");
    await view.user.click(view.panel.getByRole("button", { name: button }));
    expect(await view.panel.findByText("Finish signing in in your browser")).toBeVisible();
    expect(view.panel.getByRole("timer")).toHaveTextContent(/^(5:00|4:5\d)$/);
    expect(asked[0]).toMatchObject({ deviceCode: false, form: { accountLogon: "svc-rg@contoso.comx" } });
    expect(blocked(button)).toBe(true);
    expect(await view.panel.findByText("Impersonation status: Authorized")).toBeVisible();
    expect(await screen.findByText("Signed in successfully")).toBeVisible();
    expect(view.panel.getByText("Impersonation isn't proven until a check passes.")).toBeVisible();
    expect(blocked(checkName)).toBe(false);
  });

  test("asks how it stands every second while somebody is waited for, and not afterwards", async () => {
    const askedWhile = async (now: FakeSignIn["now"]) => {
      const view = await shown({ now, ends: "waiting" });
      await view.panel.findByRole("button", { name: now === "waiting" ? "Cancel" : "Disconnect" });
      const call = vi.spyOn(view.host, "call");
      await new Promise((resolve) => setTimeout(resolve, 2500));
      view.unmount();
      return call.mock.calls.filter(([name]) => name === "sign_in_show").length;
    };
    expect(await askedWhile("waiting")).toBeGreaterThanOrEqual(2);
    expect(await askedWhile("authorized")).toBe(0);
  });

  test("shows who it is, for what, and until when", async () => {
    const { panel } = await shown({ now: "authorized" });
    const facts = within(await panel.findByLabelText("What the token says"));
    for (const term of ["Account", "Tenant", "Token for", "Scopes", "Expires", "Signed in", "Kept"]) {
      expect(facts.getByText(term)).toBeVisible();
    }
    expect(facts.getByText(/EWS\.AccessAsUser\.All/)).toBeVisible();
    expect(screen.queryByText("Signed in successfully")).not.toBeInTheDocument();
  });

  test("can be waited for with a code, opened again, copied and canceled", async () => {
    const { panel, user, host } = await shown({ accessType: "ews_imp", ends: "waiting" });
    const call = vi.spyOn(host, "call");
    await user.click(panel.getByRole("button", { name: button }));
    await user.click(await panel.findByRole("button", { name: "Open again" }));
    expect(call).toHaveBeenCalledWith("sign_in_open", { organization: 2 });
    expect(panel.getByRole("button", { name: "Copy link" })).toBeVisible();
    await user.click(panel.getByRole("button", { name: "Use a code instead" }));
    expect(await panel.findByText("F7QK2MHRT")).toBeVisible();
    expect(panel.getByRole("button", { name: "Copy code" })).toBeVisible();
    expect(panel.getByText(/microsoft\.com\/devicelogin/)).toBeVisible();
    await user.click(panel.getByRole("button", { name: "Cancel" }));
    expect(await panel.findByText("The sign-in was canceled.")).toBeVisible();
    expect(blocked(button)).toBe(false);
  });

  test("says as long as it waits that no browser was opened", async () => {
    const none = "No browser could be opened.";
    const host = fakeHost({ signIn: { accessType: "ews_imp", ends: "waiting" } });
    const sign_in_start = async (request: StartSignIn) => {
      const started = await host.call("sign_in_start", request);
      return { ...started, warnings: [none] };
    };
    const sign_in_show = (request: SignInRef) => host.call("sign_in_show", request);
    const { panel, user } = await shown({ accessType: "ews_imp" }, { replace: { sign_in_start, sign_in_show } });
    await user.click(panel.getByRole("button", { name: button }));
    expect(await panel.findByText(none)).toBeVisible();
    const timer = panel.getByRole("timer");
    const first = timer.textContent;
    await waitFor(() => expect(timer.textContent).not.toBe(first));
    expect(panel.getByText(none)).toBeVisible();
  });

  test("says that an answer of a stranger was discarded, and goes on waiting", async () => {
    const { panel } = await shown({ now: "discarded" });
    expect(await panel.findByText(/The answer didn't belong to this sign-in and was discarded\./)).toBeVisible();
    expect(panel.getByRole("timer")).toBeVisible();
  });

  test("of another account is used only when that is allowed", async () => {
    const { panel, user } = await shown({ now: "other_account" });
    const status = "Signed in as jane.doe@contoso.com, expected svc-rg@contoso.com.";
    expect(await panel.findByText(status)).toBeVisible();
    expect(blocked(checkName)).toBe(true);
    expect(panel.getByRole("button", { name: "Sign in again" })).toBeVisible();
    await user.click(panel.getByRole("button", { name: "Use jane.doe@contoso.com" }));
    expect(await panel.findByText("Impersonation status: Authorized")).toBeVisible();
    expect(blocked(checkName)).toBe(false);
  });

  test("that needs an administrator names the code and the page to send", async () => {
    const { panel } = await shown({ now: "consent" });
    expect(await panel.findByText("Need admin approval")).toBeVisible();
    expect(panel.getByText("AADSTS90094")).toBeVisible();
    expect(panel.getByText(/\/adminconsent\?client_id=/)).toBeVisible();
    expect(panel.getByRole("button", { name: "Copy approval link" })).toBeVisible();
  });

  test("that needs an administrator says so once", async () => {
    const sentence = "Need admin approval: in this tenant only an administrator may consent.";
    const asked = fakeHost({ signIn: { now: "consent" } });
    const sign_in_show = async (request: SignInRef) => {
      const answer = await asked.call("sign_in_show", request);
      return { ...answer, failure: answer.failure && { ...answer.failure, sentence } };
    };
    const { panel } = await shown({ now: "consent" }, { replace: { sign_in_show } });
    expect(await panel.findByText(sentence)).toBeVisible();
    expect(panel.getAllByText(/^Need admin approval/)).toHaveLength(1);
  });

  test("that has expired says whose renewal it takes", async () => {
    const { panel } = await shown({ now: "expired" });
    expect(await panel.findByText("Impersonation status: Expired")).toBeVisible();
    expect(panel.getByText(/^\d+ active mailboxes need renewal: sign in again, check, and save\.$/)).toBeVisible();
    expect(screen.getByText("The sign-in has expired. Sign in again.")).toBeVisible();
  });

  const failures = [
    ["denied", "The sign-in was declined in the browser.", "access_denied"],
    ["timed_out", "Nobody finished signing in within 5 minutes.", null],
    ["port_taken", "Port 53682 of this computer is taken by another program.", null],
    ["mismatch", /another issuer than the one that was asked/, null],
    ["redirect_mismatch", /doesn't list http:\/\/localhost/, "AADSTS50011"],
    ["not_registered", /isn't registered in this tenant/, "AADSTS500011"],
    ["conditional_access", /Conditional Access/, "AADSTS53003"],
    ["no_public_client", /doesn't allow public client flows/, "AADSTS7000218"],
    ["unreachable", /Can't reach login\.microsoftonline\.com/, null],
  ] as const;
  test.each(failures)("that failed (%s) says why in one sentence, its code, and is tried again", async (...failed) => {
    const [now, sentence, code] = failed;
    const { panel, user } = await shown({ now });
    expect(await panel.findByText(sentence)).toBeVisible();
    if (code !== null) expect(panel.getByText(code)).toBeVisible();
    else expect(panel.queryByText(/^Code:/)).not.toBeInTheDocument();
    await user.click(panel.getByRole("button", { name: "Try again" }));
    expect(await panel.findByRole("timer")).toBeVisible();
  });

  test("is forgotten, and renewed, by its buttons", async () => {
    const { panel, user, host } = await shown({ now: "authorized" });
    const call = vi.spyOn(host, "call");
    await user.click(await panel.findByRole("button", { name: "Refresh" }));
    await waitFor(() => expect(call).toHaveBeenCalledWith("sign_in_refresh", { organization: 2 }));
    await user.click(panel.getByRole("button", { name: "Disconnect" }));
    expect(await panel.findByText("Impersonation status: Not authorized")).toBeVisible();
    expect(screen.queryByText("Signed in successfully")).not.toBeInTheDocument();
  });

  test("that can't be renewed offers no renewal, and says why", async () => {
    const stands = fakeHost({ signIn: { now: "authorized" } });
    const sign_in_show = async (request: SignInRef) => ({
      ...(await stands.call("sign_in_show", request)),
      renewable: false,
    });
    const { panel, user, host } = await shown({ now: "authorized" }, { replace: { sign_in_show } });
    const call = vi.spyOn(host, "call");
    const refresh = await panel.findByRole("button", { name: "Refresh" });
    expect(blocked("Refresh")).toBe(true);
    await user.click(refresh);
    await waitFor(() => expect(refresh).toHaveAccessibleDescription(/^This token can't be renewed\./));
    expect(call).not.toHaveBeenCalledWith("sign_in_refresh", expect.anything());
  });

  test("that can't be renewed has expired", async () => {
    const sign_in_refresh = () => {
      throw new CommandError({ code: "not_allowed", message: "The sign-in was revoked." });
    };
    const stands = fakeHost({ signIn: { now: "authorized" } });
    const expired = fakeHost({ signIn: { now: "expired" } });
    let asked = 0;
    const sign_in_show = (request: SignInRef) => {
      asked += 1;
      return (asked === 1 ? stands : expired).call("sign_in_show", request);
    };
    const { panel, user } = await shown({ now: "authorized" }, { replace: { sign_in_refresh, sign_in_show } });
    await user.click(await panel.findByRole("button", { name: "Refresh" }));
    expect(await screen.findByText(/The sign-in was revoked\./)).toBeVisible();
    expect(await panel.findByText("Impersonation status: Expired")).toBeVisible();
  });

  test("for other values than the form has now counts no more", async () => {
    const { panel, user } = await shown({ now: "authorized" });
    await panel.findByText("Impersonation status: Authorized");
    const tenant = screen.getByLabelText("Directory (tenant) ID");
    await fill(user, tenant, "fabrikam.com");
    expect(await panel.findByText(/made for other values than the form has now/)).toBeVisible();
    expect(screen.getByText("Sign in first.")).toBeVisible();
  });

  test("offline is shown as it is stored, with its age, and can't be started", async () => {
    const { panel, host, client } = await shown({ now: "authorized" });
    await panel.findByText("Impersonation status: Authorized");
    const { settings } = await host.call("app_state", {});
    await host.call("settings_save", { ...settings, workOffline: true });
    await client.invalidateQueries();
    expect(await panel.findByText(/^As of .+, 3 h ago\.$/)).toBeVisible();
    expect(panel.getByText("Needs the network. Work offline is on.")).toBeVisible();
    expect(blocked(button)).toBe(true);
    expect(panel.getByText("Impersonation status: Authorized")).toBeVisible();
  });

  test("that can't be read says so, and is read again", async () => {
    const sign_in_show = vi.fn(() => {
      throw new CommandError({ code: "internal", message: "The database is busy." });
    });
    const { panel, user } = await shown({ accessType: "ews_imp" }, { replace: { sign_in_show } });
    expect(await panel.findByText(/The database is busy/)).toBeVisible();
    const before = sign_in_show.mock.calls.length;
    await user.click(panel.getByRole("button", { name: "Try again" }));
    await waitFor(() => expect(sign_in_show.mock.calls.length).toBeGreaterThan(before));
  });

  test("that can't be started says why above the form", async () => {
    const sign_in_start = () => {
      throw new CommandError({ code: "not_allowed", message: "There is no browser here." });
    };
    const { panel, user } = await shown({ accessType: "ews_imp" }, { replace: { sign_in_start } });
    await user.click(panel.getByRole("button", { name: button }));
    expect(await screen.findByText("The sign-in didn't start.")).toBeVisible();
    expect(screen.getByText(/There is no browser here\./)).toBeVisible();
  });
});

describe("the fields", () => {
  test("say what is wrong before anybody signs in, and take the keyboard", async () => {
    const sign_in_start = vi.fn();
    const { panel, user } = await shown({ accessType: "ews_imp" }, { replace: { sign_in_start } });
    const tenant = screen.getByLabelText("Directory (tenant) ID");
    await fill(user, tenant, "common");
    await user.clear(screen.getByLabelText("Application (client) ID"));
    await user.click(panel.getByRole("button", { name: button }));
    expect(await screen.findByText("Enter the directory ID or a domain of this tenant.")).toBeVisible();
    expect(screen.getByText(/Enter the application \(client\) ID, a GUID\./)).toBeVisible();
    await waitFor(() => expect(tenant).toHaveFocus());
    expect(sign_in_start).not.toHaveBeenCalled();
  });

  test("of AD FS ask for its address and a port, and only for those", async () => {
    const { panel, user } = await shown({ accessType: "ews_imp" });
    await user.click(screen.getByRole("radio", { name: "AD FS" }));
    expect(screen.queryByLabelText("Directory (tenant) ID")).not.toBeInTheDocument();
    expect(screen.queryByLabelText("Cloud")).not.toBeInTheDocument();
    await user.click(panel.getByRole("button", { name: button }));
    expect(await screen.findByText("Enter the https address of AD FS.")).toBeVisible();
    const port = screen.getByLabelText("Redirect port");
    await user.type(port, "5368x29");
    expect(port).toHaveValue("53682");
    expect(screen.getByText("Register http://localhost:53682/ as a redirect address.")).toBeVisible();
    await user.click(screen.getByRole("radio", { name: "Other (OpenID)" }));
    expect(screen.getByLabelText("Issuer URL")).toBeVisible();
  });

  test("are filled in from the server, with a way back", async () => {
    const { user } = await shown({ accessType: "ews_imp" });
    const url = screen.getByLabelText("Exchange Web Services (EWS) URL");
    await fill(user, url, "https://adfs-mail.contoso.com/EWS/Exchange.asmx");
    await user.click(screen.getByRole("button", { name: "Find from the server" }));
    expect(await screen.findByText("adfs-mail.contoso.com takes tokens of AD FS at adfs.contoso.com.")).toBeVisible();
    expect(screen.getByLabelText("AD FS address")).toHaveValue("https://adfs.contoso.com");
    await user.click(screen.getByRole("button", { name: "What the server said" }));
    expect(screen.getByText("https://adfs.contoso.com/adfs/oauth2/authorize")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Undo" }));
    expect(screen.getByLabelText("Directory (tenant) ID")).toBeVisible();
  });

  test("stay where the server takes no tokens", async () => {
    const { user } = await shown({ accessType: "ews_imp" });
    const url = screen.getByLabelText("Exchange Web Services (EWS) URL");
    await fill(user, url, "https://old.contoso.com/EWS/Exchange.asmx");
    await user.click(screen.getByRole("button", { name: "Find from the server" }));
    expect(await screen.findByText(/^old\.contoso\.com takes no tokens/)).toBeVisible();
    expect(screen.getByRole("radio", { name: "Entra" })).toBeChecked();
  });

  test("lead to the guide that registers an app", async () => {
    const { user, router } = await shown({ accessType: "ews_imp" });
    await user.click(screen.getByRole("button", { name: "How to register one" }));
    await waitFor(() => expect(router.state.location.pathname).toBe("/guide/sign-in"));
    expect(router.state.location.search).toEqual({ organization: 2 });
  });

  test("go with a check and a save; no password does", async () => {
    const requests: StartCheck[] = [];
    const view = await shown({ now: "authorized" });
    const send = view.host.call;
    view.host.call = (name, request) => {
      if (name === "check_start") requests.push(structuredClone(request) as StartCheck);
      return send(name, request);
    };
    await view.panel.findByText("Impersonation status: Authorized");
    await view.user.click(screen.getByRole("button", { name: checkName }));
    await view.user.click(await screen.findByRole("button", { name: "Check" }));
    await waitFor(() => expect(requests).toHaveLength(1));
    expect(requests[0]).toMatchObject({ form: { accessType: "ews_imp" }, password: { kind: "stored" } });
    expect(requests[0]).not.toHaveProperty("appCredential");
    await view.user.click(screen.getByRole("checkbox", { name: "Keep signed in" }));
    await view.user.click(screen.getByRole("button", { name: "Save" }));
    expect(await screen.findByText(/^Saved[.,]/)).toBeVisible();
    expect((await send("email_configuration_show", { organization: 2 })).form.modern.keepSignedIn).toBe(false);
  });
});

test("Exchange Online is told of its end, and the way to what works", async () => {
  const { user } = await shown({ accessType: "ews_imp" });
  const url = screen.getByLabelText("Exchange Web Services (EWS) URL");
  await fill(user, url, "https://outlook.office365.com/EWS/Exchange.asmx");
  expect(await screen.findByText("Exchange Online: closed since Feb 2025, use entry 6.")).toBeVisible();
  expect(blocked(button)).toBe(false);
  await user.click(screen.getByRole("button", { name: "Switch to entry 6" }));
  expect(await screen.findByRole("button", { name: "Microsoft 365 OAuth (Graph API)" })).toBeVisible();
});

test("what the form means is told by its URL, else by the organization", () => {
  const online = (ewsUrl: string, platform: "on_premises" | "exchange_online") => meansOnline({ ewsUrl }, platform);
  expect(online("https://outlook.office365.us/EWS/Exchange.asmx", "on_premises")).toBe(true);
  expect(online("https://outlook.office365.com.contoso.com/EWS", "on_premises")).toBe(false);
  expect(online("https://mail.contoso.com/EWS/Exchange.asmx", "exchange_online")).toBe(false);
  expect(online("", "exchange_online")).toBe(true);
  expect(countdown(272)).toBe("4:32");
  expect(countdown(-1)).toBe("0:00");
});
