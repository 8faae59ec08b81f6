import { describe, expect, it } from "vitest";
import { age, count, counted, dateTime } from "./format";

describe("dateTime", () => {
  it.each([
    ["2026-11-22T13:05:00Z", "Europe/Berlin", "22 Nov 2026, 14:05 CET"],
    ["2026-07-01T12:00:00Z", "Europe/Berlin", "1 Jul 2026, 14:00 CEST"],
    ["2026-11-22T13:05:00Z", "America/New_York", "22 Nov 2026, 08:05 EST"],
    ["2026-09-03T07:12:00Z", "UTC", "3 Sep 2026, 07:12 UTC"],
  ])("says %s in %s with its zone", (instant, zone, expected) => {
    expect(dateTime(instant, zone)).toBe(expected);
  });

  it("names the zone of each side of the hour that comes twice", () => {
    expect(dateTime("2026-10-25T00:59:59Z", "Europe/Berlin")).toBe("25 Oct 2026, 02:59 CEST");
    expect(dateTime("2026-10-25T01:00:00Z", "Europe/Berlin")).toBe("25 Oct 2026, 02:00 CET");
  });

  it("shows what is no time as it came", () => {
    expect(dateTime("soon")).toBe("soon");
  });
});

describe("age", () => {
  const now = new Date("2026-11-22T12:00:00Z");
  it.each([
    ["2026-11-22T11:59:30Z", "just now"],
    ["2026-11-22T11:55:00Z", "5 min ago"],
    ["2026-11-22T09:00:00Z", "3 h ago"],
    ["2026-11-10T12:00:00Z", "12 days ago"],
    ["2026-11-23T12:00:00Z", "just now"],
  ])("of %s is %s", (instant, expected) => {
    expect(age(instant, now)).toBe(expected);
  });
});

it("groups numbers and picks the plural", () => {
  expect(count(50_000)).toBe("50,000");
  expect(counted(1, "user")).toBe("1 user");
  expect(counted(4812, "user")).toBe("4,812 users");
  expect(counted(2, "mailbox", "mailboxes")).toBe("2 mailboxes");
});
