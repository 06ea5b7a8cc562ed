import type { Slot } from "../../kernel/sessions.ts";

/** What extensions keep of one session. */
export class SessionState {
  #values: Map<string, { readonly slot: Slot<unknown>; readonly value: unknown }> | undefined = undefined;
  /** What was saved before a restart and nobody has asked for since. */
  #saved: Map<string, unknown> | undefined = undefined;

  static restored(saved: Readonly<Record<string, unknown>>): SessionState {
    const state = new SessionState();
    state.#saved = new Map(Object.entries(saved));
    return state;
  }

  get<T>(slot: Slot<T>): T {
    this.#values ??= new Map();
    const found = this.#values.get(slot.name);
    if (found !== undefined) return found.value as T;
    const saved = this.#saved?.get(slot.name);
    this.#saved?.delete(slot.name);
    const value = saved === undefined || slot.load === undefined ? slot.create() : slot.load(saved);
    this.#values.set(slot.name, { slot: slot as Slot<unknown>, value });
    return value;
  }

  /** What is to survive a restart, by the names of the slots. */
  save(): Readonly<Record<string, unknown>> {
    const all: Record<string, unknown> = Object.fromEntries(this.#saved ?? []);
    for (const [name, { slot, value }] of this.#values ?? []) {
      const saved = slot.save?.(value);
      if (saved !== undefined) all[name] = saved;
    }
    return all;
  }
}
