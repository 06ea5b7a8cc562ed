import type { Log } from "../base/log.ts";
import type { Domains } from "../kernel/router.ts";
import type { Sessions } from "../kernel/sessions.ts";
import type { Stanza } from "../xmpp/stanza.ts";

export interface AnswerParts {
  readonly domains: Domains;
  readonly sessions: Sessions;
  readonly log: Log;
}

/** An answer of the server goes straight to where the question came from; if nobody is there any more, it ends here. */
export function sendAnswer(answer: Stanza, { domains, sessions, log }: AnswerParts): void {
  const to = answer.to!;
  if (domains.isHost(to.domain)) {
    sessions.find(to)?.send(answer);
    return;
  }
  void (async () => domains.owner(to).deliver(answer))().catch((error: unknown) => {
    log.debug("an answer could not be delivered", { to, error });
  });
}
