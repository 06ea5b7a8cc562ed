import type { Element } from "../../xml/element.ts";
import type { Frame } from "../../xml/frame.ts";
import { type StanzaCondition, StreamError } from "../../xmpp/errors.ts";
import { CLIENT_STATE, STREAM_MANAGEMENT } from "../../xmpp/namespaces.ts";
import { type EnableRequest, enabled, failed, readCount, readEnable } from "./management-elements.ts";
import type { ClientSession } from "./session.ts";
import { takeStanza } from "./stanza-intake.ts";
import { type Resumption, StreamManagement } from "./stream-management.ts";
import type { ClientStreamParts } from "./stream-parts.ts";
import type { PhasedStream, StreamPhase } from "./stream-phase.ts";

/** While a resource is bound (RFC 6120 §8). */
export class SessionPhase implements StreamPhase {
  readonly #stream: PhasedStream;
  readonly #session: ClientSession;
  readonly #parts: ClientStreamParts;

  constructor(stream: PhasedStream, session: ClientSession, parts: ClientStreamParts) {
    this.#stream = stream;
    this.#session = session;
    this.#parts = parts;
  }

  offer(): readonly Element[] {
    return [];
  }

  element(frame: Frame): void {
    const { router } = this.#parts;
    const taken = takeStanza(frame, this.#session, this.#stream.lang, router);
    if (taken === "enough") this.#stream.wait(router.whenSettled(this.#session), () => {});
    else if (taken === "no stanza") this.#command(frame);
  }

  #command(frame: Frame): void {
    if (frame.ns === CLIENT_STATE && (frame.name === "active" || frame.name === "inactive")) {
      this.#session.setActive(frame.name === "active");
      return;
    }
    if (frame.ns !== STREAM_MANAGEMENT) throw new StreamError("unsupported-stanza-type");
    const { management } = this.#session;
    if (frame.name === "enable" && management === undefined) this.#enable(readEnable(frame));
    else if (frame.name === "r" && management !== undefined) management.inbound.request();
    else if (frame.name === "a" && management !== undefined) this.#acknowledged(frame);
    else this.#fail("unexpected-request"); // XEP-0198 §3
  }

  #acknowledged(frame: Frame): void {
    const h = readCount(frame.attribute("h"));
    if (h === undefined) throw new StreamError("bad-format");
    this.#session.acknowledged(h);
  }

  #enable(request: EnableRequest | undefined): void {
    if (request === undefined) {
      this.#fail("bad-request");
      return;
    }
    this.#stream.wait(this.#prepare(request), (management) => {
      const { resumption } = management;
      this.#session.management = management;
      this.#stream.connection.write(enabled(resumption));
      if (resumption !== undefined) this.#parts.resumable.add(resumption.id, this.#session);
    });
  }

  /** What came before is not counted, and neither are the answers to it. */
  async #prepare({ resume, max }: EnableRequest): Promise<StreamManagement> {
    const { world, router, records, limits } = this.#parts;
    await router.whenSettled(this.#session);
    const resumption: Resumption | undefined = resume
      ? {
          id: world.random(18).toString("base64url"),
          max: Math.min(max ?? limits.resumeWithin, limits.resumeWithin),
        }
      : undefined;
    const parts = { world, records, unacknowledged: limits.unacknowledged };
    const management = new StreamManagement(this.#session, parts, resumption);
    // A client that was told so finds its session even if the server dies now.
    await management.save();
    // Nobody else knows of it yet, and a restart would bring back a session that is over.
    if (this.#session.ended) management.end();
    return management;
  }

  #fail(condition: StanzaCondition): void {
    this.#stream.connection.write(failed(condition));
  }
}
