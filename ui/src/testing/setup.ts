import "@testing-library/jest-dom/vitest";
import { cleanup, configure } from "@testing-library/react";
import { afterEach } from "vitest";

configure({
  // Queries by role are slow on a busy machine; one second is too short there.
  asyncUtilTimeout: 5000,
  // A page without layout: soon after a dialog opened, Fluent hides it from assistive technology, which it does in no
  // browser. What is hidden when is therefore proved by the journeys, in a real one.
  defaultHidden: true,
  // A screen of Fluent is thousands of lines: a failed look-up says what it looked for, not all there is.
  getElementError: (message) => new Error(message ?? "not found"),
});

afterEach(() => {
  cleanup();
  localStorage.clear();
});

// happy-dom lays nothing out; virtual tables need a height to show rows in.
Object.defineProperties(HTMLElement.prototype, {
  offsetHeight: { configurable: true, get: () => 600 },
  offsetWidth: { configurable: true, get: () => 1024 },
  clientHeight: { configurable: true, get: () => 600 },
  clientWidth: { configurable: true, get: () => 1024 },
});

// happy-dom's animations reject when they are canceled; without the API Fluent shows the end state at once.
Reflect.deleteProperty(Element.prototype, "animate");
