import { decodeName, decodeValue } from "./decode.ts";
import type { ElementReader } from "./element-reader.ts";
import { IN_XML_NS, NOTE_SIZE } from "./notes.ts";
import { XML_NS } from "./reserved-namespaces.ts";
import type { StreamHeader } from "./stream-header.ts";
import { BINDING_SIZE } from "./workspace.ts";

/** Makes the header of a stream from its start tag, which `reader` has just read from `b`. */
export function readHeader(reader: ElementReader, b: Buffer): StreamHeader {
  const { start } = reader;
  const qualified = decodeName(b, start + 1, start + reader.nameEnd);
  const colon = qualified.indexOf(":");
  let ns = "";
  if (reader.ns >= 0) ns = decodeValue(b, start + reader.ns, start + reader.nsEnd);
  else if (reader.ns === IN_XML_NS) ns = XML_NS;
  return {
    name: qualified.slice(colon + 1),
    prefix: colon < 0 ? "" : qualified.slice(0, colon),
    ns,
    attributes: attributes(reader, b),
    ...declarations(reader, b),
  };
}

function attributes(reader: ElementReader, b: Buffer): ReadonlyMap<string, string> {
  const map = new Map<string, string>();
  const { start, notes: list } = reader;
  for (let at = 0; at < reader.attributeNotes; at += NOTE_SIZE) {
    map.set(
      decodeName(b, start + list[at]!, start + list[at + 1]!),
      decodeValue(b, start + list[at + 2]!, start + list[at + 3]!),
    );
  }
  return map;
}

function declarations(
  reader: ElementReader,
  b: Buffer,
): { contentNs: string; prefixes: Map<string, string> } {
  let contentNs = "";
  const prefixes = new Map<string, string>();
  for (let at = 0; at < reader.bindingCount * BINDING_SIZE; at += BINDING_SIZE) {
    const [prefix, prefixEnd, value, valueEnd] = reader.bindings.subarray(at, at + BINDING_SIZE);
    const ns = decodeValue(b, value!, valueEnd!);
    const name = decodeName(b, prefix!, prefixEnd!);
    if (name === "") contentNs = ns;
    else if (name !== "xml") prefixes.set(name, ns);
  }
  return { contentNs, prefixes };
}
