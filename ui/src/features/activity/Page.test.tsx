import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import type { ActivityRow } from "@/ipc/generated/ActivityRow";
import { renderScreen } from "@/testing/render";
import { kindWords } from "./kinds";
import { ActivityPage } from "./Page";

const entry: ActivityRow = {
  id: 5,
  at: "2026-11-22T13:05:00Z",
  changedBy: "CONTOSO\\jane",
  kind: "organization_deleted",
  details: 'Organization "Fabrikam" deleted.',
  organization: null,
  organizationName: "Fabrikam",
  undoable: true,
};

it("is empty", async () => {
  await renderScreen(<ActivityPage />, { replace: { activity_page: () => ({ total: 0, rows: [], brokenAt: null }) } });
  expect(await screen.findByText("Nothing has been changed yet.")).toBeVisible();
});

it("shows who changed what, and takes it back", async () => {
  const { user } = await renderScreen(<ActivityPage />, {
    replace: {
      activity_page: () => ({ total: 1, rows: [entry], brokenAt: null }),
      activity_undo: ({ activity }) => ({ message: `Entry ${activity} taken back.` }),
    },
  });
  expect(await screen.findByText("CONTOSO\\jane")).toBeVisible();
  expect(screen.getByText("Organization deleted")).toBeVisible();
  await user.click(screen.getByRole("button", { name: /^Undo/ }));
  expect(await screen.findByText("Entry 5 taken back.")).toBeInTheDocument();
});

it("names the first entry of a broken chain", async () => {
  await renderScreen(<ActivityPage />, {
    replace: { activity_page: () => ({ total: 1, rows: [entry], brokenAt: 5 }) },
  });
  expect(await screen.findByText(/entry 5 does not fit the one before it/)).toBeVisible();
});

it("finds words for kinds it has never heard of", () => {
  expect(kindWords("host_consent")).toBe("Host consent");
});
