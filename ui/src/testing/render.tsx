import { FluentProvider, webLightTheme } from "@fluentui/react-components";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
} from "@tanstack/react-router";
import { act, render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";
import { Notices } from "@/components/toast";
import { connect } from "@/ipc/call";
import { type FakeOptions, fakeHost } from "@/ipc/hosts/fake";

type Options = FakeOptions & {
  /** The address the screen is opened at, search params included. Default `/`. */
  at?: string;
};

/**
 * Draws a part of the UI against the pretended engine, under any address. Answers the user to act with, the host, and
 * the router to read the address from.
 */
export async function renderScreen(screen: ReactNode, options: Options = {}) {
  const { at = "/", ...fake } = options;
  const host = fakeHost({ users: 30, ...fake });
  connect(host);
  const client = new QueryClient({
    defaultOptions: { queries: { retry: false, networkMode: "always" }, mutations: { networkMode: "always" } },
  });
  const root = createRootRoute({ validateSearch: (search: Record<string, unknown>) => search });
  const anywhere = createRoute({ getParentRoute: () => root, path: "$", component: () => screen });
  const start = createRoute({ getParentRoute: () => root, path: "/", component: () => screen });
  const router = createRouter({
    routeTree: root.addChildren([start, anywhere]),
    history: createMemoryHistory({ initialEntries: [at] }),
  });
  const user = userEvent.setup();
  const view = await act(async () =>
    render(
      <QueryClientProvider client={client}>
        <FluentProvider theme={webLightTheme}>
          {/* The tests' routes are not those of the app, whose types are registered. */}
          <RouterProvider router={router as never} />
          <Notices />
        </FluentProvider>
      </QueryClientProvider>,
    ),
  );
  return { ...view, user, host, client, router };
}
