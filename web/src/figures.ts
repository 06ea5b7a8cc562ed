/** What the server sends every two seconds; counters count from its start. */
export interface Figures {
  readonly time: number;
  readonly uptimeSeconds: number;
  readonly sessions: number;
  readonly stanzas: number;
  readonly messages: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly memory: number;
  /** Microseconds. */
  readonly cpu: number;
  /** Milliseconds. */
  readonly loopDelay: number;
  readonly commits: number;
  /** Milliseconds; missing where no commit was timed. */
  readonly commitTime?: number;
}

/** Between two figures, per second. */
export interface Rates {
  readonly stanzas: number;
  readonly messages: number;
  readonly commits: number;
  /** Percent of one processor. */
  readonly cpu: number;
  readonly outcomes: Readonly<Record<string, number>>;
}

export function ratesOf(history: readonly Figures[]): readonly Rates[] {
  const rates: Rates[] = [];
  for (let index = 1; index < history.length; index++) {
    const [before, now] = [history[index - 1]!, history[index]!];
    const seconds = (now.time - before.time) / 1000;
    // A clock that was set back, or a server that was started anew, gives no rate.
    if (seconds <= 0 || now.stanzas < before.stanzas) continue;
    const rate = (later: number, earlier = 0): number => (later - earlier) / seconds;
    rates.push({
      stanzas: rate(now.stanzas, before.stanzas),
      messages: rate(now.messages, before.messages),
      commits: rate(now.commits, before.commits),
      cpu: rate(now.cpu, before.cpu) / 10_000,
      outcomes: Object.fromEntries(
        Object.entries(now.outcomes).map(([name, count]) => [name, rate(count, before.outcomes[name])]),
      ),
    });
  }
  return rates;
}
