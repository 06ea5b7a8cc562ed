import assert from "node:assert/strict";
import { test } from "node:test";
import { parseClientFinal, parseClientFirst } from "./scram-messages.ts";

test("a client-first-message comes apart as RFC 5802 §7 says", () => {
  assert.deepEqual(parseClientFirst("n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL"), {
    flag: { kind: "n" },
    authzid: undefined,
    username: "user",
    nonce: "fyko+d2lbbFgONRv9qkxdawL",
    gs2Header: "n,,",
    bare: "n=user,r=fyko+d2lbbFgONRv9qkxdawL",
  });
  assert.deepEqual(parseClientFirst("p=tls-exporter,a=a=3Db=2Cc@h,n=ü=2C=3D,r=!~,x=optional,Y=a=b"), {
    flag: { kind: "p", type: "tls-exporter" },
    authzid: "a=b,c@h",
    username: "ü,=",
    nonce: "!~",
    gs2Header: "p=tls-exporter,a=a=3Db=2Cc@h,",
    bare: "n=ü=2C=3D,r=!~,x=optional,Y=a=b",
  });
  assert.deepEqual(parseClientFirst("y,,n=u,r=1")?.flag, { kind: "y" });
});

const BAD_FIRST: Readonly<Record<string, string>> = {
  empty: "",
  "no GS2 header": "n=user,r=abc",
  "no second comma": "n,n=user,r=abc",
  "unknown flag": "x,,n=user,r=abc",
  "flag in capitals": "N,,n=user,r=abc",
  "binding without a type": "p=,,n=user,r=abc",
  "a type with a character of its own": "p=tls_exporter,,n=user,r=abc",
  "the prefix for mechanisms that are not standard": "F,n,,n=user,r=abc",
  "authzid without text": "n,a=,n=user,r=abc",
  "authzid with a bad escape": "n,a=a=2cb,n=user,r=abc",
  "another attribute in the place of authzid": "n,b=user,n=user,r=abc",
  "mandatory extension": "n,,m=ext,n=user,r=abc",
  "mandatory extension behind": "n,,n=user,r=abc,m=ext",
  "no username": "n,,r=abc",
  "empty username": "n,,n=,r=abc",
  "username twice": "n,,n=user,n=user,r=abc",
  "bare equals sign": "n,,n=us=er,r=abc",
  "equals sign at the end": "n,,n=user=,r=abc",
  "escape in small letters": "n,,n=us=2cer,r=abc",
  "escape of something else": "n,,n=us=41er,r=abc",
  "NUL in the username": "n,,n=us\0er,r=abc",
  "no nonce": "n,,n=user",
  "empty nonce": "n,,n=user,r=",
  "nonce twice": "n,,n=user,r=abc,r=abc",
  "nonce before username": "n,,r=abc,n=user",
  "space in the nonce": "n,,n=user,r=a bc",
  "nonce beyond ASCII": "n,,n=user,r=äbc",
  "nonce too long": `n,,n=user,r=${"a".repeat(513)}`,
  "iteration count from the client": "n,,n=user,r=abc,i=1",
  "salt from the client": "n,,n=user,r=abc,s=QQ==",
  "extension twice": "n,,n=user,r=abc,x=1,x=2",
  "extension without value": "n,,n=user,r=abc,x=",
  "extension with a long name": "n,,n=user,r=abc,xy=1",
  "extension with NUL": "n,,n=user,r=abc,x=\0",
  "comma at the end": "n,,n=user,r=abc,",
  "too many extensions": `n,,n=user,r=abc,${[..."bdfghjklo"].map((name) => `${name}=1`).join(",")}`,
};

for (const [name, message] of Object.entries(BAD_FIRST))
  test(`refused in a client-first-message: ${name}`, () => {
    assert.equal(parseClientFirst(message), undefined);
  });

test("a client-final-message comes apart as RFC 5802 §7 says", () => {
  assert.deepEqual(parseClientFinal("c=biws,r=abc,x=1,p=AAECAw=="), {
    binding: Buffer.from("n,,"),
    nonce: "abc",
    proof: Buffer.from([0, 1, 2, 3]),
    withoutProof: "c=biws,r=abc,x=1",
  });
});

const BAD_FINAL: Readonly<Record<string, string>> = {
  empty: "",
  "no proof": "c=biws,r=abc",
  "no channel binding": "r=abc,p=AAAA",
  "wrong order": "r=abc,c=biws,p=AAAA",
  "proof before the end": "c=biws,p=AAAA,r=abc",
  "something behind the proof": "c=biws,r=abc,p=AAAA,x=1",
  "channel binding twice": "c=biws,c=biws,r=abc,p=AAAA",
  "nonce twice": "c=biws,r=abc,r=abc,p=AAAA",
  "proof twice": "c=biws,r=abc,p=AAAA,p=AAAA",
  "iteration count from the client": "c=biws,r=abc,i=1,p=AAAA",
  "mandatory extension": "c=biws,r=abc,m=1,p=AAAA",
  "empty channel binding": "c=,r=abc,p=AAAA",
  "empty proof": "c=biws,r=abc,p=",
  "channel binding without padding": "c=bg,r=abc,p=AAAA",
  "padding bits that are not zero": "c=biws,r=abc,p=AB==",
  "space in the proof": "c=biws,r=abc,p=AA AA",
  "empty nonce": "c=biws,r=,p=AAAA",
};

for (const [name, message] of Object.entries(BAD_FINAL))
  test(`refused in a client-final-message: ${name}`, () => {
    assert.equal(parseClientFinal(message), undefined);
  });
