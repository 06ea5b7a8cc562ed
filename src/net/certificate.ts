import { createHash, type X509Certificate } from "node:crypto";
import { domainToASCII } from "node:url";
import { type DerValue, readObjectIdentifier, readValues, TAG } from "./der.ts";

const SUBJECT_ALT_NAME = "2.5.29.17";
const RSASSA_PSS = "1.2.840.113549.1.1.10";

/** Hash of each signature algorithm, as RFC 5929 §4.1 wants it: SHA-256 in place of MD5 and SHA-1. */
const SIGNATURE_HASH: ReadonlyMap<string, string> = new Map([
  ["1.2.840.113549.1.1.4", "sha256"], // md5WithRSAEncryption
  ["1.2.840.113549.1.1.5", "sha256"], // sha1WithRSAEncryption
  ["1.2.840.113549.1.1.11", "sha256"],
  ["1.2.840.113549.1.1.12", "sha384"],
  ["1.2.840.113549.1.1.13", "sha512"],
  ["1.2.840.113549.1.1.14", "sha224"],
  ["1.2.840.10045.4.1", "sha256"], // ecdsa-with-SHA1
  ["1.2.840.10045.4.3.1", "sha224"],
  ["1.2.840.10045.4.3.2", "sha256"],
  ["1.2.840.10045.4.3.3", "sha384"],
  ["1.2.840.10045.4.3.4", "sha512"],
]);

/** Hash algorithms by themselves, as they stand in the parameters of RSASSA-PSS. */
const HASH: ReadonlyMap<string, string> = new Map([
  ["1.3.14.3.2.26", "sha256"], // SHA-1
  ["2.16.840.1.101.3.4.2.1", "sha256"],
  ["2.16.840.1.101.3.4.2.2", "sha384"],
  ["2.16.840.1.101.3.4.2.3", "sha512"],
  ["2.16.840.1.101.3.4.2.4", "sha224"],
]);

/** Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signature } */
function parts(certificate: X509Certificate): [DerValue, DerValue] {
  const outer = readValues(certificate.raw)[0]!;
  const [tbs, algorithm] = readValues(outer.content);
  return [tbs!, algorithm!];
}

function signatureHash(algorithm: DerValue): string | undefined {
  const [identifier, parameters] = readValues(algorithm.content);
  const name = readObjectIdentifier(identifier!.content);
  if (name !== RSASSA_PSS) return SIGNATURE_HASH.get(name);
  // RSASSA-PSS-params ::= SEQUENCE { [0] hashAlgorithm DEFAULT sha1, … } (RFC 4055 §3.1)
  const hash = parameters && readValues(parameters.content).find((value) => value.tag === 0xa0);
  if (hash === undefined) return "sha256";
  const inner = readValues(readValues(hash.content)[0]!.content)[0]!;
  return HASH.get(readObjectIdentifier(inner.content));
}

/** The tls-server-end-point value of a certificate (RFC 5929 §4.1); undefined where it is not defined (Ed25519: no hash of its own). */
export function endPointHash(certificate: X509Certificate): Buffer | undefined {
  const hash = signatureHash(parts(certificate)[1]);
  return hash === undefined ? undefined : createHash(hash).update(certificate.raw).digest();
}

/** The dNSName entries of the subjectAltName, lower case, in order. The common name does not count (RFC 6125 §6.4.4). */
export function dnsNames(certificate: X509Certificate): string[] {
  const tbs = readValues(parts(certificate)[0].content);
  const extensions = tbs.find((value) => value.tag === 0xa3);
  if (extensions === undefined) return [];
  const names: string[] = [];
  for (const extension of readValues(readValues(extensions.content)[0]!.content)) {
    const [identifier, ...rest] = readValues(extension.content);
    if (readObjectIdentifier(identifier!.content) !== SUBJECT_ALT_NAME) continue;
    const value = rest.find((item) => item.tag === TAG.octetString)!;
    for (const name of readValues(readValues(value.content)[0]!.content)) {
      if (name.tag === 0x82) names.push(name.content.toString("latin1").toLowerCase());
    }
  }
  return names;
}

/** A host as it stands in certificates and in SNI: A-labels, lower case, no dot at the end. */
export function asciiHost(host: string): string {
  const trimmed = host.endsWith(".") ? host.slice(0, -1) : host;
  return /^[\x20-\x7e]*$/.test(trimmed) ? trimmed.toLowerCase() : domainToASCII(trimmed);
}

/** Whether a dNSName covers a host: equal, or `*` as the whole left-most label (RFC 6125 §6.4.3). Both as `asciiHost` gives them. */
export function covers(name: string, host: string): boolean {
  if (name === host) return host !== "";
  if (!name.startsWith("*.")) return false;
  const dot = host.indexOf(".");
  return dot > 0 && host.slice(dot) === name.slice(1) && name.indexOf(".", 2) > 0;
}
