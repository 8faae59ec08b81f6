import { useLocation } from "@tanstack/react-router";
import { useEffect } from "react";
import { useRead } from "@/lib/queries";

/** A step of the breadcrumb. */
export type Crumb = { label: string; href: string };

const tabs: Record<string, string> = {
  users: "Users",
  configuration: "Email Configuration",
  checks: "Checks",
  settings: "Settings",
};

const places: Record<string, string> = { users: "Users", activity: "Activity", settings: "Settings" };

/** The breadcrumb of the address; it is the title of the window too. */
export function useCrumbs(): Crumb[] {
  const path = useLocation({ select: (location) => location.pathname });
  const parts = path.split("/").filter((part) => part !== "");
  const runId = parts[0] === "runs" ? parts[1] : undefined;
  const run = useRead("run_show", { run: runId ?? "" }, { enabled: runId !== undefined }).data?.row;
  const id = parts[0] === "organizations" && parts[1] !== "new" ? Number(parts[1] ?? Number.NaN) : Number.NaN;
  const organization = useRead("organization_show", { organization: id }, { enabled: Number.isInteger(id) }).data?.row;
  const crumbs = crumbsOf(parts, { organization: organization?.name, run });
  const title = crumbs.map((crumb) => crumb.label).join(" > ");
  useEffect(() => {
    document.title = title === "" ? "Understudy" : `${title} - Understudy`;
  }, [title]);
  return crumbs;
}

type Names = {
  organization: string | undefined;
  run: { number: number; organization: number | null; organizationName: string | null } | undefined;
};

/** The breadcrumb of a path, with the names that are known. */
export function crumbsOf(parts: readonly string[], names: Names): Crumb[] {
  const [place, second, third] = parts;
  const start = { label: "Organizations", href: "/organizations" };
  if (place === "organizations") {
    if (second === undefined) {
      return [start];
    }
    if (second === "new") {
      return [start, { label: "New", href: "/organizations/new" }];
    }
    const base = `/organizations/${second}`;
    const here = [start, { label: names.organization ?? "…", href: `${base}/users` }];
    const tab = third === undefined ? undefined : tabs[third];
    return tab === undefined ? here : [...here, { label: tab, href: `${base}/${third}#tab` }];
  }
  if (place === "runs") {
    const { run } = names;
    const label = run === undefined ? "Run" : `Run ${run.number}`;
    const own = { label, href: `/runs/${second}` };
    return run?.organization == null
      ? [start, own]
      : [
          start,
          { label: run.organizationName ?? "…", href: `/organizations/${run.organization}/users` },
          { label: "Checks", href: `/organizations/${run.organization}/checks` },
          own,
        ];
  }
  const label = place === undefined ? undefined : places[place];
  return label === undefined ? [] : [{ label, href: `/${place}` }];
}
