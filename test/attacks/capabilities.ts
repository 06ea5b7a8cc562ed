import { readFileSync } from "node:fs";
import { join } from "node:path";
import { configurationOptions } from "../../src/server/configuration-options.ts";
import { extensions } from "../../src/server/extensions.ts";
import { filesUnder } from "../../tools/source-tree.ts";
import { RawStream } from "../support/raw-stream.ts";
import { authenticate, child, type Element, Romeo, text } from "../support/romeo.ts";
import { TestServer } from "../support/server.ts";

/** A row, or a part of one, about something that is not there yet. */
export interface Deferred {
  readonly id: string;
  /** Missing when it is all of the row. */
  readonly part?: string;
  /** One of these is enough: `feature`, `mechanism`, `listener`, `extension`, `command`, `package` or `path`, and its name. */
  readonly waitsFor: readonly string[];
}

const root = join(import.meta.dirname, "../..");

export function readDeferred(): readonly Deferred[] {
  return JSON.parse(readFileSync(join(import.meta.dirname, "deferred.json"), "utf8")) as Deferred[];
}

/** What there is, each kind by its names. */
export type Capabilities = ReadonlyMap<string, ReadonlySet<string>>;

/** What a server has, as it says itself, and what the repository has. */
export async function capabilities(): Promise<Capabilities> {
  const server = await TestServer.start({ driver: "memory", accounts: ["asker"] });
  try {
    const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      dependencies: Readonly<Record<string, string>>;
    };
    const { schema } = configurationOptions(extensions).listen.type;
    const listeners = schema as {
      readonly properties: Readonly<Record<string, unknown>>;
    };
    const { out } = await server.command("help");
    return new Map<string, ReadonlySet<string>>([
      ...(await offered(server)),
      ["listener", new Set(Object.keys(listeners.properties))],
      ["extension", new Set(extensions.map(({ name }) => name))],
      ["command", new Set(out.match(/\b[a-z_]{3,}\b/g))],
      ["package", new Set(Object.keys(dependencies))],
      ["path", new Set(filesUnder(root, ["src", "web"], [""]))],
    ]);
  } finally {
    await server.stop();
  }
}

/** Features of streams before and after login and of service discovery, and mechanisms. */
async function offered(server: TestServer): Promise<readonly (readonly [string, ReadonlySet<string>])[]> {
  const features = new Set<string>(
    extensions.flatMap((extension) => [...extension.features, ...(extension.accountFeatures ?? [])]),
  );
  const stream = await RawStream.connectTls(server.tlsPort, server.host);
  await stream.open();
  const before = await stream.next();
  await authenticate(stream, "asker", "secret");
  await stream.open();
  const after = await stream.next();
  stream.destroy();
  const asker = await Romeo.login(server, "asker");
  const info = await asker.ask("get", "<query xmlns='http://jabber.org/protocol/disco#info'/>", server.host);
  for (const list of [before, after, child(info, "query")]) {
    for (const one of elements(list)) features.add(one.attributes["var"] ?? one.ns);
  }
  const mechanisms = elements(child(before, "mechanisms")).map(text);
  return [
    ["feature", features],
    ["mechanism", new Set(mechanisms)],
  ];
}

function elements(parent: Element | undefined): readonly Element[] {
  return (parent?.nodes ?? []).filter((node) => typeof node !== "string");
}

/** Whether what a deferred row waits for is there. @throws when it names a kind that there is not */
export function isThere(wanted: string, there: Capabilities): boolean {
  const space = wanted.indexOf(" ");
  const [kind, name] = [wanted.slice(0, space), wanted.slice(space + 1)];
  const names = there.get(kind);
  if (names === undefined || name === "") throw new Error(`"${wanted}" is no capability`);
  if (kind === "path") return [...names].some((path) => path.startsWith(name));
  return names.has(name);
}
