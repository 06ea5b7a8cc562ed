import { once } from "node:events";
import { StringDecoder } from "node:string_decoder";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { type WebSocket, WebSocketServer } from "ws";
import { type Element, escapeXml, StreamReader, serialize, text } from "../support/stream-reader.ts";
import type { ServerUnderTest } from "./servers.ts";

const framing = "urn:ietf:params:xml:ns:xmpp-framing";

/**
 * Lets a client that speaks only WebSocket (RFC 7395) reach a server that has only TCP: each WebSocket gets a stream over direct
 * TLS, `<open/>` and `<close/>` become stream headers and closing tags and the other way round, all else goes through.
 */
export async function startWebSocketBridge(
  server: ServerUnderTest,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const listener = new WebSocketServer({ host: "127.0.0.1", port: 0, handleProtocols: () => "xmpp" });
  await once(listener, "listening");
  listener.on("connection", (client) => bridge(client, server));
  const { port } = listener.address() as { port: number };
  return {
    url: `ws://127.0.0.1:${port}/`,
    async close() {
      for (const client of listener.clients) client.terminate();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}

function bridge(client: WebSocket, server: ServerUnderTest): void {
  const stream = connectTls({
    host: "127.0.0.1",
    port: server.tlsPort,
    servername: server.domain,
    ca: server.certificate,
    ALPNProtocols: ["xmpp-client"],
  });
  let reader: StreamReader | undefined;
  const decoder = new StringDecoder("utf8");
  stream.on("data", (chunk: Buffer) => reader?.write(decoder.write(chunk)));
  stream.on("close", () => client.close());
  stream.on("error", (error) => client.close(1011, error.message.slice(0, 100)));
  client.on("close", () => stream.destroy());
  client.on("message", (data) => {
    const frame = String(data);
    if (/^<open[\s/>]/.test(frame)) {
      // RFC 7395 §3.4: also a restart is a new <open/>.
      reader = outgoing(client);
      open(stream, frame);
    } else if (/^<close[\s/>]/.test(frame)) stream.write("</stream:stream>");
    else stream.write(frame);
  });
}

/** RFC 7395 §3.3: every frame towards the client is a document of its own. */
function outgoing(client: WebSocket): StreamReader {
  return new StreamReader({
    opened: ({ attributes }) => client.send(serialize({ name: "open", ns: framing, attributes, nodes: [] })),
    element: (element) => client.send(serialize(withoutChannelBinding(element))),
    closed: () => {
      client.send(`<close xmlns="${framing}"/>`);
      client.close();
    },
    failed: (error) => client.close(1007, error.message.slice(0, 100)),
  });
}

/** What the server offers holds for the bridge's own TLS, which the client is not on: it could not bind to it. */
function withoutChannelBinding(element: Element): Element {
  if (element.name !== "features") return element;
  const keep = (node: Element | string): boolean =>
    typeof node === "string" || (node.name !== "sasl-channel-binding" && !text(node).endsWith("-PLUS"));
  const nodes = element.nodes
    .filter(keep)
    .map((node) => (typeof node === "string" ? node : { ...node, nodes: node.nodes.filter(keep) }));
  return { ...element, nodes };
}

function open(stream: TLSSocket, frame: string): void {
  let header: Element | undefined;
  const ignore = (): void => undefined;
  new StreamReader({
    opened: (element) => {
      header = element;
    },
    element: ignore,
    closed: ignore,
    failed: ignore,
  }).write(frame);
  const attributes = Object.entries(header?.attributes ?? {}).map(
    ([name, value]) => ` ${name}="${escapeXml(value)}"`,
  );
  stream.write(
    `<stream:stream xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams"${attributes.join("")}>`,
  );
}
