import type { Level } from "../base/log.ts";
import type { AccessSettings } from "../kernel/access.ts";
import type { Options, OptionValues } from "../kernel/options.ts";
import type { XmlLimits } from "../xml/limits.ts";
import type { HostValues } from "./configuration-hosts.ts";

/** Names are those of the configuration file. Sizes are bytes, durations milliseconds. */
export interface XmlLimitOptions {
  readonly bytes: number;
  readonly elements: number;
  readonly depth: number;
  readonly attributes: number;
  readonly namespaces: number;
  readonly name_bytes: number;
  readonly value_bytes: number;
}

export interface BeforeLoginLimits extends XmlLimitOptions {
  /** Bytes a second. */
  readonly rate: number;
  readonly burst: number;
  readonly output: number;
  readonly tls_timeout: number;
  readonly login_timeout: number;
  readonly form_timeout: number;
  readonly login_attempts: number;
  readonly connections_per_address: number;
}

export interface ClientLimits extends XmlLimitOptions {
  readonly rate: number;
  readonly burst: number;
  readonly output: number;
  readonly stanza_timeout: number;
  readonly silence_timeout: number;
  readonly answer_timeout: number;
  readonly resume_timeout: number;
  readonly unacknowledged: number;
  readonly unacknowledged_bytes: number;
  readonly resources: number;
  readonly pending_messages: number;
}

export interface Limits {
  readonly before_login: BeforeLoginLimits;
  readonly client: ClientLimits;
  readonly connections_per_address: number;
  readonly new_connections_per_second: number;
  readonly new_connections_at_once: number;
  readonly waiting_connections: number;
}

export interface ListenerOptions {
  readonly enabled: boolean;
  readonly port: number;
  readonly addresses: readonly string[];
  readonly access: string;
  readonly shaper: string | undefined;
}

export type WebListenerOptions = Omit<ListenerOptions, "shaper">;

export interface ListenOptions {
  readonly addresses: readonly string[];
  readonly client: ListenerOptions;
  readonly client_tls: ListenerOptions;
  readonly http: WebListenerOptions;
  readonly https: WebListenerOptions;
}

export interface HttpOptions {
  readonly names: readonly string[];
  readonly requests_per_second: number;
  readonly requests_at_once: number;
  readonly metrics: string;
}

/** What the options of the file become; without the extensions'. */
export interface ServerValues extends AccessSettings {
  readonly hosts: readonly string[];
  readonly certificates: readonly string[];
  readonly data: string;
  readonly storage: "sqlite" | "memory";
  readonly listen: ListenOptions;
  readonly http: HttpOptions;
  readonly log: { readonly level: Level; readonly format: "auto" | "text" | "json" };
  readonly limits: Limits;
  readonly allow_unencrypted_loopback: boolean;
}

export interface AllValues extends ServerValues {
  readonly host_config: ReadonlyMap<string, HostValues>;
  readonly extensions: { readonly [name: string]: OptionValues<Options> };
}

/** The limits as the scanner takes them. */
export function xmlLimits(values: XmlLimitOptions): XmlLimits {
  return {
    bytes: values.bytes,
    elements: values.elements,
    depth: values.depth,
    attributes: values.attributes,
    namespaces: values.namespaces,
    nameBytes: values.name_bytes,
    valueBytes: values.value_bytes,
  };
}
