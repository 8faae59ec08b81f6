/** A line of what was typed. */
export type CanaryLine = { line: number; address: string };

/** The addresses that were typed, one a line, each once; and what is wrong with the first lines that are none. */
export function canaryLines(typed: string): { addresses: CanaryLine[]; problems: string[] } {
  const addresses: CanaryLine[] = [];
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const [index, raw] of typed.split(/\r\n|\r|\n/).entries()) {
    const address = unwrapped(raw);
    if (address === "") {
      continue;
    }
    const line = index + 1;
    if (!/^[^@]+@[^\s@]+$/.test(address)) {
      problems.push(`Line ${line}: "${address}" isn't an e-mail address.`);
    } else if (!seen.has(address.toLowerCase())) {
      seen.add(address.toLowerCase());
      addresses.push({ line, address });
    }
  }
  return { addresses, problems };
}

/** `Name <address>` without the name, and without what separates a list. */
function unwrapped(line: string): string {
  const text = line.trim().replace(/[;,]+$/, "");
  return (/<([^<>]*)>$/.exec(text)?.[1] ?? text).trim();
}
