import type { World } from "./world.ts";

/** How late an action may come, milliseconds. */
const TICK = 1000;

/** Many deadlines with one timer: each is at most a tick late. One deadline for each owner. */
export class Deadlines {
  readonly #world: World;
  readonly #entries = new Map<object, { readonly at: number; readonly action: () => void }>();
  readonly #cancel: () => void;

  constructor(world: World) {
    this.#world = world;
    this.#cancel = world.every(TICK, () => this.#sweep());
  }

  /** Replaces what was set for this owner. */
  set(owner: object, milliseconds: number, action: () => void): void {
    this.#entries.set(owner, { at: this.#world.monotonic() + milliseconds, action });
  }

  has(owner: object): boolean {
    return this.#entries.has(owner);
  }

  clear(owner: object): void {
    this.#entries.delete(owner);
  }

  close(): void {
    this.#cancel();
    this.#entries.clear();
  }

  #sweep(): void {
    const now = this.#world.monotonic();
    for (const [owner, { at, action }] of this.#entries) {
      if (at > now) continue;
      this.#entries.delete(owner);
      action();
    }
  }
}
