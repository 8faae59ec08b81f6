import type { QueryClient } from "@tanstack/react-query";
import {
  createMemoryHistory,
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import { query } from "@/lib/queries";
import type { UrlState } from "@/lib/urlState";
import { Broken } from "./ErrorBoundary";
import { Missing } from "./Missing";
import { Shell } from "./Shell";

/** Any filter may stand in the address; each screen reads the keys it knows. */
const anySearch = (search: Record<string, unknown>) => search as UrlState;

const root = createRootRouteWithContext<{ client: QueryClient }>()({
  component: Shell,
  notFoundComponent: Missing,
  validateSearch: anySearch,
});

const start = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: async ({ context }) => {
    const state = await context.client.ensureQueryData(query("app_state", {}));
    throw redirect({ to: state.settings.firstRunDone || state.practice !== null ? "/organizations" : "/first-run" });
  },
});

const firstRun = createRoute({
  getParentRoute: () => root,
  path: "/first-run",
  component: lazyRouteComponent(() => import("@/features/first-run/Page"), "FirstRunPage"),
});

const organizations = createRoute({
  getParentRoute: () => root,
  path: "/organizations",
  component: lazyRouteComponent(() => import("@/features/organizations/Page"), "OrganizationsPage"),
});

const newOrganization = createRoute({
  getParentRoute: () => root,
  path: "/organizations/new",
  component: lazyRouteComponent(() => import("@/features/organizations/NewPage"), "NewOrganizationPage"),
});

const organization = createRoute({
  getParentRoute: () => root,
  path: "/organizations/$id",
  parseParams: ({ id }) => ({ id: Number(id) }),
  stringifyParams: ({ id }) => ({ id: String(id) }),
  component: lazyRouteComponent(() => import("./OrganizationScreen"), "OrganizationScreen"),
});

const organizationStart = createRoute({
  getParentRoute: () => organization,
  path: "/",
  beforeLoad: ({ params }) => {
    throw redirect({ to: "/organizations/$id/users", params });
  },
});

const organizationUsers = createRoute({
  getParentRoute: () => organization,
  path: "users",
  component: lazyRouteComponent(() => import("./organizationTabs"), "UsersTab"),
});

const organizationConfiguration = createRoute({
  getParentRoute: () => organization,
  path: "configuration",
  component: lazyRouteComponent(() => import("./organizationTabs"), "EmailConfigurationTab"),
});

const organizationChecks = createRoute({
  getParentRoute: () => organization,
  path: "checks",
  component: lazyRouteComponent(() => import("./organizationTabs"), "ChecksTab"),
});

const organizationServiceAccount = createRoute({
  getParentRoute: () => organization,
  path: "service-account",
  component: lazyRouteComponent(() => import("./organizationTabs"), "ServiceAccountTab"),
});

const organizationSettings = createRoute({
  getParentRoute: () => organization,
  path: "settings",
  component: lazyRouteComponent(() => import("./organizationTabs"), "SettingsTab"),
});

const users = createRoute({
  getParentRoute: () => root,
  path: "/users",
  component: lazyRouteComponent(() => import("@/features/users/Page"), "UsersPage"),
});

const run = createRoute({
  getParentRoute: () => root,
  path: "/runs/$run",
  component: lazyRouteComponent(() => import("./RunScreen"), "RunScreen"),
});

const activity = createRoute({
  getParentRoute: () => root,
  path: "/activity",
  component: lazyRouteComponent(() => import("@/features/activity/Page"), "ActivityPage"),
});

const guides = createRoute({
  getParentRoute: () => root,
  path: "/guide",
  component: lazyRouteComponent(() => import("@/features/guide/Page"), "GuidesPage"),
});

const guide = createRoute({
  getParentRoute: () => root,
  path: "/guide/$guide",
  component: lazyRouteComponent(() => import("./GuideScreen"), "GuideScreen"),
});

const settings = createRoute({
  getParentRoute: () => root,
  path: "/settings",
  component: lazyRouteComponent(() => import("@/features/settings/Page"), "SettingsPage"),
});

const routeTree = root.addChildren([
  start,
  firstRun,
  organizations,
  newOrganization,
  organization.addChildren([
    organizationStart,
    organizationUsers,
    organizationConfiguration,
    organizationChecks,
    organizationServiceAccount,
    organizationSettings,
  ]),
  users,
  run,
  activity,
  guides,
  guide,
  settings,
]);

/** The router of the window. `at` starts it in memory, for tests. */
export function createAppRouter(client: QueryClient, at?: string) {
  return createRouter({
    routeTree,
    context: { client },
    history: at === undefined ? undefined : createMemoryHistory({ initialEntries: [at] }),
    defaultPreload: false,
    defaultPendingMs: 150,
    defaultErrorComponent: ({ error, reset }) => (
      <Broken error={error instanceof Error ? error : new Error(String(error))} onRetry={reset} />
    ),
  });
}

/** Fetches the code of all screens once the first is shown: none is missing later, whatever becomes of its source. */
export function preloadScreens(router: ReturnType<typeof createAppRouter>): void {
  for (const { options } of Object.values(router.routesById)) {
    const { component } = options as { component?: { preload?: () => Promise<unknown> } };
    // A screen that can't be fetched now is fetched, or its failure shown, when it is opened.
    component?.preload?.().catch(() => undefined);
  }
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
