// XEP-0202: Entity Time
import { type AnyExtension, extension } from "../kernel/extension.ts";
import { childText, payload } from "../xmpp/payload.ts";

const query = payload("urn:xmpp:time", "time", { tzo: childText(), utc: childText() });

/** XEP-0082 §2.1: "+02:00" for two hours ahead of UTC. `minutes` counts west of it, as `Date` does. */
export function timeZone(minutes: number): string {
  const digits = (value: number): string => String(Math.floor(value)).padStart(2, "0");
  const distance = Math.abs(minutes);
  return `${minutes > 0 ? "-" : "+"}${digits(distance / 60)}:${digits(distance % 60)}`;
}

export const time: AnyExtension = extension({
  name: "time",
  doc: "Tells the time of the server (XEP-0202).",
  xeps: { 202: "2.0" },
  features: [query.ns],
  setup({ iq, world }) {
    iq.get(query, ["host"], () => {
      const now = new Date(world.now());
      // XEP-0082 §3.2: fractions of a second are optional, and nobody needs them here.
      const utc = `${now.toISOString().slice(0, 19)}Z`;
      return { tzo: timeZone(now.getTimezoneOffset()), utc };
    });
  },
});
