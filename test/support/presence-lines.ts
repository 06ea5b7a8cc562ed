import { child, type Element } from "./stream-reader.ts";

/** A stanza in one line: roster pushes by their item, everything else by kind, type and addresses. */
export function line(element: Element): string {
  const { name, attributes } = element;
  const query = child(element, "query");
  if (name === "iq" && attributes["type"] === "set" && query?.ns === "jabber:iq:roster") {
    const item = child(query, "item")?.attributes ?? {};
    const parts = ["push", item["jid"], item["subscription"], item["ask"], item["approved"]];
    return parts.filter((part) => part !== undefined).join(" ");
  }
  return `${name} ${attributes["type"] ?? "available"} ${attributes["from"]} > ${attributes["to"]}`;
}

export function lines(elements: readonly Element[]): string[] {
  return elements.map(line);
}

/** The items of a roster result: address, name, subscription, groups. */
export function rosterItems(result: Element): string[] {
  const items = child(result, "query")?.nodes.filter((node) => typeof node !== "string") ?? [];
  return items.map(({ attributes, nodes }) => {
    const groups = nodes.flatMap((node) => (typeof node === "string" ? [] : node.nodes.join("")));
    return [attributes["jid"], attributes["name"] ?? "", attributes["subscription"], ...groups].join("|");
  });
}
