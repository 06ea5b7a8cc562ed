import type { IpNetwork } from "../base/ip-network.ts";
import type { Jid } from "../xmpp/jid.ts";
import type { Rate } from "./connection.ts";
import type { Path } from "./option-types.ts";

/** Somebody of whom rules are asked. */
export interface Person {
  /** Full or bare; a domain alone for somebody who has no account yet. */
  readonly account: Jid | undefined;
  /** Where it connects from; undefined where there is no such address. */
  readonly address: string | undefined;
}

/** A part of an address that is named, or described. */
export type Wanted = string | RegExp;

/** One condition on a person. */
export type Condition =
  | { readonly kind: "all" | "none" }
  | { readonly kind: "acl"; readonly name: string }
  /** `domain` undefined: on any host of this server. */
  | { readonly kind: "user"; readonly local: Wanted; readonly domain: Wanted | undefined }
  | { readonly kind: "server"; readonly domain: Wanted }
  | { readonly kind: "resource"; readonly resource: Wanted }
  | { readonly kind: "ip"; readonly network: IpNetwork };

/** True when one of them is. */
export type AnyOf = readonly Condition[];
/** True when each of them is. */
export type AllOf = readonly AnyOf[];

/** The first clause that holds decides. */
export type Clauses<T> = readonly { readonly value: T; readonly when: AllOf }[];

/** What a name in the configuration refers to. */
export type ReferenceKind = "acl" | "access_rule" | "shaper" | "shaper_rule" | "command" | "tag";

/** A name that stands in the configuration for something that is defined elsewhere. */
export interface Reference {
  readonly to: ReferenceKind;
  readonly name: string;
  readonly path: Path;
  readonly on: "name" | "value";
}

/** As it stands in the file, and the names in it. */
export interface Written {
  readonly written: unknown;
  readonly references: readonly Reference[];
}

export interface AccessList extends Written {
  readonly anyOf: AnyOf;
}

export interface AccessRule extends Written {
  readonly clauses: Clauses<boolean>;
}

/** How fast a client may send; "none" is without limit. */
export type Shaper = Rate | "none";

export interface ShaperRule extends Written {
  /** The name of a shaper, or a number of something, or no limit. */
  readonly clauses: Clauses<string | number>;
}

/** Who may run commands by a group of `api_permissions`: one of these holds. */
export interface WhoMayCall {
  readonly anyOf: AnyOf;
  /** Names of access rules, and rules that stand in place. */
  readonly access: readonly (string | Clauses<boolean>)[];
  /** For callers with a token, to whom only this applies. `scopes` undefined: any scope. */
  readonly oauth: readonly (Omit<WhoMayCall, "oauth"> & { readonly scopes: readonly string[] | undefined })[];
}

/** "*", a command or a tag. */
export type CommandPattern =
  | { readonly kind: "all" }
  | { readonly kind: "command"; readonly name: string }
  | { readonly kind: "tag"; readonly tag: string };

export const FRONTS = ["control", "http", "xmpp", "web"] as const;
/** Where a call comes in: the control socket belongs to who owns the data directory. */
export type Front = (typeof FRONTS)[number];

/** A group of `api_permissions`. */
export interface ApiPermission extends Written {
  /** Empty: all of them. */
  readonly from: readonly Front[];
  readonly who: WhoMayCall;
  readonly allowed: readonly CommandPattern[];
  readonly excepted: readonly CommandPattern[];
}

/** Everything that the configuration says about rights. */
export interface AccessSettings {
  readonly admins: readonly Jid[];
  readonly acl: ReadonlyMap<string, AccessList>;
  readonly access_rules: ReadonlyMap<string, AccessRule>;
  readonly shaper: ReadonlyMap<string, Shaper>;
  readonly shaper_rules: ReadonlyMap<string, ShaperRule>;
  readonly api_permissions: ReadonlyMap<string, ApiPermission>;
}

/** Names that are there without a definition. */
export const PREDEFINED: Readonly<Record<ReferenceKind, readonly string[]>> = {
  acl: ["all", "none", "admin"],
  access_rule: ["all", "none", "loopback"],
  shaper: ["none"],
  shaper_rule: ["none"],
  command: [],
  tag: [],
};
