/** A token of TypeScript source, as coarse as the checks need it. */
export interface Token {
  readonly kind: "word" | "number" | "string" | "template" | "regexp" | "punctuation";
  /** The text itself; of strings and templates without the quotes, escapes as they stand. */
  readonly text: string;
  /** 1-based. */
  readonly line: number;
  /** How many braces, brackets and parentheses are open around it. */
  readonly depth: number;
}

const wordStart = /[\p{ID_Start}$_#]/u;
const word = /[\p{ID_Continue}$#]+/uy;
const number = /(?:0[xXbBoO][\da-fA-F_]+|[\d_]+(?:\.[\d_]*)?(?:[eE][+-]?\d+)?|\.\d[\d_]*)n?/y;
const regexp = /\/(?:[^\\/[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
const punctuation =
  />>>=|\.\.\.|===|!==|\*\*=|<<=|>>=|>>>|&&=|\|\|=|\?\?=|=>|==|!=|<=|>=|&&|\|\||\?\?|\?\.(?!\d)|\+\+|--|[-+*/%&|^]=|\*\*|<<|[^\s]/y;

/** After these words a slash starts a regular expression. */
const operatorWords = new Set(
  "return typeof case in of delete void throw new else do await yield instanceof default".split(" "),
);
const conditionWords = new Set(["if", "while", "for", "with"]);

interface State {
  readonly tokens: Token[];
  line: number;
  /** What each open bracket is; `condition` marks the parenthesis of an `if (`, after which a statement begins. */
  readonly open: ("plain" | "condition" | "template")[];
  /** Whether a slash at this point starts a regular expression. */
  operand: boolean;
}

function lines(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count++;
  return count;
}

function push(state: State, kind: Token["kind"], text: string): void {
  state.tokens.push({ kind, text, line: state.line, depth: state.open.length });
  state.line += lines(text);
}

function stringEnd(source: string, start: number): number {
  const quote = source[start];
  let at = start + 1;
  while (at < source.length && source[at] !== quote && source[at] !== "\n") at += source[at] === "\\" ? 2 : 1;
  return at;
}

/** Reads template text from `start` to the closing backtick or to `${`; gives the position behind it. */
function template(state: State, source: string, start: number): number {
  let at = start;
  while (at < source.length && source[at] !== "`" && !source.startsWith("${", at))
    at += source[at] === "\\" ? 2 : 1;
  push(state, "template", source.slice(start, at));
  if (source[at] !== "$") {
    state.operand = false;
    return at + 1;
  }
  state.open.push("template");
  state.operand = true;
  return at + 2;
}

function takeWord(state: State, source: string, at: number): number {
  word.lastIndex = at;
  const text = word.exec(source)?.[0] ?? source[at]!;
  const member = state.tokens.at(-1)?.text === "." || state.tokens.at(-1)?.text === "?.";
  push(state, "word", text);
  state.operand = !member && operatorWords.has(text);
  return at + text.length;
}

function takePunctuation(state: State, source: string, at: number): number {
  punctuation.lastIndex = at;
  const text = punctuation.exec(source)?.[0] ?? source[at]!;
  const before = state.tokens.at(-1);
  if (text === "}" || text === ")" || text === "]") {
    const opened = state.open.pop();
    if (opened === "template") return template(state, source, at + 1);
    push(state, "punctuation", text);
    state.operand = text === "}" || opened === "condition";
    return at + 1;
  }
  push(state, "punctuation", text);
  if (text === "(" && before?.kind === "word" && conditionWords.has(before.text))
    state.open.push("condition");
  else if (text === "(" || text === "{" || text === "[") state.open.push("plain");
  // `i++ / 2` and `value! / 2` divide.
  if (text !== "++" && text !== "--" && (text !== "!" || state.operand)) state.operand = true;
  return at + text.length;
}

function skipBlank(state: State, source: string, at: number): number {
  if (source[at] === "\n") state.line++;
  if (/\s/.test(source[at]!)) return at + 1;
  if (source.startsWith("//", at)) {
    const end = source.indexOf("\n", at);
    return end < 0 ? source.length : end;
  }
  if (source.startsWith("/*", at)) {
    const end = source.indexOf("*/", at + 2);
    const next = end < 0 ? source.length : end + 2;
    state.line += lines(source.slice(at, next));
    return next;
  }
  return at;
}

function takeToken(state: State, source: string, at: number): number {
  const character = source[at]!;
  if (character === '"' || character === "'") {
    const end = stringEnd(source, at);
    push(state, "string", source.slice(at + 1, end));
    state.operand = false;
    return end + 1;
  }
  if (character === "`") return template(state, source, at + 1);
  if (wordStart.test(character)) return takeWord(state, source, at);
  const pattern = /\d|\./.test(character) ? number : character === "/" && state.operand ? regexp : undefined;
  if (pattern !== undefined) {
    pattern.lastIndex = at;
    const text = pattern.exec(source)?.[0];
    if (text !== undefined) {
      push(state, pattern === number ? "number" : "regexp", text);
      state.operand = false;
      return at + text.length;
    }
  }
  return takePunctuation(state, source, at);
}

/** Splits TypeScript source into tokens; comments fall away. Enough to tell code from text, not a parser. */
export function tokensOf(source: string): readonly Token[] {
  const state: State = { tokens: [], line: 1, open: [], operand: true };
  let at = source.startsWith("#!") ? source.indexOf("\n") : 0;
  while (at >= 0 && at < source.length) {
    const next = skipBlank(state, source, at);
    at = next === at ? takeToken(state, source, at) : next;
  }
  return state.tokens;
}

/** One place where a file names another module. */
export interface Import {
  /** undefined when it is computed. */
  readonly specifier: string | undefined;
  readonly line: number;
}

function specifierAfter(tokens: readonly Token[], at: number): Import {
  const token = tokens[at];
  const plain =
    token?.kind === "string" || (token?.kind === "template" && tokens[at + 1]?.kind === "punctuation");
  const line = token?.line ?? tokens.at(-1)?.line ?? 1;
  return { specifier: plain ? token?.text : undefined, line };
}

/** `import … from "x"`, `export … from "x"`: the string behind `from`, when the clause has one. */
function fromClause(tokens: readonly Token[], start: number): Import | undefined {
  const depth = tokens[start]!.depth;
  for (let at = start + 1; at < tokens.length; at++) {
    const token = tokens[at]!;
    if (token.depth > depth || (token.text === "}" && token.kind === "punctuation")) continue;
    if (token.kind === "word" && token.text === "from" && tokens[at + 1]?.kind === "string") {
      return specifierAfter(tokens, at + 1);
    }
    const clause = token.kind === "word" || /^[{*,]$/.test(token.text);
    if (!clause || /^(?:const|let|var|function|class|interface|async|abstract)$/.test(token.text)) return;
  }
  return undefined;
}

/**
 * Every module that the source names: static imports and re-exports, types included, `import()`, `require()`, and
 * files that it starts by `new URL("./x.ts", import.meta.url)`.
 */
export function importsOf(tokens: readonly Token[]): readonly Import[] {
  const found: Import[] = [];
  tokens.forEach((token, at) => {
    if (token.kind !== "word") return;
    const before = tokens[at - 1]?.text;
    const member = before === "." || before === "?.";
    const next = tokens[at + 1];
    if (token.text === "import" && !member) {
      if (next?.kind === "string") found.push(specifierAfter(tokens, at + 1));
      else if (next?.text === "(") found.push(specifierAfter(tokens, at + 2));
      else if (next?.text !== ".")
        found.push(fromClause(tokens, at) ?? { specifier: undefined, line: token.line });
    } else if (token.text === "export" && !member && /^[{*]$|^type$/.test(next?.text ?? "")) {
      const clause = fromClause(tokens, at);
      if (clause !== undefined) found.push(clause);
    } else if (token.text === "require" && !member && tokens[at + 2]?.kind === "string") {
      found.push(specifierAfter(tokens, at + 2));
    } else if (token.text === "URL" && before === "new" && tokens[at + 4]?.text === "import") {
      const url = specifierAfter(tokens, at + 2);
      if (/^\..*\.ts$/.test(url.specifier ?? "")) found.push(url);
    }
  });
  return found;
}
