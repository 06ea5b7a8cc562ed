import type { World } from "../base/world.ts";
import { type Codec, jsonCodec } from "../kernel/storage.ts";
import type { KeyDerivation } from "./key-derivation.ts";
import { equalSecrets, type Primitives, SCRAM_HASHES, type ScramHash } from "./primitives.ts";

/** What the server knows of a password for one hash function (RFC 5802 §3); the password does not follow from it. */
export interface ScramKeys {
  readonly salt: Buffer;
  readonly iterations: number;
  readonly storedKey: Buffer;
  readonly serverKey: Buffer;
}

/** The password itself is never kept. */
export type Credentials = Readonly<Record<ScramHash, ScramKeys>>;

export const SALT_LENGTH = 16;

/** StoredKey and ServerKey from SaltedPassword, RFC 5802 §3. */
export function keysOf(
  primitives: Primitives,
  hash: ScramHash,
  saltedPassword: Buffer,
): { storedKey: Buffer; serverKey: Buffer } {
  const clientKey = primitives.hmac(hash, saltedPassword, "Client Key");
  return {
    storedKey: primitives.digest(hash, clientKey),
    serverKey: primitives.hmac(hash, saltedPassword, "Server Key"),
  };
}

/** What making and checking credentials takes. */
export interface CredentialTools {
  readonly world: Pick<World, "random">;
  readonly primitives: Primitives;
  readonly derivation: KeyDerivation;
  readonly iterations: number;
}

/**
 * Keys for every hash, each with its own salt: later nobody has the password to make the missing ones from. Three
 * PBKDF2 runs, about 10 ms of a pool thread at 10,000 iterations.
 *
 * @param password in the OpaqueString form of RFC 8265
 */
export async function makeCredentials(password: string, tools: CredentialTools): Promise<Credentials> {
  const made = await Promise.all(
    SCRAM_HASHES.map(async (hash): Promise<[ScramHash, ScramKeys]> => {
      const salt = tools.world.random(SALT_LENGTH);
      const salted = await tools.derivation.derive(hash, password, salt, tools.iterations);
      return [hash, { salt, iterations: tools.iterations, ...keysOf(tools.primitives, hash, salted) }];
    }),
  );
  return Object.fromEntries(made) as Record<ScramHash, ScramKeys>;
}

/** Whether `keys` were made from `password` (in its OpaqueString form); one PBKDF2 run whatever the answer. */
export async function matchesPassword(
  keys: ScramKeys,
  hash: ScramHash,
  password: string,
  tools: Pick<CredentialTools, "primitives" | "derivation">,
): Promise<boolean> {
  const salted = await tools.derivation.derive(hash, password, keys.salt, keys.iterations);
  return equalSecrets(keysOf(tools.primitives, hash, salted).storedKey, keys.storedKey);
}

const VERSION = 1;

interface KeysDocument {
  readonly salt: string;
  readonly iterations: number;
  readonly storedKey: string;
  readonly serverKey: string;
}

interface CredentialsDocument {
  readonly version: number;
  readonly scram: Readonly<Record<ScramHash, KeysDocument>>;
}

const json = jsonCodec<CredentialsDocument>();

/** `{"version":1,"scram":{"SHA-256":{"salt":…,"iterations":…,"storedKey":…,"serverKey":…},…}}`, bytes in base64. */
export const credentialsCodec: Codec<Credentials> = {
  encode(credentials) {
    const scram = SCRAM_HASHES.map((hash): [ScramHash, KeysDocument] => [hash, written(credentials[hash])]);
    return json.encode({
      version: VERSION,
      scram: Object.fromEntries(scram) as CredentialsDocument["scram"],
    });
  },
  decode(bytes) {
    const document = json.decode(bytes);
    if (document.version !== VERSION)
      throw new Error(`credentials of version ${document.version}, this program reads ${VERSION}`);
    return Object.fromEntries(SCRAM_HASHES.map((hash) => [hash, read(document.scram[hash])])) as Credentials;
  },
};

function written(keys: ScramKeys): KeysDocument {
  return {
    salt: keys.salt.toString("base64"),
    iterations: keys.iterations,
    storedKey: keys.storedKey.toString("base64"),
    serverKey: keys.serverKey.toString("base64"),
  };
}

function read(keys: KeysDocument): ScramKeys {
  return {
    salt: Buffer.from(keys.salt, "base64"),
    iterations: keys.iterations,
    storedKey: Buffer.from(keys.storedKey, "base64"),
    serverKey: Buffer.from(keys.serverKey, "base64"),
  };
}
