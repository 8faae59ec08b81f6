import { expect, it } from "vitest";
import { canaryLines } from "./canaryLines";

it("reads one address a line, however it was copied, and each once", () => {
  const typed = "anna@contoso.com\r\n\n  Ben Berg <ben@contoso.com>;\nANNA@contoso.com\ncarla@contoso.com,";
  expect(canaryLines(typed)).toEqual({
    addresses: [
      { line: 1, address: "anna@contoso.com" },
      { line: 3, address: "ben@contoso.com" },
      { line: 5, address: "carla@contoso.com" },
    ],
    problems: [],
  });
});

it("names the lines that are no address", () => {
  expect(canaryLines("anna@contoso.com\nboard\nx@y@z\na b@").problems).toEqual([
    'Line 2: "board" isn\'t an e-mail address.',
    'Line 3: "x@y@z" isn\'t an e-mail address.',
    'Line 4: "a b@" isn\'t an e-mail address.',
  ]);
});
