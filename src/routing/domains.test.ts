import assert from "node:assert/strict";
import { test } from "node:test";
import { hostsOf } from "../../test/support/hosts.ts";
import type { DomainOwner } from "../kernel/router.ts";
import { StanzaError } from "../xmpp/errors.ts";
import { Jid } from "../xmpp/jid.ts";
import { Stanza } from "../xmpp/stanza.ts";
import { DomainTable, noForeignDomains } from "./domains.ts";

const stanza = Stanza.of("message", {});
const owner = (): DomainOwner => ({ deliver: () => "delivered" });
const notFound = (error: unknown): boolean =>
  error instanceof StanzaError && error.condition === "remote-server-not-found";

test("a served subdomain has its owner, another one of ours is an error, the rest goes abroad", () => {
  const foreign = owner();
  const rooms = owner();
  const table = new DomainTable(hostsOf("example.org", "example.net"), foreign);
  table.serve("conference.example.org", rooms);
  assert.equal(table.owner(Jid.parse("room@conference.example.org")!), rooms);
  assert.equal(table.owner(Jid.parse("example.com")!), foreign);
  assert.equal(table.owner(Jid.parse("notexample.org")!), foreign);
  assert.equal(table.owner(Jid.parse("org")!), foreign);
  for (const address of ["pubsub.example.org", "a.b.example.net", "x.conference.example.org"]) {
    assert.throws(() => table.owner(Jid.parse(address)!).deliver(stanza), notFound);
  }
});

test("without a way to other servers every foreign domain is not found", () => {
  assert.throws(() => noForeignDomains.deliver(stanza), notFound);
});

test("a domain has one owner", () => {
  const table = new DomainTable(hostsOf("example.org"), owner());
  assert.throws(() => table.serve("example.org", owner()), /has an owner/);
  table.serve("conference.example.org", owner());
  table.serve("a.b.example.org", owner());
  table.serve("notexample.org", owner());
  assert.deepEqual(table.services("example.org"), ["a.b.example.org", "conference.example.org"]);
  assert.throws(() => table.serve("conference.example.org", owner()), /has an owner/);
});
