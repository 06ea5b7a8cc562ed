import { NotAllowed } from "../kernel/command-calls.ts";
import {
  CommandError,
  type CommandFault,
  type CommandOutcome,
  UnknownCommand,
  WrongArguments,
} from "../kernel/commands.ts";
import type { HttpResponse } from "../kernel/http.ts";
import { StorageError } from "../kernel/storage.ts";

/** mod_http_api's: rescode is 0 or 1, everything else as it is. */
export function resultJson({ command, value }: CommandOutcome): unknown {
  if (command.result.kind === "code") return value === false ? 1 : 0;
  return value;
}

export function json(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  return {
    status,
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(value),
  };
}

/** `code` is mod_http_api's number for it. */
export function failure(
  status: number,
  code: number,
  message: string,
  headers?: Readonly<Record<string, string>>,
): HttpResponse {
  return json(status, { code, message, status: "error" }, headers);
}

export const notFound = (): HttpResponse => failure(404, 40, "Endpoint not found.");

export function unauthorized(message: string): HttpResponse {
  return failure(401, 10, message, {
    "WWW-Authenticate": 'Basic realm="administration", charset="UTF-8", Bearer realm="administration"',
  });
}

export function tooMany(milliseconds: number): HttpResponse {
  return failure(429, 429, "Too many requests; slow down.", {
    "Retry-After": String(Math.ceil(milliseconds / 1000)),
  });
}

/** Where ejabberd has 500 for what the caller did wrong, it is a 4xx here; its code stays. */
const FAULTS: Readonly<Record<CommandFault, readonly [status: number, code: number]>> = {
  conflict: [409, 10_090],
  not_found: [404, 10_001],
  bad_argument: [400, 10_001],
  cannot_register: [400, 10_001],
  error: [400, 10_001],
  unavailable: [503, 10_001],
};

/** The answer to what a command, or the way to it, threw; undefined for what nobody expected. */
export function errorAnswer(error: unknown): HttpResponse | undefined {
  if (error instanceof UnknownCommand) return notFound();
  if (error instanceof NotAllowed) return notAllowed(error);
  if (error instanceof WrongArguments) {
    const names = error.names.join(",");
    return json(
      400,
      error.kind === "missing"
        ? `Request have missing argument: ${names}`
        : `Request have unknown arguments: [${names}]`,
    );
  }
  if (error instanceof CommandError) return failure(...FAULTS[error.kind], error.message);
  if (error instanceof StorageError) return failure(...FAULTS.unavailable, "The store does not answer.");
  return undefined;
}

function notAllowed({ caller }: NotAllowed): HttpResponse {
  if (caller.account === undefined) return unauthorized("Log in, or bring a token.");
  if (caller.scopes !== undefined)
    return failure(403, 11, "Token does not grant usage to command required scope.");
  return failure(403, 32, "AccessRules: Account does not have the right to perform the operation.");
}
