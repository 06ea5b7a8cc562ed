import type { Stanza } from "../../src/xmpp/stanza.ts";
import type { TestSession } from "./in-process.ts";

/** The answer to a request of a session without a stream; `content` is the payload's XML. */
export async function ask(
  session: TestSession,
  type: "get" | "set",
  content: string,
  to?: string,
): Promise<Stanza> {
  const address = to === undefined ? "" : ` to='${to}'`;
  await session.write(`<iq type='${type}' id='ask'${address}>${content}</iq>`);
  const answers = session.take().filter(({ kind, id }) => kind === "iq" && id === "ask");
  if (answers.length !== 1) throw new Error(`${answers.length} answers to ${content}`);
  return answers[0]!;
}

/** The condition of an error, "none" of anything else. */
export function conditionOf(stanza: Stanza): string {
  if (stanza.type !== "error") return "none";
  return stanza.elements().at(-1)?.elements()[0]?.name ?? "none";
}
