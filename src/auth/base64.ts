import { isUtf8 } from "node:buffer";

/**
 * Base 64 exactly as RFC 4648 §4 writes it: no white space, padding present, the bits that it fills up zero
 * (RFC 6120 §6.3.6); undefined for anything else.
 */
export function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : undefined;
}

/** undefined when the bytes are not UTF-8; a byte order mark stays. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  return isUtf8(bytes) ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString() : undefined;
}
