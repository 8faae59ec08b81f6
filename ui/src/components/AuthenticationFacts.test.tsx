import { screen, within } from "@testing-library/react";
import { describe, expect, test } from "vitest";
import type { RunAuthentication } from "@/ipc/generated/RunAuthentication";
import { loggedOn } from "@/ipc/hosts/fake/server";
import { renderScreen } from "@/testing/render";
import { LogOnFacts, ServerFacts } from "./AuthenticationFacts";

const nothing: RunAuthentication = {
  offered: [],
  tried: [],
  accepted: null,
  channel_binding: null,
  server_version: null,
  clock_skew_seconds: null,
  domain: null,
};

describe("what the server says", () => {
  test("offer, build, clock and domain", async () => {
    await renderScreen(<ServerFacts found={loggedOn} />);
    for (const text of [
      "Negotiate, NTLM",
      "15.2.2562.17",
      "3 s ahead of this computer",
      "CONTOSO (contoso.com), answered by ex01.contoso.com",
    ]) {
      expect(screen.getByText(text)).toBeVisible();
    }
    expect(screen.queryByText(/More than 5 min/)).not.toBeInTheDocument();
  });

  test("a clock that is off is marked", async () => {
    await renderScreen(<ServerFacts found={{ ...nothing, clock_skew_seconds: -900 }} />);
    expect(screen.getByText("15 min behind this computer")).toBeVisible();
    expect(screen.getByText(/^More than 5 min/)).toBeVisible();
  });

  test("nothing is said of nothing", async () => {
    await renderScreen(<ServerFacts found={nothing} />);
    expect(screen.queryByText("Offers")).not.toBeInTheDocument();
  });
});

describe("the truth table", () => {
  const row = (name: RegExp) => within(screen.getByRole("row", { name }));

  test("tells offered, tried and how it ended, with the reason", async () => {
    await renderScreen(<LogOnFacts found={{ ...loggedOn, offered: ["Negotiate", "NTLM", "Basic"] }} />);
    expect(row(/^Kerberos under Negotiate/).getByText("Not possible")).toBeVisible();
    expect(
      row(/^Kerberos under Negotiate/).getByText("No domain controller answers from this computer."),
    ).toBeVisible();
    expect(row(/^NTLM/).getByText("Accepted")).toBeVisible();
    expect(row(/^Basic/).getByText("No")).toBeVisible();
    expect(
      screen.getByText(/^Sent, made with SHA-256 of the server's certificate\. This build looks at it/),
    ).toBeVisible();
  });

  test.each([
    [{ sent: true, hash: "SHA-384", looked_at: "unknown" }, /SHA-384.+Whether this server looks at it is not known/],
    [{ sent: false, hash: null, looked_at: "no" }, "Not sent"],
  ] as const)("the channel binding %j", async (channel_binding, words) => {
    await renderScreen(<LogOnFacts found={{ ...loggedOn, channel_binding }} />);
    expect(screen.getByText(words)).toBeVisible();
  });

  test("is a list where there is no room for a table", async () => {
    await renderScreen(<LogOnFacts found={loggedOn} compact />);
    expect(screen.queryByRole("table")).not.toBeInTheDocument();
    const tried = within(screen.getByRole("list", { name: "Schemes tried" })).getAllByRole("listitem");
    expect(tried.map((item) => item.textContent)).toEqual([
      "Kerberos under Negotiate: Not possibleNo domain controller answers from this computer.",
      "NTLM: Accepted",
    ]);
  });

  test("is not there before a log-on", async () => {
    await renderScreen(<LogOnFacts found={{ ...nothing, offered: ["NTLM"] }} />);
    expect(screen.queryByText("Accepted")).not.toBeInTheDocument();
  });
});
