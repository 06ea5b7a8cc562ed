// XEP-0115: Entity Capabilities
import { hash } from "node:crypto";
import { type AnyExtension, extension } from "../kernel/extension.ts";
import { streamFeatures } from "../kernel/points.ts";
import { discovery } from "../kernel/services.ts";
import { type Element, element } from "../xml/element.ts";

const CAPS = "http://jabber.org/protocol/caps";
const FORM = "jabber:x:data";

/** §4: a URI that stands for this program. */
const PROGRAM = "urn:uuid:56a2027f-9bdb-4b1e-a253-647d6c60a73b";

/** What an answer to disco#info says. */
export interface Capabilities {
  readonly identities: readonly {
    readonly category: string;
    readonly type: string;
    readonly lang?: string;
    readonly name?: string;
  }[];
  readonly features: readonly string[];
  /** XEP-0128, complete `<x/>` elements. */
  readonly forms: readonly Element[];
}

/** §5.1: the collation i;octet. */
function byOctets(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

function byParts(left: readonly string[], right: readonly string[]): number {
  const at = left.findIndex((part, index) => part !== right[index]);
  return at < 0 ? 0 : byOctets(left[at]!, right[at]!);
}

function values(field: Element): string[] {
  return field.elements().flatMap(({ name, text }) => (name === "value" ? [text] : []));
}

/** FORM_TYPE and, behind it, the form's part of S; undefined for a form that does not count (§5.4, 3.6). */
function formText(form: Element): { readonly type: string; readonly text: string } | undefined {
  const fields = form.elements().filter(({ name, ns }) => name === "field" && ns === FORM);
  const formType = fields.find((field) => field.attr("var") === "FORM_TYPE");
  if (formType === undefined || formType.attr("type") !== "hidden") return undefined;
  const type = values(formType)[0] ?? "";
  const parts = fields
    .filter((field) => field !== formType)
    .map((field) => ({ name: field.attr("var") ?? "", values: values(field).sort(byOctets) }))
    .sort((left, right) => byOctets(left.name, right.name))
    .flatMap(({ name, values }) => [name, ...values]);
  return { type, text: [type, ...parts].map((part) => `${part}<`).join("") };
}

/** The verification string with SHA-1, §5.1. */
export function verification({ identities, features, forms }: Capabilities): string {
  const parts = [
    ...identities
      .map(({ category, type, lang = "", name = "" }) => [category, type, lang, name])
      .sort(byParts)
      .map((identity) => identity.join("/")),
    ...[...features].sort(byOctets),
  ];
  const formTexts = forms
    .map(formText)
    .filter((form) => form !== undefined)
    .sort((left, right) => byOctets(left.type, right.type));
  const text = parts.map((part) => `${part}<`).join("") + formTexts.map((form) => form.text).join("");
  return hash("sha1", text, "base64");
}

const NOTHING: Capabilities = { identities: [], features: [], forms: [] };

export const caps: AnyExtension = extension({
  name: "caps",
  doc: "Saves clients the question what this server can do (XEP-0115).",
  xeps: { 115: "1.6.0" },
  features: [CAPS],
  uses: { discovery },
  setup({ on, uses }) {
    const host = uses.discovery;
    let known: Capabilities & { readonly ver: string } = { ...NOTHING, ver: verification(NOTHING) };
    // Each login asks, and there is hardly ever anything new.
    const current = (): string => {
      const { identities } = host;
      const features = host.features();
      const forms = host.forms();
      const same = features === known.features && identities === known.identities;
      if (
        !same ||
        forms.length !== known.forms.length ||
        forms.some((form, at) => form !== known.forms[at])
      ) {
        const ver = verification({ identities, features, forms });
        known = { identities, features, forms, ver };
      }
      return known.ver;
    };
    host.addNodes((node) => (node === `${PROGRAM}#${current()}` ? host : undefined));
    // §6.3. Who has not logged in learns nothing of it.
    on(streamFeatures, "collect", ({ phase, features }) => {
      if (phase !== "after-login") return;
      features.push(element("c", CAPS, { hash: "sha-1", node: PROGRAM, ver: current() }));
    });
  },
});
