import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { CommandError } from "@/ipc/problem";
import { findDialog } from "@/testing/dialogs";
import { renderScreen } from "@/testing/render";
import { UsersList } from "./UsersList";

const list = (organization?: number) => <UsersList {...(organization === undefined ? {} : { organization })} />;

describe("the list", () => {
  it("is empty and offers the ways to fill it", async () => {
    await renderScreen(list(1));
    expect(await screen.findByText("No users yet.")).toBeVisible();
    for (const name of ["Paste addresses", "Import CSV", "Copy export command"]) {
      expect(screen.getByRole("button", { name })).toBeEnabled();
    }
  });

  it("filters by the address bar and says how much is left out", async () => {
    await renderScreen(list(2), { at: "/?access=failed" });
    expect(await screen.findByText("Showing 2 of 30")).toBeVisible();
    expect(screen.getByText("refused: outside the management scope")).toBeInTheDocument();
  });

  it("failed, and says why", async () => {
    const replace = {
      users_page: () => {
        throw new CommandError({ code: "data_folder", message: "The data folder is gone." });
      },
    };
    await renderScreen(list(2), { replace });
    expect(await screen.findByText(/The data folder is gone/)).toBeVisible();
  });
});

it("asks for the rows of a click at once, and once", async () => {
  const { host, client } = await renderScreen(list(3));
  await screen.findByText("ada.byron0@contoso.com");
  // As in the window, what was read a moment ago is not read again.
  client.setDefaultOptions({ queries: { ...client.getDefaultOptions().queries, staleTime: 2_000 } });
  const call = vi.spyOn(host, "call");
  fireEvent.click(screen.getByRole("columnheader", { name: "Name" }));
  expect(call.mock.calls.filter(([name]) => name === "users_page")).toHaveLength(1);
  await waitFor(() =>
    expect(screen.getByRole("columnheader", { name: "Name" })).toHaveAttribute("aria-sort", "ascending"),
  );
  expect(call.mock.calls.filter(([name]) => name === "users_page")).toEqual([
    ["users_page", expect.objectContaining({ organization: 3, sort: "name", direction: "ascending", offset: 0 })],
  ]);
});

it("reads nothing for the menu of a row before it is opened", async () => {
  const { client, user } = await renderScreen(list(3));
  const readers = () =>
    client
      .getQueryCache()
      .find({ queryKey: ["app_state", {}] })
      ?.getObserversCount() ?? 0;
  const actions = await screen.findByRole("button", { name: "Actions for ada.byron0@contoso.com" });
  const before = readers();
  expect(before).toBeLessThan(screen.getAllByRole("button", { name: /^Actions for/ }).length);
  await user.click(actions);
  expect(screen.getByRole("menuitem", { name: /Check User's/ })).toBeVisible();
  expect(readers()).toBe(before + 1);
});

it("adds one user, and shows the engine's message at the field", async () => {
  const { user } = await renderScreen(list(3), { at: "/?add=one" });
  const dialog = await findDialog("Add a user");
  const address = await dialog.findByRole("textbox", { name: /E-Mail/ });
  await user.type(address, "nonsense");
  await user.click(dialog.getByRole("button", { name: "Add" }));
  expect(await screen.findByText('"nonsense" isn\'t an e-mail address.')).toBeVisible();
  await user.clear(address);
  await user.type(address, "new.one@contoso.com");
  await user.click(dialog.getByRole("button", { name: "Add" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  expect(await screen.findByText("new.one@contoso.com")).toBeInTheDocument();
});

describe("deleting", () => {
  it("needs force where a user has sync access", async () => {
    const { user } = await renderScreen(list(2));
    await screen.findByText("ada.byron0@contoso.com");
    screen.getByRole("grid").focus();
    await user.keyboard("{Delete}");
    expect(await screen.findByText("Delete ada.byron0@contoso.com?")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Delete" }));
    expect(await screen.findByText(/has sync access. Deactivate it or use Force delete./)).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Force delete" }));
    await waitFor(() => expect(screen.queryByText("ada.byron0@contoso.com")).not.toBeInTheDocument());
    await user.click(await screen.findByRole("button", { name: "Undo" }));
    expect(await screen.findByText("1 users are back.")).toBeInTheDocument();
  });

  it("takes all that match, not only what is loaded", async () => {
    const removed = vi.fn(() => ({ removed: 12, undo: 1 }));
    const { user } = await renderScreen(list(3), { replace: { users_remove: removed } });
    await screen.findByText("ada.byron0@contoso.com");
    screen.getByRole("grid").focus();
    await user.keyboard("{Control>}a{/Control}");
    await user.click(within(screen.getByRole("toolbar")).getByRole("button", { name: "Delete" }));
    expect(await screen.findByText("Delete 12 users?")).toBeVisible();
    await user.click(within(screen.getByRole("alertdialog")).getByRole("button", { name: "Delete" }));
    expect(removed).toHaveBeenCalledWith({
      users: {
        kind: "matching",
        organization: 3,
        filter: {
          search: null,
          syncAccess: null,
          verdict: null,
          mustRefuse: null,
          synchronizationDisabled: null,
          location: null,
        },
      },
      force: false,
    });
  });
});

it("sets a flag from the row's menu", async () => {
  const { user } = await renderScreen(list(3));
  await user.click(await screen.findByRole("button", { name: "Actions for ada.byron0@contoso.com" }));
  await user.click(await screen.findByRole("menuitemcheckbox", { name: "Synchronization Disabled" }));
  expect(await screen.findByText("True")).toBeVisible();
});

it("cannot check users of several organizations at once", async () => {
  const { user } = await renderScreen(list());
  await user.click(
    await screen
      .findByRole("checkbox", { name: /Select ada.byron0/ })
      .catch(() => screen.getAllByRole("checkbox")[1] as HTMLElement),
  );
  expect(screen.getByRole("button", { name: "Check" })).toHaveAttribute(
    "title",
    "Open one organization to check its users.",
  );
});

describe("import", () => {
  it("walks from a pasted text to users, and back", async () => {
    const { user } = await renderScreen(list(1));
    await screen.findByText("No users yet.");
    fireEvent.paste(document.body, {
      clipboardData: { getData: () => "a@x.org\nb@x.org\na@x.org\nnonsense" },
    });
    const dialog = await findDialog("Add users");
    expect(await dialog.findByText("UTF-8")).toBeVisible();
    await user.click(dialog.getByRole("button", { name: "Next" }));
    expect(await dialog.findByRole("button", { name: /Duplicate in the file/ })).toHaveTextContent("1");
    await user.click(dialog.getByRole("button", { name: /Bad row/ }));
    expect(await dialog.findByText('"nonsense" isn\'t an e-mail address.')).toBeVisible();
    await user.click(dialog.getByRole("button", { name: "Add 2 users" }));
    expect(await dialog.findByText("2 users added.")).toBeVisible();
    expect(dialog.getByText("2 rows were left out.")).toBeVisible();
    await user.click(dialog.getByRole("button", { name: "Undo import" }));
    expect(await screen.findByText("Import undone: 2 users removed.")).toBeInTheDocument();
    expect(await screen.findByText("No users yet.")).toBeInTheDocument();
  });

  it("reads a dropped file as it is, byte by byte", async () => {
    const previewed = vi.fn(() => {
      throw new CommandError({ code: "bad_list", message: "No address in this file." });
    });
    await renderScreen(list(1), { replace: { users_import_preview: previewed } });
    const target = (await screen.findByRole("grid")).parentElement as HTMLElement;
    const file = new File([Uint8Array.of(0xff, 0xfe, 0x61, 0x00)], "users.csv");
    fireEvent.drop(target, { dataTransfer: { files: [file], types: ["Files"] } });
    expect(await screen.findByText(/No address in this file/)).toBeVisible();
    expect(previewed).toHaveBeenCalledWith({ organization: 1, name: "users.csv", base64: "//5hAA==" });
  });

  it("names a long paste instead of filling a text box with it", async () => {
    const { user } = await renderScreen(list(1), { at: "/?add=import" });
    const box = await screen.findByRole("textbox", { name: "Addresses" });
    const text = Array.from({ length: 2000 }, (_, index) => `user${index}@x.org`).join("\n");
    fireEvent.paste(box, { clipboardData: { getData: () => text } });
    expect(box).toHaveValue("");
    expect(screen.getByText(/^Pasted text, [\d,]+ bytes$/)).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Next" }));
    await user.click(await screen.findByRole("button", { name: "Next" }));
    expect(await screen.findByRole("button", { name: "Add 2,000 users" })).toBeEnabled();
  });

  it("forgets the preview when it is cancelled", async () => {
    const cancelled = vi.fn(() => ({}));
    const { user } = await renderScreen(list(1), { at: "/?add=import", replace: { users_import_cancel: cancelled } });
    await user.type(await screen.findByRole("textbox", { name: "Addresses" }), "a@x.org");
    await user.click(screen.getByRole("button", { name: "Next" }));
    await screen.findByText("UTF-8");
    await user.click(screen.getByRole("button", { name: "Cancel" }));
    expect(cancelled).toHaveBeenCalledOnce();
    expect(await screen.findByText("No users yet.")).toBeInTheDocument();
  });
});
