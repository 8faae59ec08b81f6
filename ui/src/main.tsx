import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { connect } from "./ipc/call";
import type { Host } from "./ipc/host";
import { httpHost } from "./ipc/hosts/http";
import { insideTauri, tauriHost } from "./ipc/hosts/tauri";

async function host(): Promise<Host> {
  if (insideTauri()) {
    return tauriHost();
  }
  // The pretended world is for development: a production build drops this branch and the file behind it.
  if (import.meta.env.DEV) {
    // Remembered, because the address changes with every screen.
    const asked = new URLSearchParams(location.search).get("fake") ?? sessionStorage.getItem("fake");
    if (asked !== null) {
      sessionStorage.setItem("fake", asked);
      const { fakeHost } = await import("./ipc/hosts/fake");
      return fakeHost({ blank: asked === "blank", users: Number(asked) || undefined });
    }
  }
  return httpHost();
}

host().then((chosen) => {
  connect(chosen);
  const root = document.getElementById("root");
  if (root === null) {
    throw new Error("index.html has the root element");
  }
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
});
