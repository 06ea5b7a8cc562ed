import assert from "node:assert/strict";
import { resolve } from "node:path";
import { test } from "node:test";
import { banner } from "./banner.ts";

const ready = {
  version: "0.1.0",
  hosts: ["localhost"],
  dataDirectory: resolve("data"),
  configurationFile: undefined,
  listeners: [
    { service: "client", port: 5222 },
    { service: "client", port: 5222 },
    { service: "client-tls", port: 5223 },
    { service: "http", port: 5280 },
  ],
  firstLogin: "http://localhost:5280/admin/setup#2f8",
  startedMs: 412,
};

test("the first contact", () => {
  assert.equal(
    banner(ready, resolve("bin")),
    `Tercet 0.1.0 is ready in 0.4 s: localhost, data in ./data

  XMPP       localhost:5222 (STARTTLS), localhost:5223 (TLS)
  Web admin  http://localhost:5280/admin
             first login: http://localhost:5280/admin/setup#2f8  (once, within 15 minutes)
  HTTP API   http://localhost:5280/api/openapi.json
  Commands   bin/tercetctl register alice localhost      bin/tercetctl help

`,
  );
});

test("who has an administrator gets no link", () => {
  assert.doesNotMatch(banner({ ...ready, firstLogin: undefined }, resolve("bin")), /first login/);
});

test("with a configuration elsewhere, two hosts and one listener", () => {
  const other = {
    ...ready,
    hosts: ["example.org", "example.net"],
    dataDirectory: "/var/lib/tercet",
    configurationFile: "/etc/tercet/tercet.yml",
    listeners: [{ service: "client-tls", port: 443 }],
  };
  const text = banner(other, "/usr/bin");
  assert.match(
    text,
    /: example\.org, example\.net, data in \/var\/lib\/tercet, configuration in \/etc\/tercet\/tercet\.yml\n/,
  );
  assert.match(text, /XMPP {7}example\.org:443 \(TLS\)\n/);
  assert.match(text, /\/usr\/bin\/tercetctl register alice example\.org/);
});

test("with its data elsewhere, the commands say where, and can be typed as they stand", () => {
  const text = banner({ ...ready, dataDirectory: resolve("my data") }, resolve("my bin"));
  assert.match(
    text,
    /\n {2}Commands {3}'my bin\/tercetctl' --data '\.\/my data' register alice localhost\n {13}'my bin\/tercetctl' --data '\.\/my data' help\n/,
  );
});
