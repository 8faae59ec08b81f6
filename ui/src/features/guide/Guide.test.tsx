import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, test, vi } from "vitest";
import type { GuideBlock } from "@/ipc/generated/GuideBlock";
import { CommandError } from "@/ipc/problem";
import { findDialog } from "@/testing/dialogs";
import { renderScreen } from "@/testing/render";
import { commandOf } from "./commands";
import { GuidePage } from "./GuidePage";
import { GuidesPage } from "./Page";

const page = (guide: string) => <GuidePage guide={guide} />;

/** The commands that are shown, as they would be typed. */
const commands = () => [...document.querySelectorAll("pre")].map((block) => block.textContent ?? "");

/** The `Copy` of the first block of this purpose. */
const copyButton = (name: string) => screen.getAllByRole("button", { name })[0] as HTMLElement;

describe("the list of guides", () => {
  test("shows how each stands and how far it is done", async () => {
    await renderScreen(<GuidesPage />);
    const old = within((await screen.findByText("Exchange Online, old route")).closest("a") as HTMLElement);
    expect(old.getByText("Retired")).toBeVisible();
    expect(old.getByText("0 of 1 step done")).toBeVisible();
    expect(screen.getAllByRole("listitem")).toHaveLength(7);
  });

  test("is of the organization checked last, until another is chosen", async () => {
    const { user, router } = await renderScreen(<GuidesPage />);
    const picker = await screen.findByRole("combobox", { name: "Names of" });
    await waitFor(() => expect(picker).toHaveTextContent("Contoso"));
    await user.click(picker);
    await user.click(await screen.findByRole("option", { name: "Placeholders" }));
    expect(router.state.location.search).toEqual({ organization: "none" });
    await waitFor(() => expect(picker).toHaveTextContent("Placeholders"));
  });

  test("failed, and says why", async () => {
    const guides_list = () => {
      throw new CommandError({ code: "data_folder", message: "The data folder is gone." });
    };
    await renderScreen(<GuidesPage />, { replace: { guides_list } });
    expect(await screen.findByText("The guides can't be shown.")).toBeVisible();
    expect(screen.getByRole("button", { name: "Try again" })).toBeVisible();
  });
});

describe("a guide", () => {
  test("numbers its steps and fills in the names of the organization", async () => {
    await renderScreen(page("exchange-server"), { at: "/?organization=2" });
    expect(await screen.findByText("3. Give the account its role, within the scope")).toBeVisible();
    expect(commands().join("\n")).toContain('-User "svc-rg@contoso.com" -CustomRecipientWriteScope "RIusersScope"');
    expect(screen.queryByText(/To fill in before it is typed/)).not.toBeInTheDocument();
  });

  test("fills new names into the commands", async () => {
    const { user } = await renderScreen(page("exchange-server"), { at: "/?organization=2" });
    const scope = await screen.findByRole("textbox", { name: "Management scope" });
    expect(scope).toHaveValue("RIusersScope");
    await user.clear(scope);
    await user.type(scope, "Sales scope");
    await user.click(screen.getByRole("checkbox", { name: "The group is a security group" }));
    expect(screen.getByRole("combobox", { name: "Names of" })).toBeDisabled();
    await user.click(screen.getByRole("button", { name: "Save names" }));
    await waitFor(() => expect(commands().join("\n")).toContain('-Name "Sales scope"'));
    expect(commands().join("\n")).toContain("(Get-Group");
    expect(screen.getByRole("button", { name: "Save names" })).toBeDisabled();
  });

  test("says at the field what is wrong with a name, and keeps what was typed", async () => {
    const exchange_names_save = () => {
      throw new CommandError({ code: "invalid", message: "Use at most 64 characters.", field: "group" });
    };
    const { user } = await renderScreen(page("exchange-server"), {
      at: "/?organization=2",
      replace: { exchange_names_save },
    });
    const group = await screen.findByRole("textbox", { name: "Group" });
    await user.clear(group);
    await user.type(group, "Everyone");
    await user.click(screen.getByRole("button", { name: "Save names" }));
    expect(await screen.findByText("Use at most 64 characters.")).toBeVisible();
    expect(group).toHaveValue("Everyone");
  });

  test("without an organization has placeholders, and names what is missing", async () => {
    await renderScreen(page("exchange-server"), { at: "/?organization=none" });
    await screen.findByText("1. Create the service account, with a mailbox");
    expect(screen.getAllByText("To fill in before it is typed: <account>.").length).toBeGreaterThan(1);
    expect(copyButton("Copy Undo, fill in <account>")).toBeEnabled();
    expect(screen.queryByRole("region", { name: "Names in the commands" })).not.toBeInTheDocument();
    expect(screen.getAllByRole("button", { name: /^Mark done/ })[0]).toHaveAttribute("aria-disabled", "true");
  });

  test("copies the commands that have the keyboard with Ctrl+Shift+C", async () => {
    const { user } = await renderScreen(page("exchange-server"), { at: "/?organization=2" });
    await screen.findByText("2. Create the management scope");
    const block = [...document.querySelectorAll("pre")].find((pre) => pre.textContent?.startsWith("$dn"));
    block?.focus();
    await user.keyboard("{Control>}{Shift>}c{/Shift}{/Control}");
    await waitFor(async () => expect(await navigator.clipboard.readText()).toBe(block?.textContent));
  });

  test("that is retired can be read, and not copied", async () => {
    const { user } = await renderScreen(page("old-route"), { at: "/?organization=2" });
    expect(await screen.findByText(/This route is retired/)).toBeVisible();
    await navigator.clipboard.writeText("before");
    const copy = screen.getByRole("button", { name: "Copy Change" });
    expect(copy).toHaveAttribute("aria-disabled", "true");
    await user.click(copy);
    document.querySelector("pre")?.focus();
    await user.keyboard("{Control>}{Shift>}c{/Shift}{/Control}");
    expect(await navigator.clipboard.readText()).toBe("before");
  });

  test("shows what reaches further only when it is picked, with its warning", async () => {
    const { user } = await renderScreen(page("exchange-server"), { at: "/?organization=2" });
    await screen.findByText("4. Prove it");
    expect(commands().join("\n")).not.toContain("-All");
    await user.click(screen.getByRole("button", { name: /^Another way, reaching further/ }));
    expect(commands().join("\n")).toContain("RI-Impersonation-All");
    expect(screen.getByText(/^Whole organization: the account could then open every mailbox/)).toBeVisible();
  });

  test("takes an empty name as the guide's own", async () => {
    const { user } = await renderScreen(page("rooms"), { at: "/?organization=2" });
    const list = await screen.findByRole("textbox", { name: "Room list" });
    await user.clear(list);
    await user.click(screen.getByRole("button", { name: "Save names" }));
    await waitFor(() => expect(list).toHaveValue("Rooms"));
  });

  test("keeps what is typed behind the button of the names", async () => {
    const { user } = await renderScreen(page("rooms"), { at: "/?organization=2" });
    await user.type(await screen.findByRole("textbox", { name: "Server" }), "ex01");
    const names = screen.getByRole("button", { name: "Names in the commands" });
    await user.click(names);
    expect(screen.getByLabelText("Server")).not.toBeVisible();
    await user.click(names);
    expect(screen.getByRole("textbox", { name: "Server" })).toHaveValue("ex01");
  });

  test("keeps what is done", async () => {
    const { user } = await renderScreen(page("rooms"), { at: "/?organization=2" });
    expect(await screen.findByText("0 of 2 steps done")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Mark done: Define a room list" }));
    expect(await screen.findByText("1 of 2 steps done")).toBeVisible();
    const mark = screen.getByRole("button", { name: "Done: Define a room list", pressed: true });
    await user.click(mark);
    expect(await screen.findByText("0 of 2 steps done")).toBeVisible();
  });

  test("opens the admin center of its organization, and says why it can't", async () => {
    const { user } = await renderScreen(page("exchange-server"), { at: "/?organization=3" });
    await user.click(await screen.findByRole("button", { name: "Open admin center" }));
    expect(await screen.findByRole("alert")).toHaveTextContent(/The server is not known\./);
  });

  test("warns before Microsoft's page is opened", async () => {
    const page_open = vi.fn(() => ({}));
    const { user } = await renderScreen(page("microsoft-test"), { at: "/?organization=2", replace: { page_open } });
    await user.click(await screen.findByRole("button", { name: "Open Microsoft's page" }));
    const question = await findDialog("Open Microsoft's page in the browser?");
    expect(page_open).not.toHaveBeenCalled();
    await user.click(question.getByRole("button", { name: "Open the page" }));
    await waitFor(() => expect(page_open).toHaveBeenCalledWith({ organization: 2, page: "microsoft_test" }));
  });

  test("copies the values of Microsoft's form one by one, and nothing of what is only read", async () => {
    const { user, unmount } = await renderScreen(page("microsoft-test"), { at: "/?organization=2" });
    await user.click(await screen.findByRole("button", { name: "Copy Service Account User Name" }));
    expect(await navigator.clipboard.readText()).toBe("svc-rg@contoso.com");
    unmount();
    await renderScreen(page("results"), { at: "/?organization=2" });
    expect(await screen.findByRole("table", { name: "Verdicts" })).toBeVisible();
    expect(screen.queryByRole("button", { name: /^Copy Success/ })).not.toBeInTheDocument();
  });

  test("opens nothing while working offline", async () => {
    const page_open = vi.fn(() => ({}));
    const { user, host, client } = await renderScreen(page("exchange-server"), {
      at: "/?organization=2",
      replace: { page_open },
    });
    const { settings } = await host.call("app_state", {});
    await host.call("settings_save", { ...settings, workOffline: true });
    await client.invalidateQueries();
    const open = await screen.findByRole("button", { name: "Open admin center" });
    await waitFor(() => expect(open).toHaveAttribute("aria-disabled", "true"));
    await user.click(open);
    expect(page_open).not.toHaveBeenCalled();
  });

  test("names its sources and the day of its badges", async () => {
    await renderScreen(page("exchange-online"), { at: "/?organization=2" });
    const sources = within(await screen.findByRole("list", { name: "Sources" }));
    expect(sources.getByText("https://learn.microsoft.com/exchange/permissions-exo/application-rbac")).toBeVisible();
    expect(screen.getByText("Badges follow the calendar of 22 Nov 2026.")).toBeVisible();
    expect(screen.getAllByText(/Exchange Online PowerShell/).length).toBeGreaterThan(0);
  });

  test("that does not exist says so", async () => {
    await renderScreen(page("plans"), { at: "/?organization=2" });
    expect(await screen.findByText("The guide can't be shown.")).toBeVisible();
  });
});

test("missing names are told apart from placeholders' brackets", () => {
  const block: GuideBlock = {
    purpose: "look",
    powershell: "Get-Mailbox <user>",
    missing: ["user", "<server>", "group"],
    copyable: true,
    flagged: null,
    shell: null,
  };
  expect(commandOf(block).note).toBe("To fill in before it is typed: <user>, <server> and <group>.");
});
