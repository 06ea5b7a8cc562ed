/**
 * Whether a text fits one of these patterns, "any" or such with colons between them: `*` any text, `?` one character, `[a-c]` one of these, `[!a-c]` one of
 * others. undefined when a bracket does not end.
 */
export function glob(patterns: string): ((text: string) => boolean) | undefined {
  if (patterns === "any") return () => true;
  const read = patterns.split(":").map(tokens);
  if (read.some((pattern) => pattern === undefined)) return undefined;
  return (text) => read.some((pattern) => fits(pattern!, [...text]));
}

/** One character, or any number of any. */
type Token = "*" | ((character: string) => boolean);

function tokens(pattern: string): readonly Token[] | undefined {
  const found: Token[] = [];
  const characters = [...pattern];
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at]!;
    if (character === "*") found.push("*");
    else if (character === "?") found.push(() => true);
    else if (character === "[") {
      const end = characters.indexOf("]", at + 1);
      if (end < 0) return undefined;
      found.push(oneOf(characters.slice(at + 1, end)));
      at = end;
    } else found.push((other) => other === character);
  }
  return found;
}

function oneOf(inside: readonly string[]): (character: string) => boolean {
  const negated = inside[0] === "!";
  const list = negated ? inside.slice(1) : inside;
  return (character) => {
    const found = list.some((one, at) => {
      if (one === character) return true;
      return list[at + 1] === "-" && at + 2 < list.length && one <= character && character <= list[at + 2]!;
    });
    return found !== negated;
  };
}

/** Goes back to the last star only, so that no pattern takes more than its length times the text's. */
function fits(pattern: readonly Token[], text: readonly string[]): boolean {
  let at = 0;
  let star = -1;
  let resumed = 0;
  for (let read = 0; read < text.length; ) {
    const token = pattern[at];
    if (token === "*") {
      star = at++;
      resumed = read;
    } else if (token?.(text[read]!)) {
      at++;
      read++;
    } else if (star < 0) return false;
    else {
      at = star + 1;
      read = ++resumed;
    }
  }
  return pattern.slice(at).every((token) => token === "*");
}
