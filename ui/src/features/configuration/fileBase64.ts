/** The bytes of a file in base64 (RFC 4648 §4). */
export async function fileBase64(file: Blob): Promise<string> {
  return bytesBase64(new Uint8Array(await file.arrayBuffer()));
}

export function bytesBase64(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(binary);
}
