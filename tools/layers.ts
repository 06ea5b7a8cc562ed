/** One folder of `src/` and what it may import. This table is the architecture: `check-layers.ts` holds the code to it. */
export interface Layer {
  readonly name: string;
  readonly home: string;
  readonly imports: readonly string[];
  /** Its files and folders are strangers to each other, but for these. */
  readonly members?: { readonly shared: readonly string[] };
}

const vocabulary = ["base", "xml", "xmpp", "kernel"];

export const layers: readonly Layer[] = [
  {
    name: "base",
    home: "world (clock, chance, timers), deadlines, bounded cache, log line; nothing about XMPP",
    imports: [],
  },
  { name: "xml", home: "streaming scanner with its limits, lazy element, writer", imports: ["base"] },
  {
    name: "xmpp",
    home: "vocabulary: addresses, stanzas, payloads, errors",
    imports: ["base", "xml"],
  },
  {
    name: "kernel",
    home: "contracts and what declares them: hooks, extension, options, commands, storage, router, sessions",
    imports: ["base", "xml", "xmpp"],
  },
  {
    name: "storage",
    home: "the three shapes on memory and SQLite, and the suite that every driver passes",
    imports: ["base", "xmpp", "kernel"],
    members: { shared: ["contract"] },
  },
  {
    name: "cluster",
    home: "what nodes say to each other; `local` answers in process",
    imports: ["base", "xmpp", "kernel"],
    members: { shared: ["contract"] },
  },
  {
    name: "net",
    home: "listeners, sockets, TLS, certificates: bytes in, bytes out",
    imports: ["base", "kernel"],
  },
  { name: "http", home: "the HTTP server and its routes", imports: vocabulary },
  { name: "auth", home: "SASL mechanisms and account back ends", imports: ["base", "xmpp", "kernel"] },
  {
    name: "streams",
    home: "one state machine for each kind of stream: negotiation, binding",
    imports: vocabulary,
  },
  { name: "routing", home: "the delivery tree, iq routes, sessions, delivery", imports: vocabulary },
  { name: "admin", home: "the commands by subject, and their front ends", imports: vocabulary },
  {
    name: "extensions",
    home: "a file for each XEP or feature, a folder where it has several concerns",
    imports: vocabulary,
    members: { shared: [] },
  },
  {
    name: "server",
    home: "composes: configuration, load order, start, reload, stop",
    imports: [
      ...vocabulary,
      "storage",
      "cluster",
      "net",
      "http",
      "auth",
      "streams",
      "routing",
      "admin",
      "extensions",
    ],
  },
  { name: "cli", home: "`tercet` and `tercetctl`", imports: ["base", "kernel", "server"] },
];

/** Folders outside `src/` and what they may import: `src` itself, and each other. */
export const surroundings: ReadonlyMap<string, readonly string[]> = new Map([
  ["test/support", ["src"]],
  ["test/stories", ["test/support"]],
  ["test/conformance", ["src", "test/support"]],
  // Rows wait for what is not there yet, so that they have to see what is.
  ["test/attacks", ["src", "test/support", "tools/source-tree.ts"]],
  ["test/interop/expat", ["src/xml", "test/support"]],
  ["test/interop", ["test/support"]],
  ["test/faults", ["src", "test/support"]],
  // The server looks for what was built under the same hash.
  ["web", ["src/server/web-sources.ts"]],
  ["bench", ["src", "test/support"]],
  // The generators read what the code declares, and what is tested case by case.
  ["tools", ["src", "test/conformance"]],
  ["examples", ["src/server"]],
]);

/** 0 for a layer that imports nothing, else one above the highest that it imports. Throws on a circle or an unknown name. */
export function rankOf(
  name: string,
  table: readonly Layer[] = layers,
  above: readonly string[] = [],
): number {
  const layer = table.find((one) => one.name === name);
  if (layer === undefined) throw new Error(`${above.at(-1) ?? "the table"} names the unknown layer ${name}`);
  if (above.includes(name)) throw new Error(`layers in a circle: ${[...above, name].join(" → ")}`);
  return layer.imports.reduce((rank, below) => Math.max(rank, 1 + rankOf(below, table, [...above, name])), 0);
}

/** The layers as rows, the highest first. */
export function rowsOf(table: readonly Layer[] = layers): readonly (readonly Layer[])[] {
  const rows: Layer[][] = [];
  for (const layer of table) {
    const rank = rankOf(layer.name, table);
    rows[rank] ??= [];
    rows[rank].push(layer);
  }
  return rows.toReversed();
}

const columnWidth = 11;

function center(text: string, width: number): string {
  const left = Math.floor((width - text.length) / 2);
  return " ".repeat(Math.max(left, 0)) + text;
}

function rail(columns: number, ends: readonly [string, string, string], middle: string): string {
  const half = Math.floor(columnWidth / 2);
  const line = ["─".repeat(half * 2 + 1)];
  const joined = Array.from({ length: columns - 1 }, () => line[0]).join(ends[1]);
  const text = [...`${ends[0]}${joined}${ends[2]}`];
  const at = Math.floor(text.length / 2);
  text[at] = text[at] === ends[1] ? "┼" : middle;
  return " ".repeat(half) + text.join("");
}

/** The table as a drawing in text: imports go downwards only, layers of one row are strangers to each other. */
export function drawing(table: readonly Layer[] = layers): string {
  const rows = rowsOf(table);
  const width = Math.max(...rows.map((row) => row.length)) * (columnWidth + 1);
  const out: string[] = [];
  rows.forEach((row, at) => {
    if (row.length > 1) {
      out.push(rail(row.length, ["┌", "┬", "┐"], "┴"));
      out.push(
        row
          .map((layer) => center(layer.name, columnWidth + 1).padEnd(columnWidth + 1))
          .join("")
          .trimEnd(),
      );
      out.push(rail(row.length, ["└", "┴", "┘"], "┬"));
      return;
    }
    if (at > 0 && rows[at - 1]!.length === 1) out.push(center("│", width));
    out.push(center(row[0]!.name, width));
  });
  return out.join("\n");
}

/** The table as Markdown. */
export function tableText(table: readonly Layer[] = layers): string {
  const lines = table.map((layer) => {
    const imports = layer.imports.map((name) => name).join(", ") || "nothing";
    return `| \`src/${layer.name}/\` | ${layer.home} | ${imports} |`;
  });
  return ["| folder | what lives there | may import |", "|---|---|---|", ...lines].join("\n");
}
