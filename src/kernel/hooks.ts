import type { StanzaError } from "../xmpp/errors.ts";
import type { Outcome } from "./outcomes.ts";

/** A point where extensions take part. The stages are the order, written once, where the point is declared. */
export interface HookPoint<V, S extends string> {
  readonly name: string;
  readonly stages: readonly S[];
  /** Carries the type; never set. */
  readonly value?: V;
}

/** `hook<Passage>()("stanza-to-account", "guard", "rewrite")`. */
export function hook<V>(): <S extends string>(name: string, ...stages: S[]) => HookPoint<V, S> {
  return (name, ...stages) => ({ name, stages });
}

/** The end of a value's way through a hook: nobody after this handler sees it, and `outcome` is its fate. */
export class Drop {
  readonly outcome: Outcome;
  constructor(outcome: Outcome) {
    this.outcome = outcome;
  }
}

/** undefined goes on; a Drop ends; a thrown StanzaError is the answer. A promise is awaited, and only then is anything asynchronous. */
export type Handler<V> = (value: V) => HandlerResult | Promise<HandlerResult>;
// biome-ignore lint/suspicious/noConfusingVoidType: a handler may just end
type HandlerResult = Drop | undefined | void;

/** What running a hook came to; `undefined` when every handler let the value pass. */
export type Verdict = Drop | StanzaError | undefined;

/** Turns what a handler threw into a verdict; the stage decides what a crash means (architecture: Order). */
export type CrashPolicy = (error: unknown, stage: string, extension: string) => Verdict;

interface Entry {
  readonly stage: string;
  readonly extension: string;
  readonly handle: Handler<never>;
}

/** The bus: which handlers take part at which point, ordered by stage and within a stage by load order. */
export class Hooks {
  readonly #entries = new Map<string, Entry[]>();

  on<V, S extends string>(
    point: HookPoint<V, S>,
    stage: NoInfer<S>,
    extension: string,
    handle: Handler<V>,
  ): void {
    const rank = (entry: Entry): number => point.stages.indexOf(entry.stage as S);
    const entry: Entry = { stage, extension, handle: handle as Handler<never> };
    const list = [...(this.#entries.get(point.name) ?? []), entry];
    // Array.prototype.sort is stable: within a stage, load order stays.
    list.sort((left, right) => rank(left) - rank(right));
    this.#entries.set(point.name, list);
  }

  run<V>(point: HookPoint<V, string>, value: V, onCrash: CrashPolicy): Verdict | Promise<Verdict> {
    const list = this.#entries.get(point.name);
    return list === undefined ? undefined : runFrom(list, 0, value, onCrash);
  }
}

/** Synchronous until a handler returns a promise. */
function runFrom<V>(
  list: readonly Entry[],
  start: number,
  value: V,
  onCrash: CrashPolicy,
): Verdict | Promise<Verdict> {
  for (let index = start; index < list.length; index++) {
    const entry = list[index]!;
    try {
      const result = (entry.handle as Handler<V>)(value);
      if (result instanceof Promise) {
        return result.then(
          (late) => late ?? runFrom(list, index + 1, value, onCrash),
          (error: unknown) =>
            onCrash(error, entry.stage, entry.extension) ?? runFrom(list, index + 1, value, onCrash),
        );
      }
      if (result !== undefined) return result;
    } catch (error) {
      const verdict = onCrash(error, entry.stage, entry.extension);
      if (verdict !== undefined) return verdict;
    }
  }
  return undefined;
}
