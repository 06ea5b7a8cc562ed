import { createHash, createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from "node:crypto";
import { dnsNames, endPointHash } from "./certificate.ts";

/** A certificate with its chain and key: what a TLS server presents. */
export interface Identity {
  readonly certificate: X509Certificate;
  /** PEM: the certificate, then its issuers as far as the files have them, without the root. */
  readonly chain: string;
  readonly key: string;
  /** dNSNames, lower case. */
  readonly names: readonly string[];
  /** tls-server-end-point, RFC 5929 §4.1. */
  readonly endPoint: Buffer | undefined;
  /** The file that the certificate stood in. */
  readonly file: string;
  readonly selfSigned: boolean;
}

export interface PemFile {
  readonly path: string;
  readonly text: string;
}

/** What is wrong with the certificate files, one sentence each, saying what to do. */
export class CertificateError extends Error {
  override readonly name = "CertificateError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}

interface FoundCertificate {
  readonly certificate: X509Certificate;
  readonly publicKey: string;
  readonly names: readonly string[];
  readonly endPoint: Buffer | undefined;
  readonly file: string;
}

interface FoundKey {
  readonly key: KeyObject;
  readonly publicKey: string;
  readonly file: string;
}

interface Found {
  readonly certificates: Map<string, FoundCertificate>;
  readonly keys: Map<string, FoundKey>;
  readonly problems: string[];
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g;
const LONGEST_CHAIN = 8;

function fingerprint(key: KeyObject): string {
  return createHash("sha256")
    .update(key.export({ type: "spki", format: "der" }))
    .digest("base64");
}

function readKey(found: Found, block: string, label: string, file: string): void {
  if (label.startsWith("ENCRYPTED") || block.includes("Proc-Type: 4,ENCRYPTED")) {
    found.problems.push(
      `The private key in ${file} is protected by a passphrase. Remove it (openssl pkey -in ${file} -out plain.pem) and protect the file by its mode instead.`,
    );
    return;
  }
  try {
    const key = createPrivateKey(block);
    const publicKey = fingerprint(createPublicKey(key));
    found.keys.set(publicKey, { key, publicKey, file });
  } catch (error) {
    found.problems.push(
      `The private key in ${file} cannot be read (${(error as Error).message}). Replace the file by an undamaged copy.`,
    );
  }
}

function readCertificate(found: Found, block: string, file: string): void {
  try {
    const certificate = new X509Certificate(block);
    const id = certificate.fingerprint256;
    if (found.certificates.has(id)) return;
    found.certificates.set(id, {
      certificate,
      publicKey: fingerprint(certificate.publicKey),
      names: dnsNames(certificate),
      endPoint: endPointHash(certificate),
      file,
    });
  } catch (error) {
    found.problems.push(
      `A certificate in ${file} cannot be read (${(error as Error).message}). Replace the file by an undamaged copy.`,
    );
  }
}

function readAll(files: readonly PemFile[]): Found {
  const found: Found = { certificates: new Map(), keys: new Map(), problems: [] };
  for (const { path, text } of files) {
    let any = false;
    for (const [block, label = ""] of text.matchAll(BLOCK)) {
      if (label.endsWith("PRIVATE KEY")) readKey(found, block, label, path);
      else if (label === "CERTIFICATE" || label === "TRUSTED CERTIFICATE")
        readCertificate(found, block, path);
      else continue;
      any = true;
    }
    if (!any) {
      found.problems.push(
        `${path} holds neither a certificate nor a private key in PEM form (-----BEGIN CERTIFICATE-----). Give PEM files; a DER or PKCS#12 file has to be converted with openssl.`,
      );
    }
  }
  return found;
}

function issuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

// checkIssued says no when the certificate's own key usage does not allow signing, which is right for a self-signed server.
function selfSigned(certificate: X509Certificate): boolean {
  return certificate.subject === certificate.issuer && certificate.verify(certificate.publicKey);
}

/** The issuers of `leaf` among all certificates, nearest first, without a root: clients have that themselves. */
function chainOf(leaf: X509Certificate, all: readonly FoundCertificate[]): X509Certificate[] {
  const chain = [leaf];
  for (let last = leaf; chain.length < LONGEST_CHAIN; ) {
    const next = all.find(({ certificate }) => !chain.includes(certificate) && issuedBy(last, certificate));
    if (next === undefined || selfSigned(next.certificate)) break;
    last = next.certificate;
    chain.push(last);
  }
  return chain;
}

function identity(leaf: FoundCertificate, key: FoundKey, all: readonly FoundCertificate[]): Identity {
  const { certificate, file } = leaf;
  return {
    certificate,
    chain: chainOf(certificate, all)
      .map((one) => one.toString())
      .join(""),
    key: key.key.export({ type: "pkcs8", format: "pem" }) as string,
    names: leaf.names,
    endPoint: leaf.endPoint,
    file,
    selfSigned: selfSigned(certificate),
  };
}

/**
 * Certificates with the keys that belong to them, found by public key; a file may hold anything in any order. Throws CertificateError when something is
 * unreadable or has no counterpart: a key without a certificate, a certificate of a server without a key.
 */
export function assembleIdentities(files: readonly PemFile[]): Identity[] {
  const found = readAll(files);
  const all = [...found.certificates.values()];
  const identities: Identity[] = [];
  for (const leaf of all) {
    const key = found.keys.get(leaf.publicKey);
    if (key !== undefined) identities.push(identity(leaf, key, all));
    else if (!leaf.certificate.ca && !isIssuer(leaf, all)) {
      found.problems.push(
        `The certificate in ${leaf.file} (${leaf.certificate.subjectAltName ?? leaf.certificate.subject}) has no private key among the configured files. Add the file of its key.`,
      );
    }
  }
  for (const key of found.keys.values()) {
    if (all.some((one) => one.publicKey === key.publicKey)) continue;
    found.problems.push(
      `The private key in ${key.file} belongs to none of the configured certificates. Add the file of its certificate, or remove this one.`,
    );
  }
  if (found.problems.length > 0) throw new CertificateError(found.problems);
  return identities;
}

function isIssuer(one: FoundCertificate, all: readonly FoundCertificate[]): boolean {
  return all.some((other) => other !== one && issuedBy(other.certificate, one.certificate));
}
