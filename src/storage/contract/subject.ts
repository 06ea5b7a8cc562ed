import type { Change, Codec, Storage, StorageFault } from "../../kernel/storage.ts";
import { StorageError } from "../../kernel/storage.ts";
import { Jid } from "../../xmpp/jid.ts";

/** One case, on a storage where nothing is stored. `reopen` closes it and opens another in its place: the same data where the driver `persists`. */
export type Case = (storage: Storage, reopen: () => Promise<Storage>, persists: boolean) => Promise<void>;

export type Cases = Readonly<Record<string, Case>>;

export function owner(local: string, domain = "example.org"): Jid {
  const jid = Jid.of(local, domain);
  if (jid === undefined) throw new Error(`${local}@${domain} is not an address`);
  return jid;
}

export const romeo: Jid = owner("romeo");
export const juliet: Jid = owner("juliet");
export const nurse: Jid = owner("nurse", "capulet.example");

/** Bytes as they are: the codec of a log of stanzas. */
export const raw: Codec<Uint8Array> = { encode: (value) => value, decode: (bytes) => bytes };

/** Short texts. */
export const text: Codec<string> = {
  encode: (value) => Buffer.from(value),
  decode: (bytes) => Buffer.from(bytes).toString(),
};

/** For assert.rejects. */
export function fault(expected: StorageFault): (error: unknown) => boolean {
  return (error) => error instanceof StorageError && error.fault === expected;
}

/** Keeps what is committed in the background from being an unhandled rejection, and says how it ended. */
export function outcome(commit: Promise<void>): Promise<string> {
  return commit.then(
    () => "done",
    (error: unknown) => (error instanceof StorageError ? error.fault : String(error)),
  );
}

/** A change that no storage made. */
export const foreignChange: Change = { store: "vcard" };
