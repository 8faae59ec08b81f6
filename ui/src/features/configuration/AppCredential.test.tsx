import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, test } from "vitest";
import type { CommandName, Request } from "@/ipc/host";
import type { FakeSignIn } from "@/ipc/hosts/fake/signIn";
import { renderScreen } from "@/testing/render";
import { ConfigurationTab } from "./Tab";

const canary = "S3cret-canary";
const graph = "Microsoft 365 OAuth (Graph API)";

type Sent = { [K in CommandName]: { name: K; request: Request<K> } }[CommandName];

async function shown(signIn: FakeSignIn) {
  const view = await renderScreen(<ConfigurationTab organization={2} />, { signIn });
  const panel = within(await screen.findByRole("region", { name: "OAuth sign-in" }));
  const sent: Sent[] = [];
  const send = view.host.call;
  view.host.call = (name, request) => {
    sent.push({ name, request: structuredClone(request) } as Sent);
    return send(name, request);
  };
  const requestsOf = <K extends CommandName>(name: K) =>
    sent.filter((each) => each.name === name).map((each) => each.request as Request<K>);
  return { ...view, panel, requestsOf };
}

const file = (name: string) => new File(["-----BEGIN PRIVATE KEY-----"], name);
const given = { kind: "certificate", name: "app.pfx", base64: btoa("-----BEGIN PRIVATE KEY-----") };

describe("a certificate", () => {
  test("is read, shown without its key, authorized with, stored once, and then gone from the page", async () => {
    const { user, panel, requestsOf, client } = await shown({ accessType: "graph_app" });
    await user.upload(screen.getByLabelText("Certificate file"), file("app.pfx"));
    const facts = within(await screen.findByLabelText("Certificate of the app"));
    expect(facts.getByText("CN=Understudy mailbox check")).toBeVisible();
    expect(facts.getByText("464 days left")).toBeVisible();
    expect(requestsOf("app_certificate_read")).toEqual([{ credential: given }]);

    await user.click(panel.getByRole("button", { name: graph }));
    expect(await panel.findByText("Impersonation status: Authorized")).toBeVisible();
    expect(requestsOf("app_authorize")[0]).toMatchObject({ consent: true, credential: given });
    expect(panel.getByText(/The token has no role Mail\.Read/)).toBeVisible();
    await user.click(panel.getByRole("button", { name: "Refresh" }));
    expect(await panel.findByText("Mail.Read")).toBeVisible();
    expect(panel.getByText("The tenant-wide grant overrides your scope.")).toBeVisible();

    await user.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(requestsOf("email_configuration_save")).toHaveLength(1));
    expect(requestsOf("email_configuration_save")[0]?.appCredential).toEqual({ kind: "store", credential: given });
    expect(await screen.findByText(/^Stored encrypted, with a key in Windows Credential Manager, /)).toBeVisible();
    expect(screen.queryByLabelText("Certificate file")).not.toBeInTheDocument();
    expect(document.documentElement.outerHTML).not.toContain(given.base64);
    expect(JSON.stringify(client.getQueryCache().getAll())).not.toContain(given.base64);
  });

  test("with a password is read once it is entered", async () => {
    const { user, requestsOf } = await shown({ accessType: "ews_app" });
    await user.upload(screen.getByLabelText("Certificate file"), file("locked.pfx"));
    expect(await screen.findByText("This file has a password. Enter it below.")).toBeVisible();
    await user.type(screen.getByLabelText("Password of the file, if it has one"), `${canary}{Enter}`);
    expect(await screen.findByLabelText("Certificate of the app")).toBeVisible();
    const [, last] = requestsOf("app_certificate_read");
    expect(last?.credential).toMatchObject({ kind: "certificate", password: canary });
    expect(document.documentElement.outerHTML).not.toContain(canary);
  });

  const refused = [
    ["public.pem", "This certificate has no private key."],
    ["old.pfx", "It expired on 3 Mar 2026."],
    ["readme.txt", "No certificate found in this file."],
  ] as const;
  test.each(refused)("that is no use (%s) says why, and nothing is given", async (name, text) => {
    await shown({ accessType: "graph_app" });
    const anyFile = userEvent.setup({ applyAccept: false });
    await anyFile.upload(screen.getByLabelText("Certificate file"), file(name));
    expect(await screen.findByText(text)).toBeVisible();
    expect(screen.getByRole("button", { name: "Save" })).toHaveAttribute("aria-disabled", "true");
  });

  test("that ends soon is warned of", async () => {
    const { user } = await shown({ accessType: "graph_app" });
    await user.upload(screen.getByLabelText("Certificate file"), file("soon.pem"));
    expect(await screen.findByText("11 days left: renew it before then.")).toBeVisible();
  });
});

describe("a client secret", () => {
  test("is handed over with a check, and by a save, and then gone from the page", async () => {
    const { user, requestsOf, client } = await shown({ accessType: "graph_app" });
    await user.click(screen.getByRole("radio", { name: "Client secret" }));
    await user.type(screen.getByLabelText("Client secret", { selector: "input[type=password]" }), canary);
    await user.keyboard("{F5}");
    expect(await screen.findByText(/^Reads the Inbox id of 30 mailboxes as the app b1c0a7de-/)).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Check" }));
    await waitFor(() => expect(requestsOf("check_start")).toHaveLength(1));
    expect(requestsOf("check_start")[0]?.appCredential).toEqual({ kind: "secret", secret: canary });
    await user.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(requestsOf("email_configuration_save")).toHaveLength(1));
    expect(requestsOf("email_configuration_save")[0]?.appCredential).toEqual({
      kind: "store",
      credential: { kind: "secret", secret: canary },
    });
    expect(await screen.findByRole("button", { name: "Replace" })).toBeVisible();
    expect(document.documentElement.outerHTML).not.toContain(canary);
    expect(
      JSON.stringify(
        client
          .getQueryCache()
          .getAll()
          .map(({ state }) => state.data),
      ),
    ).not.toContain(canary);
  });

  test("that is stored is removed with the next save, or kept", async () => {
    const { user, requestsOf } = await shown({ accessType: "graph_app" });
    await user.click(screen.getByRole("radio", { name: "Client secret" }));
    await user.type(screen.getByLabelText("Client secret", { selector: "input[type=password]" }), canary);
    await user.click(screen.getByRole("button", { name: "Save" }));
    await user.click(await screen.findByRole("button", { name: "Remove" }));
    expect(screen.getByText("The stored one will be removed when you save.")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Keep the stored one" }));
    expect(screen.getByText(/^Stored encrypted/)).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Remove" }));
    await user.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(requestsOf("email_configuration_save")).toHaveLength(2));
    expect(requestsOf("email_configuration_save")[1]?.appCredential).toEqual({ kind: "remove" });
  });

  test("that was refused says so", async () => {
    const { user, panel } = await shown({ accessType: "graph_app", ends: "bad_secret" });
    await user.click(screen.getByRole("radio", { name: "Client secret" }));
    await user.type(screen.getByLabelText("Client secret", { selector: "input[type=password]" }), canary);
    await user.click(panel.getByRole("button", { name: "Without the consent page" }));
    expect(await panel.findByText("The secret was refused (7000215).")).toBeVisible();
    expect(panel.getByText("AADSTS7000215")).toBeVisible();
  });
});

test("without a credential nothing is asked, and the field says what it needs", async () => {
  const { user, panel, requestsOf } = await shown({ accessType: "graph_app" });
  await user.click(panel.getByRole("button", { name: graph }));
  expect(await screen.findByText("Choose a certificate with its private key.")).toBeVisible();
  await waitFor(() => expect(screen.getByRole("button", { name: "Choose a PFX or PEM file" })).toHaveFocus());
  expect(requestsOf("app_authorize")).toHaveLength(0);
});

test("an app on EWS shows the URL of its cloud, and another one only where it was typed", async () => {
  const { user } = await shown({ accessType: "ews_app" });
  const url = () => screen.getByLabelText("Exchange Web Services (EWS) URL");
  expect(url()).toHaveValue("https://mail.contoso.com/EWS/Exchange.asmx");
  await user.click(screen.getByRole("button", { name: "Use the cloud's URL" }));
  expect(url()).toHaveValue("https://outlook.office365.com/EWS/Exchange.asmx");
  expect(url()).toHaveAttribute("readonly");
  await user.click(screen.getByRole("combobox", { name: "Cloud" }));
  await user.click(await screen.findByRole("option", { name: "China (21Vianet)" }));
  expect(url()).toHaveValue("https://partner.outlook.cn/EWS/Exchange.asmx");
});
