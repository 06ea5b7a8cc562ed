import type { Log } from "../../base/log.ts";
import {
  ConfigurationConflict,
  type ConfigurationControl,
  ConfigurationError,
  RestartNeeded,
} from "../../kernel/configuration-control.ts";
import type { HttpResponse } from "../../kernel/http.ts";
import type { JsonSchema } from "../../kernel/option-types.ts";
import type { Rights } from "../../kernel/rights.ts";
import { failure, json } from "../http-answers.ts";
import type { PageCall } from "./page-call.ts";
import { objectOf } from "./request-body.ts";
import type { WebCaller } from "./web-caller.ts";

export interface ConfigurationPageServices {
  readonly configuration: ConfigurationControl;
  /** Of the options, for completion. */
  readonly schema: () => JsonSchema;
  readonly rights: Pick<Rights, "mayRun">;
  readonly log: Log;
}

/** The configuration file for an editor: whoever may run `config_diff` sees it, whoever may run `reload_config` changes it. */
export function configurationPage(services: ConfigurationPageServices): ReadonlyMap<string, PageCall> {
  const { configuration, schema } = services;
  const looking = guarded(services, "config_diff");
  const changing = guarded(services, "reload_config");
  return new Map<string, PageCall>([
    ["GET schema", looking(() => json(200, schema()))],
    [
      "GET configuration",
      looking(async () => {
        const { file } = configuration;
        return json(200, file === undefined ? {} : { file, ...(await configuration.read()) });
      }),
    ],
    [
      "POST plan",
      looking(async (request) => {
        const { text } = objectOf(request) ?? {};
        if (typeof text !== "string") return failure(400, 10_001, "It takes 'text', a text.");
        return json(200, await configuration.plan(text));
      }),
    ],
    [
      "POST configuration",
      changing(async (request, who) => {
        const { text, version } = objectOf(request) ?? {};
        if (typeof text !== "string" || typeof version !== "string")
          return failure(400, 10_001, "It takes 'text' and 'version', two texts.");
        return change(services, who, text, version);
      }),
    ],
  ]);
}

async function change(
  { configuration, log }: ConfigurationPageServices,
  { caller }: WebCaller,
  text: string,
  version: string,
): Promise<HttpResponse> {
  const { account, address, front } = caller;
  let result = "failed";
  try {
    const plan = await configuration.change(text, version);
    result = "done";
    return json(200, plan);
  } catch (error) {
    if (error instanceof ConfigurationError || error instanceof ConfigurationConflict) result = "refused";
    throw error;
  } finally {
    log.info("configuration changed", { front, account, address, result });
  }
}

/** Asks for the right to the command that does the same, and gives refusals a form that an editor can show. */
function guarded({ rights }: ConfigurationPageServices, name: string): (call: PageCall) => PageCall {
  return (call) => async (request, who) => {
    if (!rights.mayRun(who.caller, { name, tags: ["config"] }))
      return failure(403, 32, "AccessRules: Account does not have the right to perform the operation.");
    try {
      return await call(request, who);
    } catch (error) {
      if (error instanceof ConfigurationConflict) return failure(409, 10_090, error.message);
      if (!(error instanceof ConfigurationError)) throw error;
      const options = error instanceof RestartNeeded ? error.options : [];
      return json(422, {
        code: 10_001,
        status: "error",
        message: error.message,
        problems: error.places.length > 0 ? error.places : error.problems.map((message) => ({ message })),
        restart: options,
      });
    }
  };
}
