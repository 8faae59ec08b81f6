import { expect, it } from "vitest";
import { base64 } from "./base64";

it("keeps every byte, also of a long list", () => {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => index % 256);
  const back = Uint8Array.from(atob(base64(bytes)), (char) => char.charCodeAt(0));
  expect(back).toEqual(bytes);
});
