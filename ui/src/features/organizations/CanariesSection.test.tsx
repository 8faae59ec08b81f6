import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { CommandError } from "@/ipc/problem";
import { findDialog } from "@/testing/dialogs";
import { renderScreen } from "@/testing/render";
import { CanariesSection } from "./CanariesSection";

const noFilter = {
  search: null,
  syncAccess: null,
  verdict: null,
  mustRefuse: null,
  synchronizationDisabled: null,
  location: null,
};

async function section(organization: number, options: Parameters<typeof renderScreen>[1] = {}) {
  const view = await renderScreen(<CanariesSection organization={organization} />, options);
  const canaries = async () => {
    const filter = { ...noFilter, mustRefuse: true };
    const page = await view.host.call("users_page", { organization, filter, offset: 0, limit: 100 });
    return page.rows.map((row) => row.address).sort();
  };
  const add = async (lines: string) => {
    await view.user.type(screen.getByRole("textbox", { name: "Add canaries" }), lines);
    await view.user.click(screen.getByRole("button", { name: "Add" }));
  };
  return { ...view, canaries, add };
}

describe("without canaries", () => {
  it("says what is missing, and offers to add", async () => {
    const { add, canaries } = await section(1);
    expect(await screen.findByText("Without a canary the scope is not proven.")).toBeVisible();
    expect(screen.getByRole("button", { name: "Add" })).toBeDisabled();
    await add("board@fabrikam.com{Enter}Chair <chair@fabrikam.com>");
    expect(await screen.findByText("2 canaries added.")).toBeVisible();
    const list = await screen.findByRole("list", { name: "Must-be-refused canaries" });
    await waitFor(() => expect(within(list).getAllByRole("listitem")).toHaveLength(2));
    expect(screen.queryByText("Without a canary the scope is not proven.")).not.toBeInTheDocument();
    expect(await canaries()).toEqual(["board@fabrikam.com", "chair@fabrikam.com"]);
    expect(screen.getByRole("textbox", { name: "Add canaries" })).toHaveValue("");
  });

  it("adds nothing while a line is no address, and names the line", async () => {
    const { add, canaries } = await section(1);
    await screen.findByText("Without a canary the scope is not proven.");
    await add("board@fabrikam.com{Enter}nonsense");
    expect(await screen.findByText('Line 2: "nonsense" isn\'t an e-mail address.')).toBeVisible();
    expect(await canaries()).toEqual([]);
  });
});

describe("an address that is there already", () => {
  it("is turned into a canary only when asked", async () => {
    const { add, user, canaries } = await section(2);
    const before = await canaries();
    await add("ada.byron0@contoso.com");
    expect(await screen.findByText(/ada.byron0@contoso.com is a user that must open\./)).toBeVisible();
    expect(await canaries()).toEqual(before);
    await user.click(screen.getByRole("button", { name: "Turn it into a canary" }));
    expect(await screen.findByText("1 user must be refused now.")).toBeVisible();
    expect(await canaries()).toContain("ada.byron0@contoso.com");
  });

  it("stays in the box where it belongs elsewhere, with the reason", async () => {
    const { add, canaries } = await section(1);
    await add("ada.byron0@contoso.com{Enter}board@fabrikam.com");
    expect(await screen.findByText("Line 1: ada.byron0@contoso.com is already in Contoso.")).toBeVisible();
    expect(screen.getByRole("textbox", { name: "Add canaries" })).toHaveValue("ada.byron0@contoso.com");
    expect(await canaries()).toEqual(["board@fabrikam.com"]);
  });
});

describe("removing", () => {
  async function asked() {
    const view = await section(1);
    await view.add("board@fabrikam.com");
    await view.user.click(await screen.findByRole("button", { name: "Remove board@fabrikam.com" }));
    return { ...view, dialog: await findDialog("Remove board@fabrikam.com from the canaries?") };
  }

  it("takes it out of the organization, and back", async () => {
    const { user, dialog, canaries } = await asked();
    await user.click(dialog.getByRole("button", { name: "Remove" }));
    expect(await screen.findByText("board@fabrikam.com removed.")).toBeVisible();
    expect(await canaries()).toEqual([]);
    await user.click(screen.getByRole("button", { name: "Undo" }));
    await waitFor(async () => expect(await canaries()).toEqual(["board@fabrikam.com"]));
  });

  it("keeps it as a user where that is wanted", async () => {
    const { user, dialog, canaries, host } = await asked();
    await user.click(dialog.getByRole("radio", { name: "Keep it as a user that must open" }));
    await user.click(dialog.getByRole("button", { name: "Remove" }));
    expect(await screen.findByText("board@fabrikam.com is a user that must open now.")).toBeVisible();
    expect(await canaries()).toEqual([]);
    const page = await host.call("users_page", { organization: 1, offset: 0, limit: 10 });
    expect(page.rows.map((row) => row.address)).toContain("board@fabrikam.com");
  });
});

it("says what failed", async () => {
  const replace = {
    users_page: () => {
      throw new CommandError({ code: "data_folder", message: "The data folder is gone." });
    },
  };
  await section(2, { replace });
  expect(await screen.findByText(/The data folder is gone/)).toBeVisible();
  expect(screen.getByRole("button", { name: "Try again" })).toBeEnabled();
});
