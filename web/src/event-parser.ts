/** Takes server-sent events apart, as far as our server makes them: one line of data each. */
export class EventParser {
  #rest = "";

  /** The data of the events that are complete with this. */
  push(text: string): readonly string[] {
    const events = (this.#rest + text).split("\n\n");
    this.#rest = events.pop()!;
    return events.filter((event) => event.startsWith("data: ")).map((event) => event.slice("data: ".length));
  }
}
