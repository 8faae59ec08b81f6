import { describe, expect, test } from "vitest";
import { insteadOf, isSkewed, skewWords, triedWords } from "./schemes";

describe("a choice the server does not offer", () => {
  const stock = ["Negotiate", "NTLM"];

  test.each([
    ["basic", stock, "automatic"],
    ["ntlm", ["Negotiate"], "automatic"],
    ["automatic", ["Digest"], null],
    ["automatic", ["Basic"], "basic"],
    ["ntlm", ["Basic"], "basic"],
  ] as const)("%s, where it offers %j: %s", (chosen, offered, instead) => {
    expect(insteadOf(chosen, offered)).toBe(instead);
  });

  test.each([
    ["automatic", stock],
    ["negotiate", ["NEGOTIATE"]],
    ["signed_in_user", stock],
    ["basic", []],
  ] as const)("%s is left alone where it offers %j", (chosen, offered) => {
    expect(insteadOf(chosen, offered)).toBeNull();
  });
});

test("what was tried is named by what went under the word", () => {
  expect(triedWords({ scheme: "NTLM", mechanism: "ntlm" })).toBe("NTLM");
  expect(triedWords({ scheme: "Negotiate", mechanism: "ntlm" })).toBe("NTLM under Negotiate");
  expect(triedWords({ scheme: "Negotiate", mechanism: "kerberos" })).toBe("Kerberos under Negotiate");
  expect(triedWords({ scheme: "Bearer", mechanism: "bearer" })).toBe("OAuth");
});

test("the server's clock is told in words", () => {
  expect(skewWords(1)).toBe("In step with this computer");
  expect(skewWords(-47)).toBe("47 s behind this computer");
  expect(skewWords(900)).toBe("15 min ahead of this computer");
  expect(skewWords(-10_000)).toBe("2 h behind this computer");
  expect([isSkewed(300), isSkewed(-301)]).toEqual([false, true]);
});
