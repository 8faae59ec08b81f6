import { useLocation } from "@tanstack/react-router";
import { useEffect } from "react";
import { useRead } from "@/lib/queries";

/** A step of the breadcrumb. */
export type Crumb = { label: string; href: string };

const list = { label: "Organizations", href: "/organizations" };

const tabs: Record<string, string> = {
  users: "Users",
  configuration: "Email Configuration",
  checks: "Checks",
  "service-account": "Service Account Access",
  settings: "Settings",
};

const places: Record<string, string> = {
  users: "Users",
  activity: "Activity",
  guide: "Guide",
  settings: "Settings",
};

/** The breadcrumb of the address; it is the title of the window too. */
export function useCrumbs(): Crumb[] {
  const path = useLocation({ select: (location) => location.pathname });
  const parts = path.split("/").filter((part) => part !== "");
  const runId = parts[0] === "runs" ? parts[1] : undefined;
  const run = useRead("run_show", { run: runId ?? "" }, { enabled: runId !== undefined }).data?.row;
  const id = parts[0] === "organizations" && parts[1] !== "new" ? Number(parts[1] ?? Number.NaN) : Number.NaN;
  const organization = useRead("organization_show", { organization: id }, { enabled: Number.isInteger(id) }).data?.row;
  const guideId = parts[0] === "guide" ? parts[1] : undefined;
  const guides = useRead("guides_list", { organization: null }, { enabled: guideId !== undefined }).data;
  const guide = guides?.find((entry) => entry.id === guideId)?.title;
  const crumbs = crumbsOf(parts, { organization: organization?.name, run, guide });
  const title = titleOf(crumbs);
  useEffect(() => {
    document.title = title;
  }, [title]);
  return crumbs;
}

/** `Contoso – Email Configuration – Understudy`: what is open first, as taskbars cut from the right. */
export function titleOf(crumbs: readonly Crumb[]): string {
  const own = crumbs.length > 1 ? crumbs.filter((crumb) => crumb.href !== list.href) : crumbs;
  return [...own.map((crumb) => crumb.label), "Understudy"].join(" – ");
}

type Names = {
  guide?: string | undefined;
  organization: string | undefined;
  run: { number: number; organization: number | null; organizationName: string | null } | undefined;
};

/** The breadcrumb of a path, with the names that are known. */
export function crumbsOf(parts: readonly string[], names: Names): Crumb[] {
  const [place, second, third] = parts;
  if (place === "organizations") {
    if (second === undefined) {
      return [list];
    }
    if (second === "new") {
      return [list, { label: "New organization", href: "/organizations/new" }];
    }
    const base = `/organizations/${second}`;
    const here = [list, { label: names.organization ?? "…", href: `${base}/users` }];
    const tab = third === undefined ? undefined : tabs[third];
    return tab === undefined ? here : [...here, { label: tab, href: `${base}/${third}#tab` }];
  }
  if (place === "runs") {
    const { run } = names;
    const label = run === undefined ? "Run" : `Run ${run.number}`;
    const own = { label, href: `/runs/${second}` };
    return run?.organization == null
      ? [list, own]
      : [
          list,
          { label: run.organizationName ?? "…", href: `/organizations/${run.organization}/users` },
          { label: "Checks", href: `/organizations/${run.organization}/checks` },
          own,
        ];
  }
  if (place === "guide" && second !== undefined) {
    return [
      { label: "Guide", href: "/guide" },
      { label: names.guide ?? "…", href: `/guide/${second}` },
    ];
  }
  const label = place === undefined ? undefined : places[place];
  return label === undefined ? [] : [{ label, href: `/${place}` }];
}
