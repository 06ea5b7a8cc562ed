import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { test } from "node:test";
import { ask, conditionOf } from "../../test/support/asking.ts";
import { HOST, InProcess } from "../../test/support/in-process.ts";
import { type FeatureOffer, streamFeatures } from "../kernel/points.ts";
import { type Element, element } from "../xml/element.ts";
import { type Capabilities, verification } from "./caps.ts";

const FORM = "jabber:x:data";
const INFO = "http://jabber.org/protocol/disco#info";

const field = (name: string, type: string | undefined, ...values: string[]): Element =>
  element("field", FORM, { var: name, type }, ...values.map((value) => element("value", FORM, {}, value)));

const FEATURES = [
  "http://jabber.org/protocol/muc",
  "http://jabber.org/protocol/disco#items",
  "http://jabber.org/protocol/caps",
  "http://jabber.org/protocol/disco#info",
];

/** XEP-0115 §5.2. */
const simple: Capabilities = {
  identities: [{ category: "client", type: "pc", name: "Exodus 0.9.1" }],
  features: FEATURES,
  forms: [],
};

/** XEP-0115 §5.3, everything in another order. */
const complex: Capabilities = {
  identities: [
    { category: "client", type: "pc", lang: "en", name: "Psi 0.11" },
    { category: "client", type: "pc", lang: "el", name: "Ψ 0.11" },
  ],
  features: FEATURES,
  forms: [
    element(
      "x",
      FORM,
      { type: "result" },
      field("software_version", undefined, "0.11"),
      field("os", undefined, "Mac"),
      field("ip_version", "text-multi", "ipv6", "ipv4"),
      field("FORM_TYPE", "hidden", "urn:xmpp:dataforms:softwareinfo"),
      field("software", undefined, "Psi"),
      field("os_version", undefined, "10.5.1"),
    ),
  ],
};

// §5.1: i;octet, which is neither the alphabet nor the order of UTF-16.
test("parts are sorted by their octets", () => {
  const features = ["urn:\u{10000}", "urn:\ufffd", "urn:é", "urn:z", "urn:b", "urn:B"];
  const sorted = "urn:B<urn:b<urn:z<urn:é<urn:\ufffd<urn:\u{10000}<";
  assert.equal(verification({ identities: [], features, forms: [] }), hash("sha1", sorted, "base64"));
});

test("the examples of XEP-0115 §5.2 and §5.3", () => {
  assert.equal(verification(simple), "QgayPKawpkPSDYmwT/WM94uAlu0=");
  assert.equal(verification(complex), "q07IKJEyjvHSyhy//CH0CxmKi8w=");
});

test("a form without a hidden FORM_TYPE does not count", () => {
  for (const type of [undefined, "text-single"]) {
    const form = element("x", FORM, {}, field("FORM_TYPE", type, "urn:a"), field("b", undefined, "c"));
    assert.equal(verification({ ...simple, forms: [form] }), verification(simple));
  }
});

test("sorting is by octets, identities by their parts", () => {
  const sorted = (features: readonly string[]): string => verification({ ...simple, features });
  // As UTF-16, U+FF5E would come behind U+1F600.
  assert.equal(sorted(["\u{1f600}", "\uff5e"]), "dMDjTR8J3IioW7Lt+Mxtr61CwR0=");
  const identities = [
    { category: "a", type: "x" },
    { category: "a-b", type: "x" },
  ];
  const backwards = identities.toReversed();
  assert.equal(
    verification({ identities: backwards, features: [], forms: [] }),
    "DMGnBGc0Z78xbQqz/qhzJf5jVTs=",
  );
});

async function offered(server: InProcess, phase: FeatureOffer["phase"]): Promise<Element | undefined> {
  const offer: FeatureOffer = { host: HOST, phase, remoteAddress: "127.0.0.1", features: [] };
  await server.core.hooks.run(streamFeatures, offer, () => undefined);
  return offer.features.find(({ name }) => name === "c");
}

test("the node of the stream feature has the answer that it stands for", async () => {
  const server = new InProcess({ accounts: ["romeo"] });
  assert.equal(await offered(server, "before-login"), undefined);
  const feature = (await offered(server, "after-login"))!;
  assert.equal(feature.attr("hash"), "sha-1");
  const node = `${feature.attr("node")}#${feature.attr("ver")}`;
  const romeo = await server.login(`romeo@${HOST}/a`);
  const whole = (await ask(romeo, "get", `<query xmlns='${INFO}'/>`, HOST)).child("query", INFO)!;
  const same = (await ask(romeo, "get", `<query xmlns='${INFO}' node='${node}'/>`, HOST)).child(
    "query",
    INFO,
  )!;
  assert.equal(same.attr("node"), node);
  assert.deepEqual(same.children, whole.children);
  const shown = (name: string): Element[] => same.elements().filter((child) => child.name === name);
  assert.equal(
    verification({
      identities: shown("identity").map((one) => ({
        category: one.attr("category")!,
        type: one.attr("type")!,
        name: one.attr("name")!,
      })),
      features: shown("feature").map((one) => one.attr("var")!),
      forms: [],
    }),
    feature.attr("ver"),
  );
  const other = await ask(romeo, "get", `<query xmlns='${INFO}' node='${node}x'/>`, HOST);
  assert.equal(conditionOf(other), "item-not-found");
});
