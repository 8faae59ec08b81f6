/** Bytes in base64 (RFC 4648 §4). */
export function base64(bytes: Uint8Array): string {
  const chunks: string[] = [];
  // A call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 0x8000) {
    chunks.push(String.fromCharCode(...bytes.subarray(at, at + 0x8000)));
  }
  return btoa(chunks.join(""));
}
