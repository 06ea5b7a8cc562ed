import { RawStream } from "../support/raw-stream.ts";
import { authenticate, bind, type Element, Romeo } from "../support/romeo.ts";
import type { TestServer } from "../support/server.ts";

/** States before a resource is bound. */
export type EarlyState = "clear" | "tls" | "secure" | "unbound";

const EARLY: ReadonlySet<string> = new Set(["clear", "tls", "secure", "unbound"]);

export function isEarly(as: string): as is EarlyState {
  return EARLY.has(as);
}

/** One who takes part in a case: a connection in some state. */
export class Actor {
  readonly name: string;
  readonly stream: RawStream;
  /** There once a resource is bound. */
  readonly client: Romeo | undefined;

  private constructor(name: string, stream: RawStream, client?: Romeo) {
    this.name = name;
    this.stream = stream;
    this.client = client;
  }

  /** In the state or with the account that a row names. */
  static async enter(server: TestServer, as: string, resource = "m"): Promise<Actor> {
    if (as === "clear") return new Actor(as, await RawStream.connect(server.port, server.host));
    if (!isEarly(as)) {
      const client = await Romeo.login(server, as, { resource });
      return new Actor(as, client.stream, client);
    }
    const stream = await RawStream.connectTls(server.tlsPort, server.host);
    if (as !== "tls") await open(stream);
    if (as === "unbound") {
      await authenticate(stream, "mal", "secret");
      await open(stream);
    }
    return new Actor(as, stream);
  }

  /** Everything that was sent is handled; what has come and nobody claimed. */
  async sync(): Promise<Element[]> {
    if (this.client !== undefined && !this.stream.gone && !this.stream.finished) return this.client.sync();
    return this.stream.takeAll();
  }
}

async function open(stream: RawStream): Promise<void> {
  await stream.open();
  await stream.next();
}

/** A stream that is ready to bind, for rows written as code. */
export async function loggedIn(server: TestServer, user: string): Promise<RawStream> {
  const stream = await RawStream.connectTls(server.tlsPort, server.host);
  await open(stream);
  await authenticate(stream, user, "secret");
  await open(stream);
  return stream;
}

export { bind };
