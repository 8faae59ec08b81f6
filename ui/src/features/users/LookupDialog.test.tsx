import { screen, waitFor } from "@testing-library/react";
import { describe, expect, test, vi } from "vitest";
import type { DirectoryLookup } from "@/ipc/generated/DirectoryLookup";
import type { StartDirectoryLookup } from "@/ipc/generated/StartDirectoryLookup";
import { CommandError } from "@/ipc/problem";
import { findDialog } from "@/testing/dialogs";
import { renderScreen } from "@/testing/render";
import { UsersList } from "./UsersList";

const list = (organization?: number) => <UsersList {...(organization === undefined ? {} : { organization })} />;

const running: DirectoryLookup = {
  lookup: "7",
  state: "running",
  groups: 2,
  waiting: 1,
  found: 14,
  notes: [],
  message: null,
  preview: null,
};

describe("users from Exchange", () => {
  test.each([
    ["From an Exchange group…", "group"],
    ["Rooms from room lists…", "rooms"],
    ["Find by name…", "name"],
  ])("are offered by Add: %s", async (item, kind) => {
    const { user, router } = await renderScreen(list(2));
    await user.click(await screen.findByRole("button", { name: "More ways to add" }));
    await user.click(await screen.findByRole("menuitem", { name: item }));
    await waitFor(() => expect(router.state.location.search).toEqual({ add: kind }));
  });

  test("of a group are previewed, then added", async () => {
    const { user } = await renderScreen(list(2), { at: "/?add=group" });
    const dialog = await findDialog("Add users from an Exchange group");
    expect(dialog.getByRole("button", { name: "Look up" })).toBeDisabled();
    await user.type(dialog.getByRole("textbox", { name: /Address of the group/ }), "sales@contoso.com{Enter}");
    expect(await dialog.findByText(/groups? read, \d waiting, \d+ address/)).toBeVisible();
    const add = await dialog.findByRole("button", { name: "Add 5 users" });
    expect(dialog.getByText("2 contacts were left out: they have no mailbox here.")).toBeVisible();
    expect(dialog.getByRole("button", { name: /Already here/ })).toHaveTextContent("3");
    await user.click(add);
    expect(await dialog.findByText("5 users added.")).toBeVisible();
    await user.click(dialog.getByRole("button", { name: "Undo import" }));
    expect(await screen.findByText("Import undone: 5 users removed.")).toBeInTheDocument();
  });

  test("show how far it is; Back stops it and asks again", async () => {
    const directory_cancel = vi.fn(() => ({}));
    const { user } = await renderScreen(list(2), {
      at: "/?add=rooms",
      replace: { directory_start: () => ({ lookup: "7" }), directory_show: () => running, directory_cancel },
    });
    const dialog = await findDialog("Add rooms from room lists");
    await user.click(dialog.getByRole("button", { name: "Look up" }));
    expect(await dialog.findByText("2 room lists read, 1 waiting, 14 addresses found")).toBeVisible();
    await user.click(dialog.getByRole("button", { name: "Back" }));
    expect(directory_cancel).toHaveBeenCalledWith({ lookup: "7" });
    expect(dialog.getByRole("button", { name: "Look up" })).toBeEnabled();
  });

  test("stop being looked for when the dialog is closed", async () => {
    const directory_cancel = vi.fn(() => ({}));
    const { user } = await renderScreen(list(2), {
      at: "/?add=rooms",
      replace: { directory_start: () => ({ lookup: "7" }), directory_show: () => running, directory_cancel },
    });
    const dialog = await findDialog("Add rooms from room lists");
    await user.click(dialog.getByRole("button", { name: "Look up" }));
    await dialog.findByText(/2 room lists read/);
    await user.click(dialog.getByRole("button", { name: "Cancel" }));
    await waitFor(() => expect(directory_cancel).toHaveBeenCalledWith({ lookup: "7" }));
  });

  test("forget their preview when the dialog is closed", async () => {
    const users_import_cancel = vi.fn(() => ({}));
    const { user } = await renderScreen(list(2), { at: "/?add=rooms", replace: { users_import_cancel } });
    const dialog = await findDialog("Add rooms from room lists");
    await user.click(dialog.getByRole("button", { name: "Look up" }));
    await dialog.findByRole("button", { name: "Add 3 users" });
    await user.click(dialog.getByRole("button", { name: "Cancel" }));
    expect(users_import_cancel).toHaveBeenCalledOnce();
  });

  test("could not be found, and it says why", async () => {
    const directory_show = (): DirectoryLookup => ({
      ...running,
      state: "failed",
      message: "No room lists are defined.",
    });
    const { user } = await renderScreen(list(2), { at: "/?add=rooms", replace: { directory_show } });
    const dialog = await findDialog("Add rooms from room lists");
    await user.click(dialog.getByRole("button", { name: "Look up" }));
    expect(await dialog.findByText("The look-up failed.")).toBeVisible();
    expect(dialog.getByText("No room lists are defined.")).toBeVisible();
    expect(dialog.queryByRole("button", { name: /^Add \d/ })).not.toBeInTheDocument();
  });

  test("ask for a password that is not stored, and before one that was refused is sent again", async () => {
    const asked: StartDirectoryLookup[] = [];
    const directory_start = (request: StartDirectoryLookup) => {
      asked.push(structuredClone(request));
      if (request.password.kind === "stored") {
        throw new CommandError({ code: "password_needed", message: "Enter the password." });
      }
      if (!request.sendAgain) {
        throw new CommandError({ code: "password_refused", message: "It was refused 4 minutes ago." });
      }
      return { lookup: "7" };
    };
    const { user } = await renderScreen(list(2), {
      at: "/?add=rooms",
      replace: { directory_start, directory_show: () => running },
    });
    const dialog = await findDialog("Add rooms from room lists");
    await user.click(dialog.getByRole("button", { name: "Look up" }));
    const password = await findDialog("Enter the password of svc-rg@contoso.com");
    await user.type(password.getByLabelText("Password"), "pw");
    await user.click(password.getByRole("button", { name: "Look up" }));
    const guard = await findDialog("This password was refused before");
    await user.click(guard.getByRole("button", { name: "Send once more" }));
    expect(await dialog.findByText(/2 room lists read/)).toBeVisible();
    expect(asked).toHaveLength(3);
    expect(asked[2]).toMatchObject({
      organization: 2,
      source: { kind: "rooms" },
      sendAgain: true,
      password: { kind: "typed", password: "pw" },
    });
  });

  test("show what is wrong with the address at its field", async () => {
    const { user } = await renderScreen(list(2), { at: "/?add=group" });
    const dialog = await findDialog("Add users from an Exchange group");
    await user.type(dialog.getByRole("textbox", { name: /Address of the group/ }), "sales{Enter}");
    expect(await dialog.findByText('"sales" isn\'t an e-mail address.')).toBeVisible();
  });

  test("ask which organization where there is a choice", async () => {
    await renderScreen(list(), { at: "/?add=name" });
    const dialog = await findDialog("Find users by name");
    expect(await dialog.findByRole("combobox", { name: "Organization" })).toHaveTextContent("Default Organization");
  });
});

test("users are filtered by where they live", async () => {
  await renderScreen(list(2), { at: "/?location=unknown" });
  expect(await screen.findByText("Showing 1 of 30")).toBeVisible();
  expect(screen.getByRole("combobox", { name: "Location" })).toHaveTextContent("Not known");
});
