import type { World } from "../../base/world.ts";
import { StanzaError } from "../../xmpp/errors.ts";

/** Forms that wait to be filled in. */
const MOST = 1000;
const MOST_EACH = 20;
/** Milliseconds. */
const PATIENCE = 15 * 60_000;

interface Execution {
  /** Full JID of who asked. */
  readonly asker: string;
  readonly node: string;
  /** Monotonic. */
  readonly until: number;
}

/** Commands under way, by their session ids (XEP-0050 §2.4). */
export class Executions {
  readonly #world: Pick<World, "monotonic" | "random">;
  readonly #open = new Map<string, Execution>();

  constructor(world: Pick<World, "monotonic" | "random">) {
    this.#world = world;
  }

  /** The id of a new one. @throws StanzaError resource-constraint */
  begin(asker: string, node: string): string {
    this.#sweep();
    const mine = [...this.#open.values()].filter((execution) => execution.asker === asker);
    if (this.#open.size >= MOST || mine.length >= MOST_EACH) {
      throw new StanzaError("resource-constraint", { text: "Too many commands wait for their forms" });
    }
    const id = this.#world.random(12).toString("base64url");
    this.#open.set(id, { asker, node, until: this.#world.monotonic() + PATIENCE });
    return id;
  }

  has(id: string, asker: string, node: string): boolean {
    this.#sweep();
    const found = this.#open.get(id);
    return found !== undefined && found.asker === asker && found.node === node;
  }

  end(id: string): void {
    this.#open.delete(id);
  }

  /** The oldest come first. */
  #sweep(): void {
    const now = this.#world.monotonic();
    for (const [id, { until }] of this.#open) {
      if (until > now) return;
      this.#open.delete(id);
    }
  }
}
