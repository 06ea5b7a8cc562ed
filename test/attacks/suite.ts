import { after, test } from "node:test";
import { type Driver, drivers } from "../support/server.ts";
import { Arena, type Setting } from "./arena.ts";
import { codes } from "./code.ts";
import { play } from "./play.ts";
import { type Case, type Row, readRows } from "./row.ts";

/** Runs something of a row, and then the invariants. */
async function within(arena: Arena, row: Row, attack: () => Promise<void>): Promise<void> {
  try {
    await arena.ensure(...row.accounts);
    await attack();
    await arena.settle(/^[CI]/.test(row.id));
  } catch (error) {
    await arena.recover();
    throw error;
  }
}

function title(row: Row, { name, steps }: Case, index: number, driver: Driver): string {
  const send = steps.flatMap((step) =>
    step.send.map((piece) => (typeof piece === "string" ? piece : piece.repeat)),
  );
  return `${row.id}.${index + 1} ${row.attack}: ${name === "" ? send.join("").slice(0, 80) : name} (${driver})`;
}

/** Rows that share a server. */
class Group {
  readonly rows: Row[] = [];
  readonly #setting: Setting;
  #arena: Promise<Arena> | undefined;

  constructor(setting: Setting) {
    this.#setting = setting;
  }

  /** Each case is a test by itself, so that each has its own time. */
  tests(): void {
    const { driver } = this.#setting;
    for (const row of this.rows) {
      for (const [index, one] of row.cases.entries()) {
        test(title(row, one, index, driver), async () => {
          const arena = await this.#open();
          await within(arena, row, () => play(arena, one));
        });
      }
      for (const name of row.code) {
        test(`${row.id} ${row.attack}: ${name} (${driver})`, async () => {
          const arena = await this.#open();
          await within(arena, row, () => codes.get(name)!(arena));
        });
      }
    }
    after(async () => (await this.#arena)?.[Symbol.asyncDispose]());
  }

  #open(): Promise<Arena> {
    this.#arena ??= Arena.open(this.#setting);
    return this.#arena;
  }
}

/** A test for each case of the rows of these sections, on servers that rows with the same options share. */
export function suite(sections: string): void {
  const groups = new Map<string, Group>();
  for (const row of readRows(sections)) {
    for (const driver of row.drivers.filter((one) => drivers().includes(one))) {
      const { configuration } = row;
      const key = `${driver} ${configuration}`;
      const group = groups.get(key) ?? new Group({ driver, configuration });
      groups.set(key, group);
      group.rows.push(row);
    }
  }
  for (const group of groups.values()) group.tests();
}
