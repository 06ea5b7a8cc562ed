/** A line of a Markdown page. */
export interface Line {
  /** 1-based. */
  readonly number: number;
  readonly text: string;
  /** Inside a fenced block: the word behind the fence (`sh`, `text`, …), or "". */
  readonly block: string | undefined;
}

export function linesOf(text: string): readonly Line[] {
  let block: string | undefined;
  return text.split("\n").map((line, at) => {
    const fence = /^\s*```(\w*)/.exec(line);
    if (fence === null) return { number: at + 1, text: line, block };
    block = block === undefined ? fence[1] : undefined;
    return { number: at + 1, text: "", block: undefined };
  });
}

/** What stands between backticks on a line outside of blocks. */
export function spansOf(line: Line): readonly string[] {
  if (line.block !== undefined) return [];
  return [...line.text.matchAll(/`([^`]+)`/g)].map(([, span]) => span!);
}

/** Targets of links and images on a line outside of blocks. */
export function linksOf(line: Line): readonly string[] {
  if (line.block !== undefined) return [];
  const text = line.text.replaceAll(/`[^`]*`/g, "");
  return [...text.matchAll(/\]\(([^()\s]+)\)/g), ...text.matchAll(/^\[[^\]]+\]:\s*(\S+)/g)].map(
    ([, target]) => target!,
  );
}

/** The name that a heading has in a link: `Where state lives` is `#where-state-lives`. */
export function anchorsOf(text: string): ReadonlySet<string> {
  const headings = linesOf(text).filter((line) => line.block === undefined && /^#+ /.test(line.text));
  const slugs = headings.map(({ text: heading }) =>
    heading
      .replace(/^#+ /, "")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replaceAll(" ", "-"),
  );
  return new Set(slugs);
}

/** Puts `content` between the markers `<!-- NAME -->` and `<!-- end NAME -->`; undefined when they are missing. */
export function between(text: string, name: string, content: string): string | undefined {
  const [start, end] = [`<!-- ${name} -->`, `<!-- end ${name} -->`];
  const [from, to] = [text.indexOf(start), text.indexOf(end)];
  if (from < 0 || to < from) return undefined;
  return `${text.slice(0, from + start.length)}\n\n${content}\n\n${text.slice(to)}`;
}
