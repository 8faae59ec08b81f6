import { screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { renderScreen } from "@/testing/render";
import { unsavedQuestion } from "@/testing/unsaved";
import { NewOrganizationPage } from "./NewPage";
import { suggestedId } from "./suggestedId";

it("asks for a name and moves to the first error", async () => {
  const { user } = await renderScreen(<NewOrganizationPage />);
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("Enter a name.")).toBeVisible();
  await waitFor(() => expect(screen.getByRole("textbox", { name: /Name/ })).toHaveFocus());
});

it("lets the External Id follow the name until it is typed", async () => {
  const { user } = await renderScreen(<NewOrganizationPage />);
  const name = screen.getByRole("textbox", { name: /Name/ });
  const id = screen.getByRole("textbox", { name: /External Id/ });
  await user.type(name, "Zürich Nord");
  expect(id).toHaveValue("zurich-nord");
  await user.clear(id);
  await user.type(id, "a b");
  expect(screen.getByText("Use letters, digits, dot, dash or underscore.")).toBeVisible();
  await user.type(name, " 2");
  expect(id).toHaveValue("a b");
});

it("opens the new organization with Ctrl+S", async () => {
  const { user, router } = await renderScreen(<NewOrganizationPage />, { at: "/organizations/new" });
  await user.type(screen.getByRole("textbox", { name: /Name/ }), "Northwind");
  await user.keyboard("{Control>}s{/Control}");
  await waitFor(() => expect(router.state.location.pathname).toMatch(/^\/organizations\/\d+\/users$/));
});

describe("leaving what was typed", () => {
  async function leave() {
    const view = await renderScreen(<NewOrganizationPage />, { at: "/organizations/new" });
    await view.user.type(screen.getByRole("textbox", { name: /Name/ }), "Northwind");
    await view.user.click(screen.getByRole("button", { name: "Cancel" }));
    const dialog = await unsavedQuestion("Save the changes of the new organization?");
    return { ...view, dialog };
  }

  it("asks, and stays", async () => {
    const { user, router, dialog } = await leave();
    await user.click(dialog.button("Stay"));
    expect(router.state.location.pathname).toBe("/organizations/new");
    expect(screen.getByRole("textbox", { name: /Name/ })).toHaveValue("Northwind");
  });

  it.each([
    ["Discard", []],
    ["Save", ["Northwind"]],
  ])("%s goes on", async (button, created) => {
    const { user, router, host, dialog } = await leave();
    await user.click(dialog.button(button));
    await waitFor(() => expect(router.state.location.pathname).toBe("/organizations"));
    const found = await host.call("organizations_list", { search: "Northwind" });
    expect(found.map((row) => row.name)).toEqual(created);
  });

  it("asks nothing where nothing was typed", async () => {
    const { user, router } = await renderScreen(<NewOrganizationPage />, { at: "/organizations/new" });
    await user.click(screen.getByRole("button", { name: "Cancel" }));
    await waitFor(() => expect(router.state.location.pathname).toBe("/organizations"));
  });
});

it.each([
  ["Contoso, Ltd.", "contoso-ltd"],
  ["東京", ""],
  ["x".repeat(80), "x".repeat(64)],
])("suggests an id for %s", (name, id) => {
  expect(suggestedId(name)).toBe(id);
});
