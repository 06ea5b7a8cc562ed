import type { HttpRequest } from "../../kernel/http.ts";

/** The body as a JSON object; undefined for anything else. */
export function objectOf({ body }: HttpRequest): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body)) as unknown;
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}
