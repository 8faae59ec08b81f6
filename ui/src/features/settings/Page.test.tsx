import { screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { fakeHost } from "@/ipc/hosts/fake";
import { renderScreen } from "@/testing/render";
import { SettingsPage } from "./Page";

it("saves at once, and undoes", async () => {
  const { user, host } = await renderScreen(<SettingsPage />);
  await user.click(await screen.findByRole("radio", { name: "Dark" }));
  await waitFor(async () => expect((await host.call("app_state", {})).settings.theme).toBe("dark"));
  await user.click(await screen.findByRole("button", { name: "Undo" }));
  await waitFor(async () => expect((await host.call("app_state", {})).settings.theme).toBe("system"));
});

it("shows where the data is and what a missing key store means", async () => {
  const state = await fakeHost().call("app_state", {});
  const problem = { code: "key_store" as const, message: "No Secret Service answers.", hint: "Start gnome-keyring." };
  await renderScreen(<SettingsPage />, {
    replace: { app_state: () => ({ ...state, keyStore: { name: "Secret Service", available: false, problem } }) },
  });
  expect(await screen.findByText("Secret Service: not available")).toBeVisible();
  expect(screen.getByText(/Start gnome-keyring/)).toBeVisible();
  expect(screen.getByRole("textbox", { name: "Data folder" })).toHaveValue(state.dataDir);
});
