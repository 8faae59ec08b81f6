import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { CommandError } from "@/ipc/problem";
import { renderScreen } from "@/testing/render";
import { OrganizationsPage } from "./Page";

async function menuOf(user: Awaited<ReturnType<typeof renderScreen>>["user"], name: string) {
  await user.click(await screen.findByRole("button", { name: `Actions for ${name}` }));
}

describe("the list", () => {
  it("is full: columns of the panel, icon and word for a disabled one", async () => {
    await renderScreen(<OrganizationsPage />);
    const row = (await screen.findByRole("link", { name: "Fabrikam Works" })).closest('[role="row"]') as HTMLElement;
    expect(within(row).getByText("Disabled")).toBeVisible();
    const headers = screen.getAllByRole("columnheader").map((header) => header.textContent);
    expect(headers).toEqual([
      "Name",
      "Mailbox Access Type",
      "Synchronization Status",
      "Users",
      "Sync access",
      "Last check",
      "Actions",
    ]);
  });

  it("is empty but for the default organization", async () => {
    await renderScreen(<OrganizationsPage />, { blank: true });
    expect(await screen.findByText("Only the default organization so far.")).toBeVisible();
  });

  it("matches nothing and offers to clear the filters", async () => {
    const { user, router } = await renderScreen(<OrganizationsPage />, { at: "/?search=nobody" });
    expect(await screen.findByText("No rows match.")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Clear All Filters" }));
    expect(await screen.findByRole("link", { name: "Contoso" })).toBeVisible();
    expect(router.state.location.search).toEqual({});
  });

  it("failed, and says why", async () => {
    const replace = {
      organizations_list: () => {
        throw new CommandError({ code: "data_folder", message: "The data folder is gone." });
      },
    };
    await renderScreen(<OrganizationsPage />, { replace });
    expect(await screen.findByText(/The data folder is gone/)).toBeVisible();
    expect(screen.getByRole("button", { name: "Try again" })).toBeEnabled();
  });
});

describe("deleting", () => {
  it("is refused while users have sync access, until all are deactivated", async () => {
    const { user } = await renderScreen(<OrganizationsPage />, { at: "/?delete=2" });
    expect(await screen.findByText("28 users have sync access. Deactivate them first.")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Deactivate all" }));
    expect(
      await screen.findByText('Delete "Contoso" and its 30 users? Its stored password is removed now.'),
    ).toBeVisible();
  });

  it("can be undone from the notice", async () => {
    const { user } = await renderScreen(<OrganizationsPage />, { at: "/?delete=3" });
    await user.click(await screen.findByRole("button", { name: "Delete" }));
    await waitFor(() => expect(screen.queryByRole("link", { name: "Fabrikam Works" })).not.toBeInTheDocument());
    await user.click(await screen.findByRole("button", { name: "Undo" }));
    expect(await screen.findByRole("link", { name: "Fabrikam Works" })).toBeVisible();
  });

  it("is undone by Ctrl+Z too, which in a text field belongs to the text", async () => {
    const { user } = await renderScreen(<OrganizationsPage />, { at: "/?delete=3" });
    await user.click(await screen.findByRole("button", { name: "Delete" }));
    await screen.findByRole("button", { name: "Undo" });
    (await screen.findByRole("searchbox")).focus();
    await user.keyboard("{Control>}z{/Control}");
    expect(screen.queryByRole("link", { name: "Fabrikam Works" })).not.toBeInTheDocument();
    screen.getByRole("grid").focus();
    await user.keyboard("{Control>}z{/Control}");
    expect(await screen.findByRole("link", { name: "Fabrikam Works" })).toBeVisible();
  });

  it("never offers the default organization", async () => {
    const { user } = await renderScreen(<OrganizationsPage />);
    await menuOf(user, "Default Organization");
    expect(await screen.findByRole("menuitem", { name: /^Delete/ })).toHaveAttribute("aria-disabled", "true");
  });
});

it("keeps the form of a failed edit and shows the message at the field", async () => {
  const { user } = await renderScreen(<OrganizationsPage />, { at: "/?edit=3" });
  const name = await screen.findByRole("textbox", { name: /Name/ });
  await user.clear(name);
  await user.type(name, "contoso");
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText('An organization named "Contoso" already exists.')).toBeVisible();
  expect(name).toHaveValue("contoso");
  expect(screen.getByRole("textbox", { name: "External Id" })).toHaveAttribute("readonly");
});

it("turns synchronization off", async () => {
  const { user } = await renderScreen(<OrganizationsPage />);
  await menuOf(user, "Contoso");
  await user.click(await screen.findByRole("menuitem", { name: "Disable synchronization" }));
  await waitFor(() => expect(screen.getAllByText("Disabled")).toHaveLength(2));
});
