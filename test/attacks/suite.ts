import { test } from "node:test";
import { type Driver, drivers } from "../support/server.ts";
import { Arena } from "./arena.ts";
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

function title(row: Row, { name, steps }: Case, index: number): string {
  const send = steps.flatMap((step) =>
    step.send.map((piece) => (typeof piece === "string" ? piece : piece.repeat)),
  );
  return `${row.id}.${index + 1} ${row.attack}: ${name === "" ? send.join("").slice(0, 80) : name}`;
}

/** A test for each case of the rows of these sections, on servers that rows with the same options share. */
export function suite(sections: string): void {
  const settings = new Map<
    string,
    { readonly driver: Driver; readonly configuration: string; readonly rows: Row[] }
  >();
  for (const row of readRows(sections)) {
    for (const driver of row.drivers.filter((one) => drivers().includes(one))) {
      const key = `${driver} ${row.configuration}`;
      const setting = settings.get(key) ?? { driver, configuration: row.configuration, rows: [] };
      settings.set(key, setting);
      setting.rows.push(row);
    }
  }
  for (const { rows, ...setting } of settings.values()) {
    test(`${rows.map(({ id }) => id).join(" ")} (${setting.driver})`, async (t) => {
      await using arena = await Arena.open(setting);
      for (const row of rows) {
        for (const [index, one] of row.cases.entries()) {
          await t.test(title(row, one, index), () => within(arena, row, () => play(arena, one)));
        }
        for (const name of row.code) {
          await t.test(`${row.id} ${row.attack}: ${name}`, () =>
            within(arena, row, () => codes.get(name)!(arena)),
          );
        }
      }
    });
  }
}
