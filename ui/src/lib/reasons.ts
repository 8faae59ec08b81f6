/** A sentence about a refused sign-in, and why it may have been, the likeliest first. */
export type Reasons = { lead: string; reasons: string[] };

/** Where the engine goes from one reason to the next. */
const next = /(?<=[.;])\s+(?=(?:Most likely|Either|Else|or|The server's clock)\b)/;

/**
 * Parts the engine's message about a refused sign-in into its reasons, so that they stand one below the other. A
 * message of another shape stays whole.
 */
export function reasonsOf(message: string): Reasons {
  const [lead = message, ...rest] = message.split(next);
  return rest.length < 2 ? { lead: message, reasons: [] } : { lead, reasons: rest.map(asSentence) };
}

function asSentence(part: string): string {
  const text = part.replace(/^or /, "Or ").replace(/[.;]$/, "");
  return `${text}.`;
}
