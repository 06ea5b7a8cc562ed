import type { Asker, IqBeforeLogin, IqRoutes, IqTarget, Stranger } from "../kernel/iq.ts";
import { StanzaError } from "../xmpp/errors.ts";
import type { Payload } from "../xmpp/payload.ts";
import type { Stanza } from "../xmpp/stanza.ts";
import { iqForm } from "./iq-form.ts";

type Request = "get" | "set";
type Place = IqTarget | "before-login";

interface Route {
  readonly type: Request;
  readonly place: Place;
  readonly shape: Payload<unknown>;
  readonly handle: (value: unknown, asker: never) => unknown;
}

/** Handlers of iq stanzas by type, target, namespace and name. */
export class IqRouteTable implements IqRoutes, IqBeforeLogin {
  readonly #routes = new Map<string, Route>();
  /** Told about what a handler threw that is no StanzaError. */
  readonly #onCrash: (error: unknown, shape: string) => void;

  constructor(onCrash: (error: unknown, shape: string) => void) {
    this.#onCrash = onCrash;
  }

  get<T>(shape: Payload<T>, targets: readonly IqTarget[], handle: (value: T, asker: Asker) => unknown): void {
    for (const target of targets) this.#add("get", target, shape, handle);
  }

  set<T>(shape: Payload<T>, targets: readonly IqTarget[], handle: (value: T, asker: Asker) => unknown): void {
    for (const target of targets) this.#add("set", target, shape, handle);
  }

  beforeLogin<T>(type: Request, shape: Payload<T>, handle: (value: T, stranger: Stranger) => unknown): void {
    this.#add(type, "before-login", shape, handle);
  }

  /** The answer to a request for `target`, which is valid as an iq. @throws StanzaError, or rejects with it */
  respond(target: IqTarget, asker: Asker): Stanza | Promise<Stanza> {
    const route = this.#find(asker.stanza, target);
    if (route === undefined) {
      // About somebody else's account the answer says no more than about one that is missing (RFC 6121 §8.5.1).
      const text = "Nobody here handles this request";
      throw new StanzaError("service-unavailable", target === "other-account" ? {} : { text });
    }
    return this.#run(asker.stanza, route, asker);
  }

  async answer(stanza: Stanza, stranger: Stranger): Promise<Stanza | undefined> {
    const route = this.#find(stanza, "before-login");
    if (route === undefined) return undefined;
    try {
      iqForm(stanza);
    } catch {
      // There may be a password in it.
      return stanza.bounce(new StanzaError("bad-request", { withoutContent: true }));
    }
    try {
      return await this.#run(stanza, route, stranger);
    } catch (error) {
      return stanza.bounce(error as StanzaError);
    }
  }

  /** All that is handled, in the order of adding. */
  handled(): readonly Pick<Route, "type" | "place" | "shape">[] {
    return [...this.#routes.values()];
  }

  #add(
    type: Request,
    place: Place,
    shape: Pick<Payload<unknown>, "name" | "ns">,
    handle: (value: never, asker: never) => unknown,
  ): void {
    const key = routeKey(type, place, shape.ns, shape.name);
    if (this.#routes.has(key)) throw new Error(`two handlers for ${key}`);
    this.#routes.set(key, { type, place, shape, handle } as unknown as Route);
  }

  #find(stanza: Stanza, place: Place): Route | undefined {
    const child = stanza.children[0];
    if (child === undefined) return undefined;
    return this.#routes.get(routeKey(stanza.type as Request, place, child.ns, child.name));
  }

  #run(stanza: Stanza, route: Route, asker: Asker | Stranger): Stanza | Promise<Stanza> {
    try {
      const value = route.handle(route.shape.read(stanza.elements()[0]!), asker as never);
      if (!(value instanceof Promise)) return result(stanza, route, value);
      return value
        .then((late) => result(stanza, route, late))
        .catch((error: unknown) => {
          throw this.#asStanzaError(error, route);
        });
    } catch (error) {
      throw this.#asStanzaError(error, route);
    }
  }

  #asStanzaError(error: unknown, route: Route): StanzaError {
    if (error instanceof StanzaError) return error;
    this.#onCrash(error, `${route.shape.ns} ${route.shape.name}`);
    return new StanzaError("internal-server-error");
  }
}

function routeKey(type: Request, place: Place, ns: string, name: string): string {
  return `${type} ${place} ${name} ${ns}`;
}

function result(stanza: Stanza, route: Route, value: unknown): Stanza {
  return stanza.reply("result", value === undefined ? undefined : route.shape.write(value));
}
