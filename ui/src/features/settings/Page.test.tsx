import { screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { fakeHost } from "@/ipc/hosts/fake";
import { CommandError } from "@/ipc/problem";
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

describe("the proxy of the app", () => {
  const proxy = async (host: Awaited<ReturnType<typeof renderScreen>>["host"]) =>
    (await host.call("app_state", {})).settings.proxy;

  it("is the system's, or none, saved at once", async () => {
    const { user, host } = await renderScreen(<SettingsPage />);
    expect(await screen.findByRole("radio", { name: "System" })).toBeChecked();
    await user.click(screen.getByRole("radio", { name: "None" }));
    await waitFor(async () => expect(await proxy(host)).toEqual({ kind: "none" }));
    await user.click(await screen.findByRole("button", { name: "Undo" }));
    await waitFor(() => expect(screen.getByRole("radio", { name: "System" })).toBeChecked());
    expect(await proxy(host)).toEqual({ kind: "inherit" });
  });

  it("of its own is saved only as host:port", async () => {
    const { user, host } = await renderScreen(<SettingsPage />);
    await user.click(await screen.findByRole("radio", { name: "Custom" }));
    const address = screen.getByRole("textbox", { name: "Proxy address" });
    for (const wrong of ["proxy.contoso.com", "http://proxy:8080", "proxy:99999"]) {
      await user.clear(address);
      await user.type(address, `${wrong}{Enter}`);
      expect(screen.getByText("Enter host:port.")).toBeVisible();
    }
    expect(await proxy(host)).toEqual({ kind: "inherit" });
    await user.clear(address);
    await user.type(address, "proxy.contoso.com:8080");
    await user.click(screen.getByRole("button", { name: "Use this proxy" }));
    await waitFor(async () => expect(await proxy(host)).toEqual({ kind: "custom", address: "proxy.contoso.com:8080" }));
    expect(screen.queryByText("Enter host:port.")).not.toBeInTheDocument();
  });

  it("says what is wrong in the engine's words too", async () => {
    const settings_save = () => {
      throw new CommandError({ code: "invalid", message: "Enter host:port.", field: "proxy" });
    };
    const { user } = await renderScreen(<SettingsPage />, { replace: { settings_save } });
    await user.click(await screen.findByRole("radio", { name: "None" }));
    expect(await screen.findByText("Enter host:port.")).toBeVisible();
    expect(screen.getByRole("radio", { name: "System" })).toBeChecked();
  });
});
