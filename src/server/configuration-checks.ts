import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { suggest } from "../base/suggest.ts";
import type { Path, Report } from "../kernel/option-types.ts";
import {
  LISTENERS,
  type ListenerSettings,
  listeners,
  overlap,
  reachesOut,
  repeated,
} from "./configuration-listeners.ts";
import type { AllValues } from "./configuration-values.ts";

/** What one option says must fit what another one says. */
export function checkReferences(values: AllValues, report: Report): void {
  for (const [index, admin] of values.admins.entries()) {
    if (values.hosts.includes(admin.domain)) continue;
    const near = suggest(admin.domain, values.hosts);
    const hint = near === undefined ? "" : ` Did you mean \`${admin.local}@${near}\`?`;
    const message = `\`${admin}\` is not on a host of this server.${hint}`;
    report({ path: ["admins", index], on: "value", message });
  }
  checkAddresses(values.listen, report);
  const all = listeners(values.listen, "all");
  for (const [index, second] of all.entries()) {
    const first = all.slice(0, index).find((one) => overlap(one, second));
    if (first === undefined) continue;
    const [one, other] = [optionOf(first), optionOf(second)];
    const message = `Port ${first.port} is used twice: by \`${one}\` and by \`${other}\`.`;
    report({ path: ["listen", other, "port"], on: "value", message });
  }
  if (!all.some(({ service }) => service === "client" || service === "client-tls")) {
    report({ path: ["listen"], on: "name", message: "No listener is left: nobody could connect." });
  }
}

function optionOf({ service }: ListenerSettings): string {
  return service.replace("-", "_");
}

function checkAddresses(listen: AllValues["listen"], report: Report): void {
  const lists = [
    [["listen", "addresses"], listen.addresses],
    ...LISTENERS.map((name) => [["listen", name, "addresses"], listen[name].addresses] as const),
  ] as const;
  for (const [path, words] of lists) {
    const found = repeated(words);
    if (found === undefined) continue;
    const message = `\`${found.first}\` and \`${words[found.index]}\` have an address in common. Keep one of the two.`;
    report({ path: [...path, found.index], on: "value", message });
  }
}

const LARGEST_PEM = 1024 * 1024;

/** Files that are named must be there and readable. `folder` is what relative paths are relative to. */
export function checkFiles(values: AllValues, folder: string, report: Report): void {
  for (const [index, file] of values.certificates.entries()) {
    const trouble = file === "auto" ? NO_ACME : pemTrouble(resolve(folder, file), file);
    if (trouble !== undefined) report({ path: ["certificates", index], on: "value", message: trouble });
  }
  const data = statSync(resolve(folder, values.data), { throwIfNoEntry: false });
  if (data !== undefined && !data.isDirectory()) {
    report({ path: ["data"], on: "value", message: `\`${values.data}\` is a file, not a directory.` });
  }
}

const NO_ACME =
  "This version does not get certificates from an authority by itself. List PEM files, or leave `certificates` out for self-signed ones.";

function pemTrouble(path: string, shown: string): string | undefined {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) return `There is no file \`${shown}\`.`;
  if (status.isDirectory()) return `\`${shown}\` is a directory, not a file.`;
  if (!status.isFile() || status.size > LARGEST_PEM) return `\`${shown}\` is not a PEM file.`;
  try {
    const pem = /-----BEGIN (?:CERTIFICATE|[A-Z ]*PRIVATE KEY)-----/.test(readFileSync(path, "latin1"));
    return pem ? undefined : `\`${shown}\` holds neither a certificate nor a private key in PEM form.`;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === "EACCES"
      ? `\`${shown}\` cannot be read by this user.`
      : `\`${shown}\` cannot be read: ${message}.`;
  }
}

export interface Warning {
  readonly path: Path;
  readonly message: string;
}

/** What works but is no state to leave a server in. */
export function warnings(values: AllValues): readonly Warning[] {
  const found: Warning[] = [];
  if (values.allow_unencrypted_loopback) {
    found.push({
      path: ["allow_unencrypted_loopback"],
      message:
        "Clients on loopback addresses may log in without TLS. Every user of this machine can read along.",
    });
  }
  if (values.storage === "memory") {
    const message = "Accounts and messages are kept in memory and gone when the server ends.";
    found.push({ path: ["storage"], message });
  }
  const http = listeners(values.listen, "all").find(({ service }) => service === "http");
  if (http !== undefined && reachesOut(http)) {
    found.push({
      path: ["listen", "http"],
      message:
        "HTTP in the clear is reachable for others, who can log in there only from this machine. Take `listen.https`.",
    });
  }
  const named = values.hosts.filter((host) => host !== "localhost" && !host.endsWith(".localhost"));
  if (values.certificates.length === 0 && named.length > 0) {
    found.push({
      path: ["hosts"],
      message: `Clients will not trust the self-signed certificate of ${named.join(", ")}. List PEM files in \`certificates\`.`,
    });
  }
  return found;
}
