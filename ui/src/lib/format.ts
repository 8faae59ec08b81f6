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
  const day = new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "short",
    year: "numeric",
    timeZone: zone,
  }).format(date);
  const time = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: zone }).format(date);
  return `${day.replace("Sept", "Sep")}, ${time} ${zoneName(date, zone)}`;
}

/** A day as `22 Nov 2026`. `date` is `2026-11-22`. */
export function day(date: string): string {
  const parsed = new Date(`${date}T00:00:00Z`);
  if (Number.isNaN(parsed.getTime())) {
    return date;
  }
  const words = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
  return words.format(parsed).replace("Sept", "Sep");
}

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

/** The short name of the zone. No single locale knows all of them: each names its own. */
function zoneName(date: Date, zone?: string): string {
  const names = ["en-GB", "en-US", "en-AU", "en-IN", "en-ZA"].map(
    (locale) =>
      new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName: "short" })
        .formatToParts(date)
        .find((part) => part.type === "timeZoneName")?.value ?? "",
  );
  return names.find((name) => !/^(GMT|UTC)[+-]/.test(name)) ?? names[0] ?? "UTC";
}
