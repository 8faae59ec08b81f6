import { screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { findDialog } from "@/testing/dialogs";
import { renderScreen } from "@/testing/render";
import { FirstRunPage } from "./Page";

it("moves between the cards with arrows and starts with Enter", async () => {
  const { user, router, host } = await renderScreen(<FirstRunPage />, { blank: true });
  const mine = await screen.findByRole("button", { name: /^Start with my Exchange/ });
  await user.tab();
  expect(mine).toHaveFocus();
  await user.keyboard("{ArrowRight}");
  expect(screen.getByRole("button", { name: /^Practice/ })).toHaveFocus();
  await user.keyboard("{ArrowLeft}{Enter}");
  await waitFor(() => expect(router.state.location.pathname).toBe("/organizations/new"));
  expect((await host.call("app_state", {})).settings.firstRunDone).toBe(true);
});

it("offers scenarios, each with its expected verdict", async () => {
  const { user, host } = await renderScreen(<FirstRunPage />, { blank: true });
  await user.click(await screen.findByRole("button", { name: /^Practice/ }));
  const dialog = await findDialog("Practice");
  await user.click(await dialog.findByRole("radio", { name: /Wrong password.*Expected: Stopped at step 7/ }));
  await user.click(dialog.getByRole("button", { name: "Practice" }));
  await waitFor(async () => expect((await host.call("app_state", {})).practice?.scenario.id).toBe("wrong_password"));
});
