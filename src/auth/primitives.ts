import { createHmac, hash as hashOnce, pbkdf2, timingSafeEqual } from "node:crypto";

/** The hash functions of SCRAM as its mechanism names spell them: RFC 5802, RFC 7677, and SHA-512 in the same manner. */
export type ScramHash = "SHA-1" | "SHA-256" | "SHA-512";

/** Weakest first. */
export const SCRAM_HASHES: readonly ScramHash[] = ["SHA-1", "SHA-256", "SHA-512"];

const NODE_NAME: Readonly<Record<ScramHash, string>> = {
  "SHA-1": "sha1",
  "SHA-256": "sha256",
  "SHA-512": "sha512",
};

/** Bytes that the hash function gives. */
export const HASH_LENGTH: Readonly<Record<ScramHash, number>> = { "SHA-1": 20, "SHA-256": 32, "SHA-512": 64 };

/** H, HMAC and Hi of RFC 5802 §2.2; behind an interface so that tests can count the work. */
export interface Primitives {
  digest(hash: ScramHash, data: Uint8Array | string): Buffer;
  hmac(hash: ScramHash, key: Uint8Array, data: Uint8Array | string): Buffer;
  /** Runs on the thread pool: milliseconds of work never hold the event loop. */
  pbkdf2(hash: ScramHash, password: string, salt: Uint8Array, iterations: number): Promise<Buffer>;
}

export function nodePrimitives(): Primitives {
  return {
    digest: (hash, data) => hashOnce(NODE_NAME[hash], data, "buffer"),
    hmac: (hash, key, data) => createHmac(NODE_NAME[hash], key).update(data).digest(),
    pbkdf2: (hash, password, salt, iterations) =>
      new Promise((resolve, reject) => {
        pbkdf2(password, salt, iterations, HASH_LENGTH[hash], NODE_NAME[hash], (error, key) =>
          error === null ? resolve(key) : reject(error),
        );
      }),
  };
}

/** Takes the same time wherever the two differ; lengths are no secret. */
export function equalSecrets(one: Uint8Array, other: Uint8Array): boolean {
  return one.byteLength === other.byteLength && timingSafeEqual(one, other);
}
