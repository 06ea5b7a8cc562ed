/** One thing that is measured. */
export interface Benchmark {
  readonly name: string;
  /** Does it so many times. */
  run(count: number): void | Promise<void>;
  /** When nothing is measured any more. */
  end?(): Promise<void>;
}

/** A module of the checkout that is measured, by its path from the root. The type is that of the module here. */
export type Load = <Module>(path: string) => Promise<Module>;

/** What a file of benchmarks exports. */
export interface BenchmarkFile {
  benchmarks(load: Load): Promise<readonly Benchmark[]>;
}

/** 389 bytes: a chat message as clients write it. */
export const CHAT: string =
  "<message to='romeo@montague.example/orchard' from='juliet@capulet.example/balcony' type='chat' id='5b1cd2f0-8f6e-4b7a-9a37-0d4f4a1f6f3e'>" +
  "<body>Wherefore art thou, Romeo? Deny thy father and refuse thy name.</body>" +
  "<active xmlns='http://jabber.org/protocol/chatstates'/><request xmlns='urn:xmpp:receipts'/>" +
  "<origin-id xmlns='urn:xmpp:sid:0' id='5b1cd2f0-8f6e-4b7a-9a37-0d4f4a1f6f'/></message>";
