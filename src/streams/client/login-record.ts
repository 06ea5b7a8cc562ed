import type { Log } from "../../base/log.ts";
import type { Connection } from "../../kernel/connection.ts";
import type { StreamCondition } from "../../xmpp/errors.ts";
import type { Jid } from "../../xmpp/jid.ts";
import type { SaslReply } from "./sasl-negotiation.ts";

/** What the log says of one login: who it was, and why it ended. */
export class LoginRecord {
  readonly #log: Log;
  #why: string | undefined = undefined;

  constructor(log: Log, { account, mechanism }: SaslReply, { remoteAddress, tls }: Connection) {
    this.#log = log;
    log.info("logged in", { account, mechanism, address: remoteAddress, tls: tls?.protocol });
  }

  /** We end the stream with an error. */
  failed(condition: StreamCondition, text: string | undefined): void {
    this.#why ??= text === undefined ? condition : `${condition}: ${text}`;
  }

  /** The client has closed its stream. */
  closed(): void {
    this.#why ??= "closed by the client";
  }

  /** The connection is gone. `jid` is full where a resource was bound. */
  over(jid: Jid | undefined, error: Error | undefined): void {
    const reason = this.#why ?? `connection lost${error === undefined ? "" : `: ${error.message}`}`;
    this.#log.info("logged out", { jid, reason });
  }
}
