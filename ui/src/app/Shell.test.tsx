import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { act, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { Notices } from "@/components/toast";
import { connect } from "@/ipc/call";
import { type FakeOptions, fakeHost } from "@/ipc/hosts/fake";
import { findDialog } from "@/testing/dialogs";
import { createQueryClient } from "./queryClient";
import { createAppRouter } from "./router";
import { Themed } from "./Themed";

async function open(at: string, options: FakeOptions = {}) {
  const host = fakeHost({ users: 30, ...options });
  connect(host);
  const client = createQueryClient();
  const router = createAppRouter(client, at);
  await act(async () =>
    render(
      <QueryClientProvider client={client}>
        <Themed>
          <RouterProvider router={router} />
          <Notices />
        </Themed>
      </QueryClientProvider>,
    ),
  );
  return { host, router, user: userEvent.setup() };
}

it("starts at the first run, with nothing around it", async () => {
  const { router } = await open("/", { blank: true });
  expect(await screen.findByRole("button", { name: /^Start with my Exchange/ })).toBeVisible();
  expect(router.state.location.pathname).toBe("/first-run");
  expect(screen.queryByRole("navigation", { name: "Places" })).not.toBeInTheDocument();
});

it("starts at the organizations later", async () => {
  const { router } = await open("/");
  expect(await screen.findByRole("heading", { name: "Organizations" })).toBeVisible();
  expect(router.state.location.pathname).toBe("/organizations");
});

it("leads by Ctrl and a digit, and skips to the content", async () => {
  const { router, user } = await open("/organizations");
  await screen.findByRole("heading", { name: "Organizations" });
  await user.tab();
  expect(screen.getByRole("button", { name: "Skip to content" })).toHaveFocus();
  await user.keyboard("{Enter}");
  expect(screen.getByRole("main")).toHaveFocus();
  await user.keyboard("{Control>}3{/Control}");
  await waitFor(() => expect(router.state.location.pathname).toBe("/activity"));
  expect(document.title).toBe("Activity – Understudy");
  // 4 and 5 belong to places that are still to come.
  await user.keyboard("{Control>}6{/Control}");
  await waitFor(() => expect(router.state.location.pathname).toBe("/guide"));
  await user.keyboard("{Control>}7{/Control}");
  await waitFor(() => expect(router.state.location.pathname).toBe("/settings"));
});

it("opens an organization on its users, with the breadcrumb", async () => {
  const { router } = await open("/organizations/2");
  const crumbs = within(await screen.findByRole("navigation", { name: "Breadcrumb" }));
  expect(await crumbs.findByRole("button", { name: "Contoso" })).toBeVisible();
  expect(router.state.location.pathname).toBe("/organizations/2/users");
  expect(await screen.findByRole("tab", { name: "Users", selected: true })).toBeVisible();
});

it("works offline by the switch of the status bar", async () => {
  const { host, user } = await open("/settings");
  const status = within(await screen.findByRole("contentinfo"));
  await user.click(await status.findByRole("switch", { name: "Work offline" }));
  expect(await status.findByText("Offline")).toBeVisible();
  expect((await host.call("app_state", {})).settings.workOffline).toBe(true);
});

it("lists the keys of the screen on F1, and those of its table", async () => {
  const { user } = await open("/organizations");
  await screen.findByRole("link", { name: "Contoso" });
  await user.keyboard("{F1}");
  const dialog = await findDialog("Keys on this screen");
  const keys = dialog.getAllByRole("term").map((term) => term.textContent);
  expect(keys).toEqual(expect.arrayContaining(["Ctrl+N", "Ctrl+F", "F5", "F2", "Shift+F10, Menu", "F1, ?"]));
  expect(keys).not.toContain("Ctrl+G");
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
});

it("wears a band in practice mode, shows what to type, and leaves", async () => {
  const { host, router, user } = await open("/users");
  await user.click(await screen.findByRole("button", { name: "Practice" }));
  const dialog = await findDialog("Practice");
  await user.click(await dialog.findByRole("button", { name: "Practice" }));
  const band = within(await screen.findByRole("region", { name: "Practice mode" }));
  expect(band.getByText("Practice: simulated Exchange")).toBeVisible();
  await user.click(band.getByRole("button", { name: "What to type" }));
  expect(await screen.findByText("Practice-makes-perfect-1")).toBeVisible();
  await user.keyboard("{Escape}");
  await user.click(band.getByRole("button", { name: "Leave practice" }));
  await waitFor(() => expect(screen.queryByRole("region", { name: "Practice mode" })).not.toBeInTheDocument());
  expect((await host.call("app_state", {})).practice).toBeNull();
  await waitFor(() => expect(router.state.location.pathname).toBe("/organizations"));
});

it("shows nothing to work on where an organization is gone", async () => {
  await open("/organizations/99/users");
  expect(await screen.findByText("The organization can't be shown.")).toBeVisible();
  expect(screen.getByRole("button", { name: "Try again" })).toBeVisible();
  expect(screen.queryByRole("tab")).not.toBeInTheDocument();
});

it("says that an address leads nowhere", async () => {
  await open("/plans");
  expect(await screen.findByText("There is nothing at this address.")).toBeVisible();
});
