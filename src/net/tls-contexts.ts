import { constants } from "node:crypto";
import { readFile } from "node:fs/promises";
import { isIP } from "node:net";
import { createSecureContext, type SecureContext } from "node:tls";
import type { Log } from "../base/log.ts";
import type { Cancel, World } from "../base/world.ts";
import { asciiHost, covers } from "./certificate.ts";
import { assembleIdentities, CertificateError, type Identity, type PemFile } from "./identities.ts";
import { selfSigned } from "./self-signed.ts";

/** Forward secrecy and authenticated encryption only (RFC 9325 §4.2); the TLS 1.3 suites first. */
const CIPHERS = [
  "TLS_AES_128_GCM_SHA256",
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-CHACHA20-POLY1305",
  "ECDHE-RSA-CHACHA20-POLY1305",
].join(":");

const DAY = 86_400_000;
const TICKET_KEY_BYTES = 48;
/** Seconds that a session may be resumed; the ticket key, on which the secrecy of TLS 1.2 sessions hangs, lives as long. */
const SESSION_LIFETIME = 86_400;
/** Days before the end of a certificate at which a warning is due. */
const WARN_AT = [1, 7, 14, 30] as const;

/** What a TLS connection presents. */
export interface Presented {
  readonly identity: Identity;
  readonly context: SecureContext;
}

/** The certificates of one moment. A handshake uses one set from its beginning to its end. */
export class ContextSet {
  readonly identities: readonly Identity[];
  readonly #byHost = new Map<string, Presented>();
  readonly #presented: readonly Presented[];
  /** For the option of the same name of a TLSSocket. */
  readonly sniCallback = (
    name: string,
    done: (error: Error | null, context?: SecureContext) => void,
  ): void => {
    done(null, this.select(name)?.context);
  };

  /** `ticketKey`: 48 bytes, one for all contexts: OpenSSL looks for the session before it knows the name that the client asks for. */
  constructor(identities: readonly Identity[], hosts: readonly string[], ticketKey: Buffer, now: number) {
    this.identities = identities;
    this.#presented = identities.map((identity) => ({ identity, context: contextOf(identity, ticketKey) }));
    for (const host of hosts) {
      const best = this.#best(asciiHost(host), now);
      if (best !== undefined) this.#byHost.set(asciiHost(host), best);
    }
  }

  /** By the host that a client names; undefined when no certificate covers it. */
  select(name: string): Presented | undefined {
    const host = asciiHost(name);
    return (
      this.#byHost.get(host) ??
      this.#presented.find(({ identity }) => identity.names.some((one) => covers(one, host)))
    );
  }

  /** For a client that names no host that we have: the first configured host's. */
  get fallback(): Presented {
    return this.#byHost.values().next().value ?? this.#presented[0]!;
  }

  /** Valid before expired, an authority's before self-signed, the exact name before the wildcard, the one that lasts longer. */
  #best(host: string, now: number): Presented | undefined {
    const rank = ({ identity }: Presented): number[] => [
      identity.certificate.validToDate.getTime() > now ? 1 : 0,
      identity.selfSigned ? 0 : 1,
      identity.names.includes(host) ? 1 : 0,
      identity.certificate.validToDate.getTime(),
    ];
    return this.#presented
      .filter(({ identity }) => coversHost(identity, host))
      .sort((a, b) => compare(rank(b), rank(a)))[0];
  }
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [index, value] of a.entries()) {
    const difference = value - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** A host that is an IP address stands in an iPAddress entry, anything else in a dNSName. */
function coversHost(identity: Identity, host: string): boolean {
  const literal = host.replace(/^\[|\]$/g, "");
  if (isIP(literal) !== 0) return identity.certificate.checkIP(literal) !== undefined;
  return identity.names.some((name) => covers(name, host));
}

function contextOf(identity: Identity, ticketKey: Buffer): SecureContext {
  return createSecureContext({
    cert: identity.chain,
    key: identity.key,
    minVersion: "TLSv1.2",
    maxVersion: "TLSv1.3",
    ciphers: CIPHERS,
    secureOptions: constants.SSL_OP_NO_COMPRESSION,
    sessionTimeout: SESSION_LIFETIME,
    sessionIdContext: "xmpp",
    ticketKeys: ticketKey,
  });
}

export interface TlsContextsOptions {
  readonly world: World;
  readonly log: Log;
  /** Our domains; the first is presented to clients that name none. */
  readonly hosts: readonly string[];
  /** PEM files, may be empty. */
  readonly files: readonly string[];
  /** For the self-signed certificate of the hosts that the files do not cover. */
  readonly directory: string;
  /** Seconds between two looks at the files; 30 if not given. */
  readonly pollSeconds?: number;
}

/** Certificates that are ready to be presented. */
export interface PreparedCertificates {
  readonly options: TlsContextsOptions;
  readonly texts: readonly string[];
  readonly set: ContextSet;
}

/** The certificates of the server's domains, kept up to date with their files. */
export class TlsContexts {
  #options: TlsContextsOptions;
  #current: ContextSet;
  #texts: readonly string[];
  #ticketsSince: number;
  #lastProblem = "";
  readonly #warned = new Map<string, number>();
  readonly #stopPolling: Cancel;
  #polling: Promise<void> | undefined;

  private constructor(options: TlsContextsOptions, files: readonly PemFile[], current: ContextSet) {
    this.#options = options;
    this.#texts = files.map((file) => file.text);
    this.#current = current;
    this.#ticketsSince = options.world.monotonic();
    this.#warnOfExpiry();
    this.#stopPolling = options.world.every((options.pollSeconds ?? 30) * 1000, () => void this.poll());
  }

  /** Throws CertificateError when a file is missing, unreadable or without its counterpart. */
  static async open(options: TlsContextsOptions): Promise<TlsContexts> {
    const files = await readFiles(options.files);
    return new TlsContexts(options, files, await makeSet(options, files));
  }

  get current(): ContextSet {
    return this.#current;
  }

  /** Looks at the files now and takes over what has changed; a broken change is reported once and the old certificates stay. Never rejects. */
  poll(): Promise<void> {
    this.#polling ??= this.#poll().finally(() => {
      this.#polling = undefined;
    });
    return this.#polling;
  }

  /**
   * Reads the certificates of other files, or for other hosts; nothing changes before `adopt`.
   * @throws CertificateError
   */
  async prepare(wanted: Pick<TlsContextsOptions, "hosts" | "files">): Promise<PreparedCertificates> {
    const options = { ...this.#options, ...wanted };
    const files = await readFiles(options.files);
    return { options, texts: files.map((file) => file.text), set: await makeSet(options, files) };
  }

  /** Handshakes that begin from now on have these. */
  adopt({ options, texts, set }: PreparedCertificates): void {
    this.#options = options;
    this.#texts = texts;
    this.#current = set;
    this.#ticketsSince = options.world.monotonic();
    this.#lastProblem = "";
    this.#warnOfExpiry();
  }

  close(): void {
    this.#stopPolling();
  }

  async #poll(): Promise<void> {
    const options = this.#options;
    const { world, log } = options;
    try {
      const files = await readFiles(options.files);
      const texts = files.map((file) => file.text);
      const changed = texts.some((text, index) => text !== this.#texts[index]);
      if (!changed && world.monotonic() - this.#ticketsSince < SESSION_LIFETIME * 1000) {
        this.#lastProblem = "";
        return this.#warnOfExpiry();
      }
      // A new set has a new ticket key, so that nobody resumes a session of a certificate that is no longer presented:
      // the two sides would compute different tls-server-end-point values.
      const set = await makeSet(options, files);
      // Others were adopted meanwhile.
      if (this.#options !== options) return;
      this.#current = set;
      this.#ticketsSince = world.monotonic();
      this.#texts = texts;
      this.#lastProblem = "";
      if (changed) log.info("certificates changed", { files: options.files.join(", ") });
    } catch (error) {
      const problem = (error as Error).message;
      if (problem !== this.#lastProblem) {
        log.error("new certificates not usable, the old ones stay", { problem });
      }
      this.#lastProblem = problem;
    }
    this.#warnOfExpiry();
  }

  #warnOfExpiry(): void {
    const now = this.#options.world.now();
    for (const { certificate, file } of this.#current.identities) {
      const end = certificate.validToDate.getTime();
      const days = Math.floor((end - now) / DAY);
      const step = end <= now ? 0 : WARN_AT.find((limit) => days < limit);
      if (step === undefined || step === this.#warned.get(certificate.fingerprint256)) continue;
      this.#warned.set(certificate.fingerprint256, step);
      const fields = {
        file,
        names: certificate.subjectAltName,
        until: certificate.validToDate.toISOString(),
      };
      this.#options.log.warn(
        step === 0
          ? "certificate has expired: clients will refuse it, put a new one in its place"
          : "certificate ends soon: put a new one in its place",
        fields,
      );
    }
  }
}

/** An own set of certificates, and a self-signed one for the hosts that it leaves out. */
async function makeSet(options: TlsContextsOptions, files: readonly PemFile[]): Promise<ContextSet> {
  const { world, log, directory } = options;
  const identities = assembleIdentities(files);
  const uncovered = options.hosts.filter(
    (host) => !identities.some((identity) => coversHost(identity, asciiHost(host))),
  );
  if (uncovered.length > 0 || identities.length === 0) {
    if (files.length > 0) {
      log.warn("no configured certificate covers these hosts, a self-signed one is used", {
        hosts: uncovered.join(", "),
      });
    }
    identities.push(await selfSigned({ world, log, directory, hosts: uncovered }));
  }
  try {
    return new ContextSet(identities, options.hosts, world.random(TICKET_KEY_BYTES), world.now());
  } catch (error) {
    throw new CertificateError([
      `OpenSSL does not accept a certificate of ${options.files.join(", ")} (${(error as Error).message}). RSA keys need 2,048 bits or more; EC keys P-256, P-384 or P-521.`,
    ]);
  }
}

async function readFiles(paths: readonly string[]): Promise<PemFile[]> {
  const problems: string[] = [];
  const files: PemFile[] = [];
  for (const path of paths) {
    try {
      files.push({ path, text: await readFile(path, "latin1") });
    } catch (error) {
      problems.push(unreadable(path, error as NodeJS.ErrnoException));
    }
  }
  if (problems.length > 0) throw new CertificateError(problems);
  return files;
}

function unreadable(path: string, error: NodeJS.ErrnoException): string {
  if (error.code === "ENOENT")
    return `The certificate file ${path} does not exist. Correct the path or put the file there.`;
  if (error.code === "EACCES")
    return `The certificate file ${path} may not be read by the user that runs the server. Give it the right to read (chgrp and chmod g+r).`;
  if (error.code === "EISDIR") return `${path} is a directory. Name the PEM files in it.`;
  return `The certificate file ${path} cannot be read (${error.code ?? error.message}).`;
}
