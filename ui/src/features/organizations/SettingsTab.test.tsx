import { screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { renderScreen } from "@/testing/render";
import { unsavedQuestion } from "@/testing/unsaved";
import { OrganizationSettingsTab } from "./SettingsTab";

async function edited() {
  const at = "/organizations/2/settings";
  const view = await renderScreen(<OrganizationSettingsTab organization={2} />, { at });
  await view.user.type(await screen.findByRole("textbox", { name: "Notes" }), "Ask the network team.");
  return view;
}

it("asks before changes are left behind; Save keeps them and goes on", async () => {
  const { user, router, host } = await edited();
  void router.navigate({ to: "/activity" as never });
  const dialog = await unsavedQuestion('Save the changes of the settings of "Contoso"?');
  await user.click(dialog.button("Save"));
  await waitFor(() => expect(router.state.location.pathname).toBe("/activity"));
  expect((await host.call("organization_show", { organization: 2 })).settings.notes).toBe("Ask the network team.");
});

it("saves with Ctrl+S, and then nothing holds one back", async () => {
  const { user, router } = await edited();
  await user.keyboard("{Control>}s{/Control}");
  expect(await screen.findByText("Settings saved.")).toBeVisible();
  await waitFor(() => expect(screen.getByRole("button", { name: "Save" })).toBeDisabled());
  void router.navigate({ to: "/activity" as never });
  await waitFor(() => expect(router.state.location.pathname).toBe("/activity"));
});

it("says what the server seems to allow, and when that was seen", async () => {
  await edited();
  const said = /^Your server seems to allow about \d+ connections \(seen 21 Nov 2026\)\.$/;
  expect(screen.getByText(said)).toBeVisible();
});

it("offers the four folders; the Inbox is always opened", async () => {
  const { user, host } = await edited();
  expect(screen.getByRole("checkbox", { name: "Inbox" })).toBeDisabled();
  for (const name of ["Calendar", "Contacts", "Tasks"]) {
    const box = screen.getByRole<HTMLInputElement>("checkbox", { name });
    if (!box.checked) await user.click(box);
  }
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("Settings saved.")).toBeVisible();
  const { settings } = await host.call("organization_show", { organization: 2 });
  expect(settings.folders).toEqual(["inbox", "calendar", "contacts", "tasks"]);
});
