import type { AccessTypeInfo } from "@/ipc/generated/AccessTypeInfo";

/** Entries whose label, subtitle or older names contain every typed word, in their order. */
export function matchingAccessTypes(entries: readonly AccessTypeInfo[], typed: string): AccessTypeInfo[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return entries.filter((entry) => {
    const text = [entry.label, entry.subtitle, ...entry.keywords].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
