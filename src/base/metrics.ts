// Figures for Prometheus: text format 0.0.4. Every label has few values that do not come from strangers.

export interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What one figure is. */
export interface MetricDescription {
  /** With its unit at the end (`_seconds`, `_bytes`), `_total` behind what only grows. */
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  /** Label → what its values are. */
  readonly labels: Readonly<Record<string, string>>;
}

interface Metric extends MetricDescription {
  readonly samples: () => readonly (Sample & { readonly suffix?: string })[];
}

/** Counts for each value of one label; values that nobody has declared are "other". */
export class Counter {
  readonly #counts: Map<string, number>;

  constructor(values: readonly string[]) {
    this.#counts = new Map(values.map((value) => [value, 0]));
  }

  /** One more value. */
  declare(value: string): void {
    if (!this.#counts.has(value)) this.#counts.set(value, 0);
  }

  count(value: string): void {
    const known = this.#counts.has(value) ? value : "other";
    this.#counts.set(known, (this.#counts.get(known) ?? 0) + 1);
  }

  counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }
}

/** How many observations were at most as large as each of the bounds. */
export class Histogram {
  readonly bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;

  /** `bounds` ascend. */
  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.#counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  observe(value: number): void {
    let at = 0;
    while (at < this.bounds.length && value > this.bounds[at]!) at++;
    this.#counts[at]!++;
    this.#sum += value;
  }

  samples(): readonly (Sample & { readonly suffix: string })[] {
    let below = 0;
    const buckets = this.#counts.map((count, at) => {
      below += count;
      const le = at < this.bounds.length ? String(this.bounds[at]) : "+Inf";
      return { suffix: "_bucket", labels: { le }, value: below };
    });
    return [...buckets, { suffix: "_sum", value: this.#sum }, { suffix: "_count", value: below }];
  }
}

const NAME = /^[a-z][a-z0-9_]*$/;

/** The figures of one server. */
export class Metrics {
  readonly #metrics = new Map<string, Metric>();

  /** One whose values are looked up when somebody asks. @throws when the name is taken or is none */
  add(
    description: Omit<MetricDescription, "labels"> & Partial<Pick<MetricDescription, "labels">>,
    samples: () => readonly Sample[],
  ): void {
    const metric = { labels: {}, ...description, samples };
    if (!NAME.test(metric.name) || this.#metrics.has(metric.name))
      throw new Error(`"${metric.name}" cannot be the name of a figure, or is one already`);
    if ((metric.type === "counter") !== metric.name.endsWith("_total"))
      throw new Error(`${metric.name}: counters end in _total, and nothing else does`);
    this.#metrics.set(metric.name, metric);
  }

  gauge(name: string, help: string, read: () => number): void {
    this.add({ name, help, type: "gauge" }, () => [{ value: read() }]);
  }

  total(name: string, help: string, read: () => number): void {
    this.add({ name, help, type: "counter" }, () => [{ value: read() }]);
  }

  /** A counter with one label of these values. */
  counter(name: string, help: string, label: string, values: readonly string[]): Counter {
    const counter = new Counter(values);
    this.add({ name, help, type: "counter", labels: { [label]: values.join(", ") } }, () =>
      Array.from(counter.counts(), ([value, count]) => ({ labels: { [label]: value }, value: count })),
    );
    return counter;
  }

  histogram(name: string, help: string, bounds: readonly number[]): Histogram {
    const histogram = new Histogram(bounds);
    this.add({ name, help, type: "histogram" }, () => histogram.samples());
    return histogram;
  }

  all(): readonly MetricDescription[] {
    return [...this.#metrics.values()];
  }

  /** As Prometheus reads it. */
  text(): string {
    let text = "";
    for (const { name, help, type, samples } of this.#metrics.values()) {
      text += `# HELP ${name} ${help.replace(/[\\\n]/g, (c) => (c === "\n" ? "\\n" : "\\\\"))}\n# TYPE ${name} ${type}\n`;
      for (const { suffix = "", labels, value } of samples())
        text += `${name}${suffix}${written(labels)} ${value}\n`;
    }
    return text;
  }
}

function written(labels: Sample["labels"]): string {
  if (labels === undefined) return "";
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return `{${pairs.join(",")}}`;
}

function escaped(value: string): string {
  return value.replace(/[\\"\n]/g, (character) => (character === "\n" ? "\\n" : `\\${character}`));
}
