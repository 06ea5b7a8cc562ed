import assert from "node:assert/strict";
import { test } from "node:test";
import { SteppedWorld } from "../../../test/support/stepped-world.ts";
import { SetupLink } from "./setup-link.ts";

test("a link works once", () => {
  const setup = new SetupLink(new SteppedWorld());
  assert.equal(setup.isOpen, false);
  assert.equal(setup.claim(""), undefined);
  const token = setup.make();
  assert.match(token, /^[\w-]{22}$/);
  assert.equal(setup.isOpen, true);
  for (const wrong of ["", token.slice(1), `${token} `, token.toUpperCase()])
    assert.equal(setup.claim(wrong), undefined, wrong);
  setup.claim(token)!.done();
  assert.equal(setup.isOpen, false);
  assert.equal(setup.claim(token), undefined);
});

test("while somebody uses it nobody else can; what came to nothing can be tried again", () => {
  const setup = new SetupLink(new SteppedWorld());
  const token = setup.make();
  const claim = setup.claim(token)!;
  assert.equal(setup.claim(token), undefined);
  claim.release();
  assert.ok(setup.claim(token));
});

test("it works for a quarter of an hour", () => {
  const world = new SteppedWorld();
  const setup = new SetupLink(world);
  const token = setup.make();
  world.pass(15 * 60_000 - 1);
  assert.equal(setup.isOpen, true);
  world.pass(1);
  assert.equal(setup.isOpen, false);
  assert.equal(setup.claim(token), undefined);
});

test("a new link takes the place of the one before, and is not ended by its use", () => {
  const setup = new SetupLink(new SteppedWorld());
  const old = setup.make();
  const claim = setup.claim(old)!;
  const token = setup.make();
  assert.equal(setup.claim(old), undefined);
  claim.done();
  assert.ok(setup.claim(token));
});
