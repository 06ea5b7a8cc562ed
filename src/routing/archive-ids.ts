import { type Cipheriv, createCipheriv, createDecipheriv, type Decipheriv, hash } from "node:crypto";
import { BoundedCache } from "../base/bounded-cache.ts";
import type { World } from "../base/world.ts";
import { type DocumentStore, type Storage, StorageError } from "../kernel/storage.ts";
import { escapeAttribute } from "../xml/writer.ts";
import { Jid } from "../xmpp/jid.ts";
import { STANZA_ID } from "../xmpp/namespaces.ts";
import type { Stanza } from "../xmpp/stanza.ts";

/** Bytes of an AES-128 key, and of what it works on. */
const BLOCK = 16;

/** 16 bytes in base64url. */
const ID = /^[A-Za-z0-9_-]{21}[AQgw]$/;

interface HostCipher {
  readonly encrypt: Cipheriv;
  readonly decrypt: Decipheriv;
}

/**
 * The ids of archived messages: one block of AES over (archive, key) under a secret of the host. XEP-0313 §3 wants them unpredictable, XEP-0359 §6 wants
 * nothing to be inferred from them, and the server reads them without an index.
 */
export class ArchiveIds {
  readonly #ciphers = new Map<string, HostCipher>();
  /** What stands for an account within a block. */
  readonly #tags = new BoundedCache<string, Buffer>(10_000);
  readonly #block = Buffer.alloc(BLOCK);

  /** Reads the secrets of the hosts, or makes them. */
  async start(storage: Storage, world: World, hosts: readonly string[]): Promise<void> {
    const store = storage.document<string>("archive-secret");
    for (const host of hosts) this.use(host, await secretOf(host, store, storage, world));
  }

  /** `secret`: 16 bytes. */
  use(host: string, secret: Buffer): void {
    // Every block stands for itself (ECB) and is different from all others: a stream of them needs no more than one object.
    const encrypt = createCipheriv("aes-128-ecb", secret, null).setAutoPadding(false);
    const decrypt = createDecipheriv("aes-128-ecb", secret, null).setAutoPadding(false);
    this.#ciphers.set(host, { encrypt, decrypt });
  }

  /** `account` is bare and at one of the hosts. */
  id(account: Jid, key: number): string {
    const block = this.#block;
    this.#tag(account).copy(block, 0);
    block.writeUInt32BE(Math.floor(key / 2 ** 32), 8);
    block.writeUInt32BE(key >>> 0, 12);
    return this.#ciphers.get(account.domain)!.encrypt.update(block).toString("base64url");
  }

  /** The key in an id of this account; undefined where it is none. */
  keyOf(account: Jid, id: string): number | undefined {
    if (!ID.test(id)) return undefined;
    const block = this.#ciphers.get(account.domain)!.decrypt.update(Buffer.from(id, "base64url"));
    if (this.#tag(account).compare(block, 0, 8) !== 0) return undefined;
    return block.readUInt32BE(8) * 2 ** 32 + block.readUInt32BE(12);
  }

  /** The message with the id that it has in this account's archive (XEP-0359 §3). */
  stamp(stanza: Stanza, account: Jid, key: number): Stanza {
    // Every message that is delivered gets one, so no tree is made for it.
    const by = escapeAttribute(account.toString());
    const text = `<stanza-id xmlns='${STANZA_ID}' id='${this.id(account, key)}' by='${by}'/>`;
    return stanza.appendWritten("stanza-id", STANZA_ID, text);
  }

  #tag(account: Jid): Buffer {
    const name = account.toString();
    let tag = this.#tags.get(name);
    if (tag === undefined) {
      tag = hash("sha256", name, "buffer").subarray(0, 8);
      this.#tags.set(name, tag);
    }
    return tag;
  }
}

async function secretOf(
  host: string,
  store: DocumentStore<string>,
  storage: Storage,
  world: World,
): Promise<Buffer> {
  const owner = Jid.parse(host)!;
  const stored = await store.get(owner);
  if (stored !== undefined) return Buffer.from(stored, "base64");
  const secret = world.random(BLOCK);
  try {
    await storage.commit([store.create(owner, secret.toString("base64"))]);
  } catch (error) {
    // Somebody was faster.
    if (!(error instanceof StorageError && error.fault === "conflict")) throw error;
    return secretOf(host, store, storage, world);
  }
  return secret;
}
