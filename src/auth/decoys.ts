import type { World } from "../base/world.ts";
import type { DocumentStore, Storage } from "../kernel/storage.ts";
import { StorageError } from "../kernel/storage.ts";
import type { Jid } from "../xmpp/jid.ts";
import { type Credentials, credentialsCodec, SALT_LENGTH, type ScramKeys } from "./credentials.ts";
import { type Primitives, SCRAM_HASHES, type ScramHash } from "./primitives.ts";

interface SecretDocument {
  readonly version: 1;
  readonly secret: string;
}

interface HostDecoy {
  readonly secret: Buffer;
  readonly credentials: Credentials;
  readonly document: Uint8Array;
}

const SECRET_LENGTH = 32;

/**
 * Keys for accounts that are not there, so that the first SCRAM challenge does not tell them from the others: a salt
 * that is as long as a real one and stays the same for each name, also after a restart, because it is a keyed hash of the
 * name under a secret of the host.
 */
export class Decoys {
  readonly #storage: Storage;
  readonly #store: DocumentStore<SecretDocument>;
  readonly #world: Pick<World, "random">;
  readonly #primitives: Primitives;
  readonly #iterations: number;
  readonly #hosts: Map<string, Promise<HostDecoy>> = new Map();

  constructor(storage: Storage, world: Pick<World, "random">, primitives: Primitives, iterations: number) {
    this.#storage = storage;
    this.#store = storage.document<SecretDocument>("credential-decoys");
    this.#world = world;
    this.#primitives = primitives;
    this.#iterations = iterations;
  }

  /** @throws StorageError */
  async keys(account: Jid, hash: ScramHash): Promise<ScramKeys> {
    const decoy = await this.#host(account.domainJid);
    const name = `${hash}\0${account.bare.toString()}`;
    const salt = this.#primitives.hmac("SHA-256", decoy.secret, name).subarray(0, SALT_LENGTH);
    return { ...decoy.credentials[hash], salt };
  }

  /** A document as it would be read for an account that is there. */
  async document(account: Jid): Promise<Uint8Array> {
    return (await this.#host(account.domainJid)).document;
  }

  #host(domain: Jid): Promise<HostDecoy> {
    const known = this.#hosts.get(domain.domain);
    if (known !== undefined) return known;
    const made = this.#load(domain);
    this.#hosts.set(domain.domain, made);
    // The next attempt tries again; this one reports the error.
    made.catch(() => this.#hosts.delete(domain.domain));
    return made;
  }

  async #load(domain: Jid): Promise<HostDecoy> {
    const secret = await this.#secret(domain);
    const keys = SCRAM_HASHES.map((hash): [ScramHash, ScramKeys] => [
      hash,
      {
        salt: this.#primitives.hmac("SHA-256", secret, hash).subarray(0, SALT_LENGTH),
        iterations: this.#iterations,
        storedKey: this.#primitives.hmac(hash, secret, "StoredKey"),
        serverKey: this.#primitives.hmac(hash, secret, "ServerKey"),
      },
    ]);
    const credentials = Object.fromEntries(keys) as Record<ScramHash, ScramKeys>;
    return { secret, credentials, document: credentialsCodec.encode(credentials) };
  }

  async #secret(domain: Jid): Promise<Buffer> {
    const stored = await this.#store.get(domain);
    if (stored !== undefined) return Buffer.from(stored.secret, "base64");
    const secret = this.#world.random(SECRET_LENGTH);
    try {
      const document: SecretDocument = { version: 1, secret: secret.toString("base64") };
      await this.#storage.commit([this.#store.create(domain, document)]);
      return secret;
    } catch (error) {
      if (!(error instanceof StorageError) || error.fault !== "conflict") throw error;
      return this.#secret(domain);
    }
  }
}
