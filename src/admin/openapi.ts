import type { Columns, ColumnType, Result } from "../kernel/command-results.ts";
import type { Command } from "../kernel/commands.ts";
import type { JsonSchema } from "../kernel/option-types.ts";

const COLUMNS: Readonly<Record<ColumnType, JsonSchema>> = {
  string: { type: "string" },
  integer: { type: "integer" },
  list: { type: "array", items: { type: "string" } },
};

/** Of what a command gives back, in JSON. */
export function resultSchema(result: Result<unknown>): JsonSchema {
  switch (result.kind) {
    case "code":
      return { type: "integer", enum: [0, 1], description: "0 done, or yes; 1 no" };
    case "text":
      return { type: "string", description: result.doc };
    case "integer":
      return { type: "integer", description: result.doc };
    case "list":
      return { type: "array", items: { type: "string", description: result.element } };
    case "row":
      return rowSchema(result.columns);
    case "rows":
      return { type: "array", items: rowSchema(result.columns) };
  }
}

function rowSchema(columns: Columns): JsonSchema {
  const properties = Object.fromEntries(
    Object.entries(columns).map(([name, type]) => [name, COLUMNS[type]] as const),
  );
  return { type: "object", properties, required: Object.keys(columns) };
}

function requestSchema({ args }: Command): JsonSchema {
  const properties = Object.entries(args).map(([name, { schema, doc, example, secret }]) => [
    name,
    {
      ...withExample(schema, example),
      description: doc,
      ...(secret ? { format: "password", writeOnly: true } : {}),
    },
  ]);
  return {
    type: "object",
    properties: Object.fromEntries(properties),
    required: Object.keys(args),
    additionalProperties: false,
  };
}

function withExample(schema: JsonSchema, word: string | undefined): JsonSchema {
  if (word === undefined) return schema;
  if (schema["type"] === "integer") return { ...schema, examples: [Number(word)] };
  if (schema["type"] !== "array") return { ...schema, examples: [word] };
  return { ...schema, items: { type: "string", examples: word.split(",") } };
}

function errors(): object {
  const refer = (name: string): object => ({ $ref: `#/components/responses/${name}` });
  return {
    400: refer("WrongArguments"),
    401: refer("Unauthorized"),
    403: refer("Forbidden"),
    404: refer("NotFound"),
    409: refer("Failed"),
    429: refer("TooManyRequests"),
    503: refer("Failed"),
  };
}

function operation(command: Command): object {
  const { result } = command;
  return {
    operationId: command.name,
    summary: command.summary,
    ...(command.doc === "" ? {} : { description: command.doc }),
    tags: command.tags,
    requestBody: {
      required: Object.keys(command.args).length > 0,
      content: { "application/json": { schema: requestSchema(command) } },
    },
    responses: {
      200: {
        description: result.kind === "text" || result.kind === "integer" ? result.doc : "Done",
        content: { "application/json": { schema: resultSchema(result) } },
      },
      ...errors(),
    },
  };
}

const ERROR: JsonSchema = {
  type: "object",
  properties: {
    code: { type: "integer" },
    message: { type: "string" },
    status: { type: "string", const: "error" },
  },
  required: ["code", "message", "status"],
};

function response(description: string, schema: JsonSchema = { $ref: "#/components/schemas/Error" }): object {
  return { description, content: { "application/json": { schema } } };
}

/** The HTTP API as an OpenAPI 3.1 document. Commands that read can also be asked with GET and their arguments in the query. */
export function openApi(commands: readonly Command[], version: string): object {
  return {
    openapi: "3.1.0",
    info: {
      title: "Tercet",
      version,
      description:
        "The commands of administrators. `POST /api/NAME/vN` takes the signature of ejabberd's API version N; without it the newest.",
    },
    servers: [{ url: "/api" }],
    security: [{ password: [] }, { token: [] }],
    paths: Object.fromEntries(
      commands.map((command) => [`/${command.name}`, { post: operation(command) }] as const),
    ),
    components: {
      securitySchemes: {
        password: {
          type: "http",
          scheme: "basic",
          description: "The address of an account and its password.",
        },
        token: { type: "http", scheme: "bearer", description: "Of `oauth_issue_token`." },
      },
      schemas: { Error: ERROR },
      responses: {
        WrongArguments: response("The arguments are wrong, or it cannot be done with them", {
          oneOf: [{ type: "string" }, { $ref: "#/components/schemas/Error" }],
        }),
        Unauthorized: response("Nobody has logged in"),
        Forbidden: response("Who has logged in may not do this"),
        NotFound: response("There is no such command, or what it is about is not there"),
        Failed: response("It cannot be done now"),
        TooManyRequests: response("Too many requests; Retry-After says how many seconds to wait"),
      },
    },
  };
}
