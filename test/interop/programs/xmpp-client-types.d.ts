// @xmpp/client ships no types; this is the part that the program uses.
declare module "@xmpp/client" {
  export interface XmlElement {
    readonly attrs: Readonly<Record<string, string>>;
    is(name: string, ns?: string): boolean;
    getChildText(name: string): string | null;
  }
  export interface Entity {
    readonly jid: { toString(): string } | null;
    readonly socket: { readonly socket?: { getProtocol?(): string | null } } | null;
    readonly iqCaller: { request(iq: XmlElement, milliseconds?: number): Promise<XmlElement> };
    readonly reconnect: { stop(): void };
    timeout: number;
    start(): Promise<{ toString(): string }>;
    stop(): Promise<void>;
    send(element: XmlElement): Promise<void>;
    on(event: "stanza", listener: (stanza: XmlElement) => void): void;
    on(event: "error", listener: (error: Error) => void): void;
  }
  export type Authenticate = (
    credentials: { readonly username: string; readonly password: string },
    mechanism: string,
  ) => Promise<void>;
  export function client(options: {
    readonly service: string;
    readonly domain: string;
    readonly resource: string;
    readonly credentials: (
      authenticate: Authenticate,
      mechanisms: readonly string[],
      fast: null,
      entity: Entity,
    ) => Promise<void>;
  }): Entity;
  export function xml(
    name: string,
    attributes?: Readonly<Record<string, string>>,
    ...children: readonly (XmlElement | string)[]
  ): XmlElement;
}
