import type { Command } from "../kernel/commands.ts";
import type { AnyExtension, ExtensionContext, StoreShape } from "../kernel/extension.ts";
import type { CrashPolicy, Hooks } from "../kernel/hooks.ts";
import { defaults, type Options, type OptionValues } from "../kernel/options.ts";
import { ServiceRegistry, type Token } from "../kernel/services.ts";
import { type Change, jsonCodec, type Storage } from "../kernel/storage.ts";
import type { Jid } from "../xmpp/jid.ts";
import { guardedWorld } from "./guarded-world.ts";

type Context = ExtensionContext<Options, Record<never, never>, Record<never, never>>;

/** What every extension gets alike. */
export type CommonContext = Pick<
  Context,
  "world" | "log" | "accounts" | "sessions" | "router" | "domains" | "iq" | "rights" | "version"
>;

/** By host and name of the extension: the options that are said for the host. */
export type HostOptions = ReadonlyMap<string, ReadonlyMap<string, OptionValues<Options>>>;

/** A declared store, as far as the end of an account concerns it. */
interface AccountStore {
  removal(account: Jid): Change;
}

/** Brings the extensions up, in the order of the list, and knows what follows from what they declare. */
export class ExtensionLoader {
  readonly services: ServiceRegistry = new ServiceRegistry();
  readonly #hooks: Hooks;
  readonly #storage: Storage;
  readonly #onCrash: CrashPolicy;
  readonly #common: CommonContext;
  readonly #loaded: AnyExtension[] = [];
  /** The objects that extensions hold, and what stands above them for single hosts, both by name. */
  readonly #configs = new Map<string, OptionValues<Options>>();
  #hostOptions: HostOptions = new Map();
  readonly #stores: AccountStore[] = [];
  readonly #commandList: Command[] = [];
  /** What `features` has put together since the last extension was loaded. */
  readonly #features = new Map<string, readonly string[]>();

  constructor(hooks: Hooks, onCrash: CrashPolicy, storage: Storage, common: CommonContext) {
    this.#hooks = hooks;
    this.#onCrash = onCrash;
    this.#storage = storage;
    this.#common = common;
  }

  /** In ascending order, each once; the same list as long as nothing is loaded. */
  features(of: "host" | "account" = "host"): readonly string[] {
    const known = this.#features.get(of);
    if (known !== undefined) return known;
    const names = this.#loaded.flatMap(({ features, accountFeatures = [] }) =>
      of === "host" ? features : accountFeatures,
    );
    const list = [...new Set<string>(names)].sort();
    this.#features.set(of, list);
    return list;
  }

  get commands(): readonly Command[] {
    return this.#commandList;
  }

  /** @throws when a service that it uses is not provided by one loaded before */
  load(extension: AnyExtension, config: OptionValues<Options> | undefined): void {
    const context = this.#context(extension, config ?? defaults((extension.config ?? {}) as Options));
    this.#loaded.push(extension);
    this.#features.clear();
    extension.setup(context);
    this.#commandList.push(...((extension.commands?.(context) as readonly Command[] | undefined) ?? []));
  }

  /** New options for what is loaded, without those that take effect at a restart; `hosts` for single hosts. */
  use(options: ReadonlyMap<string, OptionValues<Options>>, hosts: HostOptions): void {
    for (const [name, config] of this.#configs) Object.assign(config, options.get(name));
    this.#hostOptions = hosts;
  }

  /** Everything that declared stores hold of an account, as changes that remove it. */
  removal(account: Jid): readonly Change[] {
    return this.#stores.map((store) => store.removal(account));
  }

  #context(extension: AnyExtension, options: OptionValues<Options>): Context {
    const { name } = extension;
    const config = { ...options };
    this.#configs.set(name, config);
    const log = this.#common.log.with({ extension: name });
    const context: Omit<Context, "stores" | "uses"> = {
      ...this.#common,
      world: guardedWorld(this.#common.world, log),
      log,
      config,
      configOf: (host) => {
        const own = this.#hostOptions.get(host)?.get(name);
        return own === undefined ? config : { ...config, ...own };
      },
      features: (of) => this.features(of),
      on: (point, stage, handler) => this.#hooks.on(point, stage, name, handler),
      run: (point, value) => this.#hooks.run(point, value, this.#onCrash),
      find: (service) => this.services.find(service),
      provide: (service, implementation) => this.services.provide(service, implementation),
      commit: (batch) => this.#storage.commit(batch),
    };
    // The declaration gives these two their types; here they are records of whatever it names.
    return { ...context, stores: this.#openStores(extension), uses: this.#resolve(extension) } as Context;
  }

  #openStores(extension: AnyExtension): Record<string, unknown> {
    const opened: Record<string, unknown> = {};
    const shapes = (extension.stores ?? {}) as Record<string, StoreShape<unknown>>;
    for (const [store, { shape, codec }] of Object.entries(shapes)) {
      opened[store] = this.#open(storeName(extension.name, store), shape, codec ?? jsonCodec<unknown>());
    }
    return opened;
  }

  #open(
    name: string,
    shape: StoreShape<unknown>["shape"],
    codec: NonNullable<StoreShape<unknown>["codec"]>,
  ): unknown {
    switch (shape) {
      case "document": {
        const store = this.#storage.document(name, codec);
        this.#stores.push({ removal: (account) => store.remove(account) });
        return store;
      }
      case "map": {
        const store = this.#storage.map(name, codec);
        this.#stores.push({ removal: (account) => store.removeAll(account) });
        return store;
      }
      default: {
        const store = this.#storage.log(name, codec);
        this.#stores.push({ removal: (account) => store.remove(account) });
        return store;
      }
    }
  }

  #resolve(extension: AnyExtension): Record<string, unknown> {
    const found: Record<string, unknown> = {};
    for (const [key, token] of Object.entries((extension.uses ?? {}) as Record<string, Token<unknown>>)) {
      found[key] = this.services.find(token);
      if (found[key] === undefined) {
        throw new Error(
          `the extension ${extension.name} needs ${token.name}, which nothing loaded before it provides`,
        );
      }
    }
    return found;
  }
}

/** `roster` of the extension `roster` is just that; `items` of it is `roster-items`. */
function storeName(extension: string, store: string): string {
  return extension === store ? extension : `${extension}-${store}`;
}
