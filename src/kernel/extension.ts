import type { Log } from "../base/log.ts";
import type { World } from "../base/world.ts";
import type { Accounts } from "./accounts.ts";
import type { Command } from "./commands.ts";
import type { Handler, HookPoint, Verdict } from "./hooks.ts";
import type { IqRoutes } from "./iq.ts";
import type { Options, OptionValues } from "./options.ts";
import type { Rights } from "./rights.ts";
import type { Domains, Router } from "./router.ts";
import type { Token } from "./services.ts";
import type { Sessions } from "./sessions.ts";
import type { Change, Codec, DocumentStore, LogStore, MapStore } from "./storage.ts";

/** A store that an extension declares; the server opens it and empties it when the account goes. */
export type StoreShape<S> = {
  readonly shape: "document" | "map" | "log";
  readonly codec: Codec<unknown> | undefined;
  /** Carries the type; never set. */
  readonly store?: S;
};

export function documentStore<T>(codec?: Codec<T>): StoreShape<DocumentStore<T>> {
  return { shape: "document", codec: codec as Codec<unknown> | undefined };
}

export function mapStore<T>(codec?: Codec<T>): StoreShape<MapStore<T>> {
  return { shape: "map", codec: codec as Codec<unknown> | undefined };
}

export function logStore<T>(codec: Codec<T>): StoreShape<LogStore<T>> {
  return { shape: "log", codec: codec as Codec<unknown> };
}

export type Shapes = { readonly [name: string]: StoreShape<unknown> };
export type Stores<S extends Shapes> = {
  readonly [N in keyof S]: S[N] extends StoreShape<infer T> ? T : never;
};

export type Uses = { readonly [name: string]: Token<unknown> };
export type Used<U extends Uses> = { readonly [N in keyof U]: U[N] extends Token<infer T> ? T : never };

/** What an extension gets to work with. */
export interface ExtensionContext<O extends Options, S extends Shapes, U extends Uses> {
  /** As it is now: a reload changes what is in it, where the option's effect is not "restart". */
  readonly config: OptionValues<O>;
  /** The same with what `host_config` says about a host. */
  configOf(host: string): OptionValues<O>;
  readonly stores: Stores<S>;
  readonly uses: Used<U>;
  readonly world: World;
  readonly log: Log;
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly router: Router;
  readonly domains: Domains;
  readonly iq: IqRoutes;
  readonly rights: Rights;
  /** The version of the server. */
  readonly version: string;
  /** All features of what is loaded, of hosts or of accounts; complete after the start. */
  features(of?: "host" | "account"): readonly string[];
  on<V, Stage extends string>(point: HookPoint<V, Stage>, stage: NoInfer<Stage>, handler: Handler<V>): void;
  /** Runs a hook whose moment this extension knows; what a crash of a handler means is decided as everywhere. */
  run<V>(point: HookPoint<V, string>, value: V): Verdict | Promise<Verdict>;
  provide<T>(service: Token<T>, implementation: T): void;
  /** What is provided by now; for commands, which run after the start. What an extension cannot do without stands in `uses`. */
  find<T>(service: Token<T>): T | undefined;
  commit(batch: readonly Change[]): Promise<void>;
}

/** A feature, said once: what can be derived from this is derived (discovery, reference, stores, removal of an account's data). */
export interface Extension<O extends Options = Options, S extends Shapes = Shapes, U extends Uses = Uses> {
  /** Its short name: the file's, and that of its options. */
  readonly name: string;
  /** One sentence for the reference. */
  readonly doc: string;
  /** XEP number → version implemented. */
  readonly xeps: Readonly<Record<number, string>>;
  /** Advertised by the host while loaded (XEP-0030). */
  readonly features: readonly string[];
  /** Advertised by each account while loaded. */
  readonly accountFeatures?: readonly string[];
  readonly config?: O;
  readonly stores?: S;
  /** Loaded before; a missing provider stops the start and names both. */
  readonly uses?: U;
  readonly commands?: (context: ExtensionContext<O, S, U>) => readonly Command[];
  setup(context: ExtensionContext<O, S, U>): void;
}

/** Extensions of any options, stores and uses, for lists of them. */
// biome-ignore lint/suspicious/noExplicitAny: the three types meet only inside `extension`
export type AnyExtension = Extension<any, any, any>;

/** Declares an extension; only here for its types. */
export function extension<
  const O extends Options = Record<never, never>,
  const S extends Shapes = Record<never, never>,
  const U extends Uses = Record<never, never>,
>(definition: Extension<O, S, U>): Extension<O, S, U> {
  return definition;
}
