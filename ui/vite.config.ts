import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/** Where the loopback test host listens while the UI is developed against it. */
const host = process.env.UNDERSTUDY_HOST ?? "http://127.0.0.1:4180";

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  clearScreen: false,
  server: {
    port: 5173,
    strictPort: true,
    proxy: { "/call": { target: host, changeOrigin: true }, "/watch": { target: host, changeOrigin: true } },
  },
  build: {
    target: "es2022",
    // The strict CSP has no room for data: scripts, and a desktop app gains nothing from inlining.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
  },
  test: {
    environment: "happy-dom",
    setupFiles: ["src/testing/setup.ts"],
    include: ["src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
    testTimeout: 60_000,
  },
});
