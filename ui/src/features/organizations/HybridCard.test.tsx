import { screen, waitFor } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import type { HybridMap } from "@/ipc/generated/HybridMap";
import { CommandError } from "@/ipc/problem";
import { renderScreen } from "@/testing/render";
import { HybridCard } from "./HybridCard";

const map: HybridMap = {
  onPremises: 4791,
  exchangeOnline: 19,
  unknown: 20,
  toldBy: "Told by the newest check.",
  consequence: "EWS impersonation ends in Exchange Online on 1 Apr 2027.",
  asked: null,
  message: null,
};

const at = (answer: HybridMap) => ({ hybrid_map: () => answer });

test("counts who lives where, says how that was told and what it means by date", async () => {
  const { user, router } = await renderScreen(<HybridCard organization={2} />, { replace: at(map) });
  expect(await screen.findByText("EWS impersonation ends in Exchange Online on 1 Apr 2027.")).toBeVisible();
  expect(screen.getByText("Told by the newest check.")).toBeVisible();
  expect(screen.getByRole("link", { name: "4,791 on-premises" })).toBeVisible();
  await user.click(screen.getByRole("link", { name: "19 in Exchange Online" }));
  expect(router.state.location.pathname).toBe("/organizations/2/users");
  expect(router.state.location.search).toEqual({ location: "exchange_online" });
});

test("is silent in quiet places while nobody lives elsewhere", async () => {
  const nobody = { ...map, exchangeOnline: 0, consequence: null };
  const { container } = await renderScreen(<HybridCard organization={2} quiet />, { replace: at(nobody) });
  await waitFor(() => expect(container).not.toHaveTextContent("Loading"));
  expect(screen.queryByText("Where mailboxes live")).not.toBeInTheDocument();
});

test("finds out where they live, shows how far it is, and ends", async () => {
  const { user } = await renderScreen(<HybridCard organization={2} />, { users: 400 });
  await user.click(await screen.findByRole("button", { name: "Find out where they live" }));
  expect(await screen.findByText(/users? asked$/)).toBeVisible();
  expect(await screen.findByRole("button", { name: "Find out where they live" }, { timeout: 9000 })).toBeVisible();
  expect(screen.getByText("0 not known")).toBeVisible();
});

test("is stopped on request", async () => {
  const stopped = vi.fn(() => ({ ...map, message: "Canceled. What was told so far stays." }));
  let answer: HybridMap = { ...map, asked: 12 };
  const { user } = await renderScreen(<HybridCard organization={2} quiet />, {
    replace: {
      hybrid_map: () => answer,
      hybrid_map_cancel: () => {
        answer = stopped();
        return answer;
      },
    },
  });
  expect(await screen.findByText("12 users asked")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Cancel" }));
  expect(stopped).toHaveBeenCalledOnce();
  expect(await screen.findByText("Canceled. What was told so far stays.")).toBeVisible();
});

test("says why nobody was asked", async () => {
  const hybrid_map_start = () => {
    throw new CommandError({ code: "already_running", message: "Another look-up is running." });
  };
  const { user } = await renderScreen(<HybridCard organization={2} />, { replace: { ...at(map), hybrid_map_start } });
  await user.click(await screen.findByRole("button", { name: "Find out where they live" }));
  expect(await screen.findByText("Nobody was asked.")).toBeVisible();
});

test("needs the network", async () => {
  const hybrid_map_start = vi.fn(() => map);
  const { user, host, client } = await renderScreen(<HybridCard organization={2} />, {
    replace: { ...at(map), hybrid_map_start },
  });
  const { settings } = await host.call("app_state", {});
  await host.call("settings_save", { ...settings, workOffline: true });
  await client.invalidateQueries();
  const find = await screen.findByRole("button", { name: "Find out where they live" });
  await waitFor(() => expect(find).toHaveAttribute("title", "Needs the network. Work offline is on."));
  await user.click(find);
  expect(hybrid_map_start).not.toHaveBeenCalled();
});
