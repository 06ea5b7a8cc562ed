import { SaslAuthentication, type SaslAuthenticationOptions } from "../../src/auth/authentication.ts";
import { CredentialStore } from "../../src/auth/credential-store.ts";
import { KeyDerivation } from "../../src/auth/key-derivation.ts";
import { nodePrimitives, type Primitives } from "../../src/auth/primitives.ts";
import { StoredAccounts, type StoredAccountsOptions } from "../../src/auth/stored-accounts.ts";
import type { SaslChannel } from "../../src/kernel/authentication.ts";
import type { TlsFacts } from "../../src/kernel/connection.ts";
import {
  type Change,
  type Codec,
  type DocumentStore,
  jsonCodec,
  type OwnersPage,
  type Storage,
  StorageError,
} from "../../src/kernel/storage.ts";
import { Jid } from "../../src/xmpp/jid.ts";
import { SteppedWorld } from "./stepped-world.ts";

interface Applied extends Change {
  readonly allowed: () => boolean;
  readonly apply: () => void;
}

/** The document shape in memory, with faults on demand: what the parts of `src/auth` need of a store. */
export class DocumentStorage implements Storage {
  readonly documents: Map<string, Map<string, Uint8Array>> = new Map();
  /** Every read and commit fails with this while it is set. */
  fault: StorageError | undefined;
  /** Reads wait for this. */
  gate: Promise<void> = Promise.resolve();
  reads = 0;

  document<T>(name: string, codec: Codec<T> = jsonCodec<T>()): DocumentStore<T> {
    const values = this.documents.get(name) ?? new Map<string, Uint8Array>();
    this.documents.set(name, values);
    const change = (owner: Jid, value: T | undefined, allowed: () => boolean): Applied => ({
      store: name,
      allowed,
      apply: () => {
        if (value === undefined) values.delete(owner.toString());
        else values.set(owner.toString(), codec.encode(value));
      },
    });
    return {
      get: async (owner) => {
        this.reads += 1;
        if (this.fault !== undefined) throw this.fault;
        const bytes = values.get(owner.toString());
        await this.gate;
        return bytes === undefined ? undefined : codec.decode(bytes);
      },
      set: (owner, value) => change(owner, value, () => true),
      create: (owner, value) => change(owner, value, () => !values.has(owner.toString())),
      remove: (owner) => change(owner, undefined, () => true),
      owners: async (page) => ownersOf(values, page),
      count: async (domain) => ownersOf(values, { domain, limit: Number.POSITIVE_INFINITY }).length,
    };
  }

  map(): never {
    throw new Error("only documents here");
  }

  log(): never {
    throw new Error("only documents here");
  }

  async commit(batch: readonly Change[]): Promise<void> {
    if (this.fault !== undefined) throw this.fault;
    const changes = batch as readonly Applied[];
    if (!changes.every((change) => change.allowed())) throw new StorageError("conflict", "a value is there");
    for (const change of changes) change.apply();
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

function ownersOf(values: ReadonlyMap<string, unknown>, page: OwnersPage): readonly Jid[] {
  return [...values.keys()]
    .map((key) => Jid.parse(key)!)
    .filter((owner) => owner.domain === page.domain && owner.local > (page.after ?? ""))
    .sort((one, other) => (one.local < other.local ? -1 : 1))
    .slice(0, page.limit);
}

export type Work = Record<keyof Primitives, number>;

/** Counts the work that an exchange costs: a better witness than a clock. */
export function countingPrimitives(): { primitives: Primitives; work: Work } {
  const real = nodePrimitives();
  const work: Work = { digest: 0, hmac: 0, pbkdf2: 0 };
  const primitives: Primitives = {
    digest: (...call) => {
      work.digest += 1;
      return real.digest(...call);
    },
    hmac: (...call) => {
      work.hmac += 1;
      return real.hmac(...call);
    },
    pbkdf2: (...call) => {
      work.pbkdf2 += 1;
      return real.pbkdf2(...call);
    },
  };
  return { primitives, work };
}

export interface AuthFixture {
  readonly storage: DocumentStorage;
  readonly world: SteppedWorld;
  readonly work: Work;
  readonly accounts: StoredAccounts;
  readonly credentials: CredentialStore;
  readonly authentication: SaslAuthentication;
  /** What logins broke on. */
  readonly errors: unknown[];
}

export interface AuthFixtureOptions {
  readonly storage?: DocumentStorage;
  readonly world?: SteppedWorld;
  readonly iterations?: number;
  readonly accounts?: Partial<StoredAccountsOptions>;
  readonly authentication?: Partial<SaslAuthenticationOptions>;
  readonly derivation?: { readonly concurrency?: number; readonly queue?: number };
}

/** Accounts of h.test and login to them, on a store in memory; few iterations, because the tests count and do not resist. */
export function authFixture(options: AuthFixtureOptions = {}): AuthFixture {
  const storage = options.storage ?? new DocumentStorage();
  const world = options.world ?? new SteppedWorld();
  const { primitives, work } = countingPrimitives();
  const derivation = new KeyDerivation(primitives, options.derivation);
  const iterations = options.iterations ?? 8;
  const credentials = new CredentialStore(storage, { world, primitives, derivation, iterations });
  const accounts = new StoredAccounts({
    storage,
    credentials,
    hosts: new Set(["h.test"]),
    onRemove: async () => [],
    ...options.accounts,
  });
  const errors: unknown[] = [];
  const authentication = new SaslAuthentication({
    world,
    accounts,
    bans: { of: () => undefined },
    credentials,
    broken: (error) => errors.push(error),
    // Time stands still here: whoever does not test the delay would wait for ever.
    failureDelay: { free: Number.POSITIVE_INFINITY },
    ...options.authentication,
  });
  return { storage, world, work, accounts, credentials, authentication, errors };
}

export const EXPORTER: Buffer = Buffer.from(Array.from({ length: 32 }, (_, index) => index));
export const END_POINT: Buffer = Buffer.from(Array.from({ length: 32 }, (_, index) => index + 32));

export function tlsFacts(bindings: Partial<Pick<TlsFacts, "exporter" | "endPoint">> = {}): TlsFacts {
  return {
    protocol: "TLSv1.3",
    exporter: () => EXPORTER,
    endPoint: () => END_POINT,
    ...bindings,
  };
}

export function saslChannel(parts: Partial<SaslChannel> = {}): SaslChannel {
  return {
    host: "h.test",
    tls: tlsFacts(),
    remoteAddress: "192.0.2.1",
    insecureAllowed: false,
    ...parts,
  };
}
