import { expect, it } from "vitest";
import { crumbsOf, titleOf } from "./crumbs";

const none = { organization: undefined, run: undefined };

it.each([
  ["organizations", "Organizations"],
  ["organizations/new", "Organizations > New organization"],
  ["users", "Users"],
  ["nowhere", ""],
])("%s reads %s", (path, expected) => {
  expect(words(crumbsOf(path.split("/"), none))).toBe(expected);
});

it("names the organization, and its tab", () => {
  const crumbs = crumbsOf(["organizations", "2", "configuration"], { ...none, organization: "Contoso" });
  expect(words(crumbs)).toBe("Organizations > Contoso > Email Configuration");
});

it("leads from a run to the history of its organization", () => {
  const run = { number: 7, organization: 2, organizationName: "Contoso" };
  const crumbs = crumbsOf(["runs", "abc"], { ...none, run });
  expect(words(crumbs)).toBe("Organizations > Contoso > Checks > Run 7");
  expect(crumbs[2]?.href).toBe("/organizations/2/checks");
});

it("titles the window with what is open", () => {
  const title = (path: string) => titleOf(crumbsOf(path.split("/"), { ...none, organization: "Contoso" }));
  expect(title("organizations")).toBe("Organizations – Understudy");
  expect(title("organizations/2/configuration")).toBe("Contoso – Email Configuration – Understudy");
  expect(title("nowhere")).toBe("Understudy");
});

it("a guide lies below the guides, with its title once it is known", () => {
  const labels = (guide?: string) =>
    crumbsOf(["guide", "rooms"], { organization: undefined, run: undefined, guide }).map((crumb) => crumb.label);
  expect(labels("Rooms and resources")).toEqual(["Guide", "Rooms and resources"]);
  expect(labels()).toEqual(["Guide", "…"]);
});

function words(crumbs: { label: string }[]): string {
  return crumbs.map((crumb) => crumb.label).join(" > ");
}
