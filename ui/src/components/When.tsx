import { age, dateTime } from "@/lib/format";

/** A time with its zone, and on request its age behind it. `at` is RFC 3339; missing shows a dash. */
export function When({ at, withAge = false }: { at: string | null | undefined; withAge?: boolean }) {
  if (at === null || at === undefined) {
    return <span>–</span>;
  }
  return (
    <time dateTime={at} title={at}>
      {dateTime(at)}
      {withAge ? ` (${age(at)})` : ""}
    </time>
  );
}
