import type { Code } from "./arena.ts";
import * as archive from "./code/archive.ts";
import * as authentication from "./code/authentication.ts";
import * as http from "./code/http.ts";
import * as registration from "./code/registration.ts";
import * as stanzas from "./code/stanzas.ts";
import * as streamManagement from "./code/stream-management.ts";
import * as streams from "./code/streams.ts";
import * as tls from "./code/tls.ts";
import * as webAdmin from "./code/web-admin.ts";

/** `slow-stanza` is `slowStanza`. */
function named(code: object): (readonly [string, Code])[] {
  return Object.entries(code).map(([name, run]) => [
    name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    run as Code,
  ]);
}

/** By the name under which rows call them. */
export const codes: ReadonlyMap<string, Code> = new Map(
  [archive, authentication, http, registration, stanzas, streamManagement, streams, tls, webAdmin].flatMap(
    named,
  ),
);
