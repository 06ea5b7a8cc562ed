import { readFileSync } from "node:fs";
import { asciiHost, covers } from "../net/certificate.ts";
import { assembleIdentities, CertificateError, type Identity } from "../net/identities.ts";
import type { Configuration } from "./configuration.ts";

export interface Findings {
  /** The server would not start. */
  readonly problems: readonly string[];
  /** It would, but clients would complain. */
  readonly warnings: readonly string[];
}

/** What is wrong with the certificates that the configuration names; `now` in milliseconds since 1970. */
export function checkCertificates({ certificates, hosts, origin }: Configuration, now: number): Findings {
  if (certificates.length === 0) return { problems: [], warnings: [] };
  const place = origin.setAt(["certificates"]);
  const at = (text: string): string => (place === undefined ? text : `${place}: ${text}`);
  let identities: readonly Identity[];
  try {
    identities = assembleIdentities(
      certificates.map((path) => ({ path, text: readFileSync(path, "latin1") })),
    );
  } catch (error) {
    if (error instanceof CertificateError) return { problems: error.problems.map(at), warnings: [] };
    throw error;
  }
  const warnings = hosts
    .filter((host) => !identities.some(({ names }) => names.some((name) => covers(name, asciiHost(host)))))
    .map((host) =>
      at(`No certificate is for ${host}: its clients get a self-signed one, which they do not trust.`),
    );
  for (const { certificate, file } of identities) {
    const end = certificate.validToDate;
    if (end.getTime() <= now)
      warnings.push(at(`The certificate in ${file} ended on ${end.toISOString().slice(0, 10)}.`));
  }
  return { problems: [], warnings };
}
