const grouped = new Intl.NumberFormat("en-US");

/** `4812` as `4,812`. */
export function count(value: number): string {
  return grouped.format(value);
}

/** `1 user`, `4,812 users`. The plural defaults to the singular with an s. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** A time with its zone: `22 Nov 2026, 14:05 CET`. `instant` is RFC 3339. */
export function dateTime(instant: string, zone?: string): string {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) {
    return instant;
  }
  const writer = written(zone);
  return `${writer.day.format(date).replace("Sept", "Sep")}, ${writer.time.format(date)} ${zoneName(writer, date)}`;
}

/** A day as `22 Nov 2026`. `date` is `2026-11-22`. */
export function day(date: string): string {
  const parsed = new Date(`${date}T00:00:00Z`);
  if (Number.isNaN(parsed.getTime())) {
    return date;
  }
  return calendarDay.format(parsed).replace("Sept", "Sep");
}

const calendarDay = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  timeZone: "UTC",
});

/** How long ago: `just now`, `5 min ago`, `3 h ago`, `12 days ago`. Only beside the time itself, never alone. */
export function age(instant: string, now: Date = new Date()): string {
  const seconds = Math.max(0, Math.round((now.getTime() - new Date(instant).getTime()) / 1000));
  if (seconds < 60) {
    return "just now";
  }
  if (seconds < 3600) {
    return `${Math.floor(seconds / 60)} min ago`;
  }
  if (seconds < 2 * 86_400) {
    return `${Math.floor(seconds / 3600)} h ago`;
  }
  return `${Math.floor(seconds / 86_400)} days ago`;
}

type Written = {
  day: Intl.DateTimeFormat;
  time: Intl.DateTimeFormat;
  names: Intl.DateTimeFormat[];
  /** The name of the zone in a quarter of an hour, counted from 1970: it changes between two of them only. */
  named: Map<number, string>;
};

/** Making them takes far longer than writing with them, and a table writes dozens of times at once. */
const kept = new Map<string, Written>();

/** How times of a zone are written; without one of this machine, which may travel. */
function written(zone?: string): Written {
  const key = zone ?? String(new Date().getTimezoneOffset());
  const known = kept.get(key);
  if (known !== undefined) {
    return known;
  }
  const writer = (locale: string, more: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { ...more, timeZone: zone });
  const made: Written = {
    day: writer("en-GB", { day: "numeric", month: "short", year: "numeric" }),
    time: writer("en-GB", { hour: "2-digit", minute: "2-digit" }),
    names: ["en-GB", "en-US", "en-AU", "en-IN", "en-ZA"].map((locale) => writer(locale, { timeZoneName: "short" })),
    named: new Map(),
  };
  kept.set(key, made);
  return made;
}

function zoneName({ names, named }: Written, date: Date): string {
  const quarter = Math.floor(date.getTime() / 900_000);
  const known = named.get(quarter);
  if (known !== undefined) {
    return known;
  }
  const name = shortName(names, date);
  if (named.size > mostNamed) {
    named.clear();
  }
  named.set(quarter, name);
  return name;
}

/** Quarters of an hour whose zone is remembered. */
const mostNamed = 1_000;

/** The short name of the zone. No single locale knows all of them: each names its own. */
function shortName(locales: readonly Intl.DateTimeFormat[], date: Date): string {
  let first: string | undefined;
  for (const locale of locales) {
    const name = locale.formatToParts(date).find((part) => part.type === "timeZoneName")?.value ?? "";
    if (!/^(GMT|UTC)[+-]/.test(name)) {
      return name;
    }
    first ??= name;
  }
  return first ?? "UTC";
}
