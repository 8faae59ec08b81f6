import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { Notices } from "@/components/toast";
import { ErrorBoundary } from "./ErrorBoundary";
import { createQueryClient } from "./queryClient";
import { createAppRouter, preloadScreens } from "./router";
import { Themed } from "./Themed";

/** The whole window. */
export function App() {
  const [client] = useState(createQueryClient);
  const [router] = useState(() => createAppRouter(client));
  useEffect(() => preloadScreens(router), [router]);
  return (
    <QueryClientProvider client={client}>
      <Themed>
        <ErrorBoundary>
          <RouterProvider router={router} />
        </ErrorBoundary>
        <Notices />
      </Themed>
    </QueryClientProvider>
  );
}
