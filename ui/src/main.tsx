import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { connect } from "./ipc/call";
import type { Host } from "./ipc/host";
import type { FakeSignIn } from "./ipc/hosts/fake/signIn";
import { httpHost } from "./ipc/hosts/http";
import { insideTauri, tauriHost } from "./ipc/hosts/tauri";

async function host(): Promise<Host> {
  if (insideTauri()) {
    return tauriHost();
  }
  // The pretended world is for development: a production build drops this branch and the file behind it.
  if (import.meta.env.DEV) {
    const asked = remembered("fake");
    if (asked !== null) {
      const { fakeHost } = await import("./ipc/hosts/fake");
      const signIn: unknown = JSON.parse(remembered("sign-in") ?? "{}");
      return fakeHost({ blank: asked === "blank", users: Number(asked) || undefined, signIn: signIn as FakeSignIn });
    }
  }
  return httpHost();
}

/** A parameter of the first address; the address changes with every screen. */
function remembered(name: string): string | null {
  const value = new URLSearchParams(location.search).get(name) ?? sessionStorage.getItem(name);
  if (value !== null) sessionStorage.setItem(name, value);
  return value;
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
