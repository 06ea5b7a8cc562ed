import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { chmod, mkdir, open, readFile, rename } from "node:fs/promises";
import { isIP } from "node:net";
import { join } from "node:path";
import type { Log } from "../base/log.ts";
import type { World } from "../base/world.ts";
import { asciiHost } from "./certificate.ts";
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
} from "./der.ts";
import { assembleIdentities, CertificateError, type Identity } from "./identities.ts";

const DAY = 86_400_000;
const LIFETIME = 3652 * DAY;
const LONGEST_COMMON_NAME = 64; // RFC 5280, ub-common-name

/** iPAddress, RFC 5280 §4.2.1.6: 4 or 16 bytes. */
function addressBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split(".").map(Number));
  // The URL parser writes any form of an IPv6 address in groups, without dotted IPv4 at the end.
  const [head = "", tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  const front = head === "" ? [] : head.split(":");
  const back = tail === undefined || tail === "" ? [] : tail.split(":");
  const groups = [...front, ...Array<string>(8 - front.length - back.length).fill("0"), ...back];
  return Buffer.from(groups.map((group) => group.padStart(4, "0")).join(""), "hex");
}

/** GeneralNames for the hosts; `localhost` also stands for the loopback addresses. */
function subjectAltName(hosts: readonly string[]): Buffer {
  const names = hosts.flatMap((host) => {
    const literal = host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
    if (isIP(literal) !== 0) return [implicit(7, addressBytes(literal))];
    const name = implicit(2, Buffer.from(asciiHost(host), "latin1"));
    return host === "localhost"
      ? [name, implicit(7, addressBytes("127.0.0.1")), implicit(7, addressBytes("::1"))]
      : [name];
  });
  return sequence(...names);
}

function extension(identifier: string, critical: boolean, value: Buffer): Buffer {
  const flag = critical ? boolean(true) : Buffer.alloc(0);
  return sequence(objectIdentifier(identifier), flag, octetString(value));
}

/** Not an authority: a key that lies on the server must not vouch for anything else where somebody imports this certificate. */
function extensions(hosts: readonly string[], publicKey: Buffer): Buffer {
  const keyIdentifier = createHash("sha256").update(publicKey).digest().subarray(0, 20); // RFC 7093 §2
  return sequence(
    extension("2.5.29.19", true, sequence()), // basicConstraints: cA FALSE
    extension("2.5.29.15", true, bitString(Buffer.of(0x80), 7)), // keyUsage: digitalSignature
    extension("2.5.29.37", false, sequence(objectIdentifier("1.3.6.1.5.5.7.3.1"))), // serverAuth
    extension("2.5.29.17", false, subjectAltName(hosts)),
    extension("2.5.29.14", false, octetString(keyIdentifier)),
  );
}

function name(hosts: readonly string[]): Buffer {
  const host = asciiHost(hosts[0] ?? "");
  const common = host.length > LONGEST_COMMON_NAME ? "XMPP server" : host;
  return sequence(tagged(TAG.set, sequence(objectIdentifier("2.5.4.3"), utf8String(common))));
}

function pem(label: string, der: Buffer): string {
  return `-----BEGIN ${label}-----\n${der.toString("base64").replace(/.{1,64}/g, "$&\n")}-----END ${label}-----\n`;
}

/** A certificate for `hosts` (RFC 5280), signed by its own key (EC, P-256), valid for ten years. `now`: milliseconds since 1970; `serial`: 16 random bytes. */
function makeCertificate(
  hosts: readonly string[],
  key: { readonly publicKey: KeyObject; readonly privateKey: KeyObject },
  now: number,
  serial: Buffer,
): string {
  const algorithm = sequence(objectIdentifier("1.2.840.10045.4.3.2")); // ecdsa-with-SHA256
  const publicKey = key.publicKey.export({ type: "spki", format: "der" });
  const subject = name(hosts);
  const positive = Buffer.from(serial);
  positive[0] = (positive[0]! & 0x7f) | 0x40; // positive, and as long as it should be (RFC 5280 §4.1.2.2)
  const tbs = sequence(
    explicit(0, integer(Buffer.of(2))), // v3
    integer(positive),
    algorithm,
    subject,
    sequence(time(now - DAY), time(now + LIFETIME)), // a day back, for clients whose clock is behind
    subject,
    publicKey,
    explicit(3, extensions(hosts, publicKey)),
  );
  return pem("CERTIFICATE", sequence(tbs, algorithm, bitString(sign("sha256", tbs, key.privateKey))));
}

export interface SelfSignedOptions {
  readonly world: World;
  readonly log: Log;
  /** Made when it is not there, for the owner only. */
  readonly directory: string;
  readonly hosts: readonly string[];
}

/** The files of the self-signed certificate in a directory. */
export function selfSignedFiles(directory: string): { readonly certificate: string; readonly key: string } {
  return { certificate: join(directory, "self-signed.crt"), key: join(directory, "self-signed.key") };
}

async function write(path: string, text: string, mode: number): Promise<void> {
  const beside = `${path}.new`;
  const file = await open(beside, "w", mode);
  try {
    await file.chmod(mode); // before the first byte, also where the file was there already or the umask is unusual
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
}

/** What is wrong with the stored one, or the certificate itself. */
async function stored(options: SelfSignedOptions): Promise<Identity | string> {
  const files = selfSignedFiles(options.directory);
  let identity: Identity | undefined;
  try {
    const texts = await Promise.all([files.certificate, files.key].map((path) => readFile(path, "utf8")));
    [identity] = assembleIdentities([
      { path: files.certificate, text: texts[0]! },
      { path: files.key, text: texts[1]! },
    ]);
    await chmod(files.key, 0o600); // a copy or a restored backup may have made it readable
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "there is none yet";
    if (error instanceof CertificateError) return error.message;
    throw unusable(options.directory, error);
  }
  if (identity === undefined) return "the files hold no certificate";
  if (identity.certificate.validToDate.getTime() <= options.world.now()) return "the old one has expired";
  if (!sameNames(identity, options)) return "the hosts have changed";
  return identity;
}

/** Compares with what would be made now: names and addresses alike. */
function sameNames(identity: Identity, options: SelfSignedOptions): boolean {
  const wanted = subjectAltName(options.hosts);
  return identity.certificate.raw.includes(octetString(wanted));
}

function unusable(directory: string, error: unknown): CertificateError {
  const { code, message } = error as NodeJS.ErrnoException;
  return new CertificateError([
    `The self-signed certificate in ${directory} cannot be read or written (${code ?? message}). Make the directory and its files belong to the user that runs the server.`,
  ]);
}

/** The stored self-signed certificate for exactly these hosts, or a new one. Throws CertificateError when the directory cannot be used. */
export async function selfSigned(options: SelfSignedOptions): Promise<Identity> {
  const found = await stored(options);
  if (typeof found !== "string") return found;
  const files = selfSignedFiles(options.directory);
  const pair = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const key = pair.privateKey.export({ type: "pkcs8", format: "pem" }) as string;
  const text = makeCertificate(options.hosts, pair, options.world.now(), options.world.random(16));
  try {
    await mkdir(options.directory, { recursive: true, mode: 0o700 });
    // The key first: after a crash between the two the pair does not match and is made again.
    await write(files.key, key, 0o600);
    await write(files.certificate, text, 0o644);
  } catch (error) {
    throw unusable(options.directory, error);
  }
  options.log.info("made a self-signed certificate", {
    hosts: options.hosts.join(", "),
    file: files.certificate,
    why: found,
  });
  const [identity] = assembleIdentities([
    { path: files.certificate, text },
    { path: files.key, text: key },
  ]);
  return identity!;
}
