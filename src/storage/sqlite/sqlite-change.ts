import type { Change, Owner } from "../../kernel/storage.ts";
import type { Jid } from "../../xmpp/jid.ts";
import type { AddressBook } from "./address-book.ts";
import type { Packer } from "./packer.ts";
import { op, type StoreRow } from "./protocol.ts";

/** A change that a store of this driver made. */
export abstract class SqliteChange implements Change {
  readonly row: StoreRow;
  /** The storage that it belongs to. */
  readonly origin: object;
  readonly code: number;

  constructor(origin: object, row: StoreRow, code: number) {
    this.origin = origin;
    this.row = row;
    this.code = code;
  }

  get store(): string {
    return this.row.name;
  }

  pack(into: Packer, addresses: AddressBook): void {
    into.u8(this.code);
    into.u16(this.row.id);
    this.packRest(into, addresses);
  }

  protected abstract packRest(into: Packer, addresses: AddressBook): void;
}

/** Documents and maps: owner, and as the change needs them name and value. */
export class ValueChange extends SqliteChange {
  readonly #owner: Jid;
  readonly #name: string | undefined;
  readonly #value: Uint8Array | undefined;

  constructor(origin: object, row: StoreRow, code: number, owner: Jid, name?: string, value?: Uint8Array) {
    super(origin, row, code);
    this.#owner = owner;
    this.#name = name;
    this.#value = value;
  }

  protected override packRest(into: Packer, addresses: AddressBook): void {
    into.u32(addresses.handle(this.#owner));
    if (this.#name !== undefined) into.text(this.#name);
    if (this.#value !== undefined) into.bytes(this.#value);
  }
}

export class AppendChange extends SqliteChange {
  readonly #owners: readonly Owner[];
  readonly #key: number;
  readonly #value: Uint8Array;

  constructor(origin: object, row: StoreRow, owners: readonly Owner[], key: number, value: Uint8Array) {
    super(origin, row, op.logAppend);
    this.#owners = owners;
    this.#key = key;
    this.#value = value;
  }

  protected override packRest(into: Packer, addresses: AddressBook): void {
    into.f64(this.#key);
    into.u16(this.#owners.length);
    for (const { owner, with: peer } of this.#owners) {
      into.u32(addresses.handle(owner));
      into.u32(addresses.handle(peer));
    }
    into.bytes(this.#value);
  }
}

export class TrimChange extends SqliteChange {
  readonly #owner: Jid;
  readonly #newest: number;
  readonly #since: number;

  constructor(origin: object, row: StoreRow, owner: Jid, newest: number, since: number) {
    super(origin, row, op.logTrim);
    this.#owner = owner;
    this.#newest = newest;
    this.#since = since;
  }

  protected override packRest(into: Packer, addresses: AddressBook): void {
    into.u32(addresses.handle(this.#owner));
    into.f64(this.#newest);
    into.f64(this.#since);
  }
}

export class RemoveChange extends SqliteChange {
  readonly #owner: Jid;
  readonly #peer: Jid | undefined;
  readonly #keys: readonly number[] | undefined;

  constructor(
    origin: object,
    row: StoreRow,
    owner: Jid,
    peer: Jid | undefined,
    keys: readonly number[] | undefined,
  ) {
    super(origin, row, keys === undefined ? op.logRemoveAll : op.logRemoveKeys);
    this.#owner = owner;
    this.#peer = peer;
    this.#keys = keys;
  }

  protected override packRest(into: Packer, addresses: AddressBook): void {
    into.u32(addresses.handle(this.#owner));
    into.u32(this.#peer === undefined ? 0 : addresses.handle(this.#peer));
    if (this.#keys === undefined) return;
    into.u32(this.#keys.length);
    for (const key of this.#keys) into.f64(key);
  }
}
