import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import {
  bitString,
  boolean,
  explicit,
  implicit,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  TAG,
  tagged,
  time,
  utf8String,
} from "../../src/net/der.ts";

const DAY = 86_400_000;

/** Signature algorithms by what they are called in OpenSSL. */
const ALGORITHMS = {
  "ecdsa-with-SHA256": { oid: "1.2.840.10045.4.3.2", hash: "sha256", key: "ec" },
  "ecdsa-with-SHA384": { oid: "1.2.840.10045.4.3.3", hash: "sha384", key: "ec" },
  "ecdsa-with-SHA1": { oid: "1.2.840.10045.4.1", hash: "sha1", key: "ec" },
  sha512WithRSAEncryption: { oid: "1.2.840.113549.1.1.13", hash: "sha512", key: "rsa" },
  ED25519: { oid: "1.3.101.112", hash: undefined, key: "ed25519" },
} as const;

export interface TestCertificate {
  readonly name: string;
  readonly certificate: string;
  readonly key: string;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
  readonly algorithm: keyof typeof ALGORITHMS;
}

export interface TestCertificateOptions {
  readonly name: string;
  /** dNSNames. */
  readonly hosts?: readonly string[];
  /** Itself if not given. */
  readonly issuer?: TestCertificate;
  readonly authority?: boolean;
  readonly algorithm?: keyof typeof ALGORITHMS;
  /** Milliseconds since 1970. */
  readonly notAfter?: number;
  /** The key of this one instead of a new one. */
  readonly keyOf?: TestCertificate;
}

function keyPair(kind: "ec" | "rsa" | "ed25519"): { publicKey: KeyObject; privateKey: KeyObject } {
  if (kind === "rsa") return generateKeyPairSync("rsa", { modulusLength: 2048 });
  if (kind === "ed25519") return generateKeyPairSync("ed25519");
  return generateKeyPairSync("ec", { namedCurve: "prime256v1" });
}

function distinguishedName(name: string): Buffer {
  return sequence(tagged(TAG.set, sequence(objectIdentifier("2.5.4.3"), utf8String(name))));
}

/** A certificate as an authority would make it. */
export function issue(options: TestCertificateOptions): TestCertificate {
  const algorithm = options.algorithm ?? "ecdsa-with-SHA256";
  const pair = options.keyOf ?? keyPair(ALGORITHMS[algorithm].key);
  const issuer = options.issuer ?? { ...pair, name: options.name, algorithm };
  const { oid, hash } = ALGORITHMS[issuer.algorithm];
  const names = (options.hosts ?? []).map((host) => implicit(2, Buffer.from(host)));
  const authority = options.authority ? sequence(boolean(true)) : sequence();
  const extensions = [
    sequence(objectIdentifier("2.5.29.19"), boolean(true), octetString(authority)),
    ...(names.length === 0 ? [] : [sequence(objectIdentifier("2.5.29.17"), octetString(sequence(...names)))]),
  ];
  const end = options.notAfter ?? Date.now() + 365 * DAY;
  const tbs = sequence(
    explicit(0, integer(Buffer.of(2))),
    integer(randomBytes(8)),
    sequence(objectIdentifier(oid)),
    distinguishedName(issuer.name),
    sequence(time(Math.min(Date.now(), end) - DAY), time(end)),
    distinguishedName(options.name),
    pair.publicKey.export({ type: "spki", format: "der" }),
    explicit(3, sequence(...extensions)),
  );
  const der = sequence(
    tbs,
    sequence(objectIdentifier(oid)),
    bitString(sign(hash ?? null, tbs, issuer.privateKey)),
  );
  return {
    name: options.name,
    algorithm,
    publicKey: pair.publicKey,
    privateKey: pair.privateKey,
    certificate: `-----BEGIN CERTIFICATE-----\n${der.toString("base64").replace(/.{1,64}/g, "$&\n")}-----END CERTIFICATE-----\n`,
    key: pair.privateKey.export({ type: "pkcs8", format: "pem" }) as string,
  };
}
