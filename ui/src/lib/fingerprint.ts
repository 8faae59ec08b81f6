/** A SHA-256 as typed (colons, spaces, lower case) in the spelling that is stored. */
export function plainSha256(typed: string): string {
  return typed.replace(/[\s:-]/g, "").toUpperCase();
}

export function isSha256(plain: string): boolean {
  return /^[0-9A-F]{64}$/.test(plain);
}

/** In groups of four digits, so that people can compare it. */
export function readableSha256(plain: string): string {
  return plain.match(/.{1,4}/g)?.join(" ") ?? plain;
}
