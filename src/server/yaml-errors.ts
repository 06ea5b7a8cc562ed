/** What the YAML reader says of a mistake. */
export interface YamlMistake {
  readonly code: string;
  readonly message: string;
  /** Offsets in the text. */
  readonly pos: readonly [number, number];
}

/** A quote or bracket is not closed. */
export function unclosed(error: YamlMistake): boolean {
  return /^Missing closing|^Flow (map|sequence) in block collection must be .*end with/.test(error.message);
}

/** What a person can do about the error, in our words where the parser's are about its grammar. */
export function explain(error: YamlMistake, text: string): string {
  const here = text.slice(error.pos[0], error.pos[1]);
  if (unclosed(error)) {
    const closing = /with a? ?([\]}])/.exec(error.message)?.[1] ?? error.message.at(-1);
    return error.message.startsWith("Missing")
      ? "This quote is not closed."
      : `This bracket is not closed: \`${closing}\` is missing.`;
  }
  switch (error.code) {
    case "DUPLICATE_KEY": {
      const name = /^[^:\s]+/.exec(text.slice(error.pos[0]))?.[0] ?? here;
      return `\`${name}\` is set twice. Keep one of the two.`;
    }
    case "TAB_AS_INDENT":
      return "A tab indents this line. Indent with spaces.";
    case "BAD_INDENT":
      return "The indentation fits no line above: what belongs together begins in the same column.";
    case "MULTILINE_IMPLICIT_KEY":
    case "BLOCK_AS_IMPLICIT_KEY":
    case "BLOCK_IN_FLOW":
      return "This line does not fit the one before or has two `:`. Check the indentation, and put text with `: ` in quotes.";
    case "BAD_ALIAS":
    case "BAD_SCALAR_START":
      return `A value cannot begin with \`${text.charAt(error.pos[0])}\`. Put it in quotes.`;
    case "TAG_RESOLVE_FAILED":
      return `Tags such as \`${here}\` mean nothing here. Remove it, or put the text in quotes.`;
    case "MULTIPLE_DOCS":
      return "A second document begins here (`---`). A configuration is one document.";
    case "RESOURCE_EXHAUSTION":
      return "Too much is nested in each other here.";
    case "NON_STRING_KEY":
      return "The name of an option is a word.";
    case "MISSING_CHAR":
      return missing(error);
    default:
      return `This is not YAML: ${error.message}.`;
  }
}

function missing(error: YamlMistake): string {
  if (error.message.startsWith("Implicit map keys")) return "A `:` and a value are missing here.";
  if (/must end with a [\]}]/.test(error.message))
    return `The closing \`${error.message.at(-1)}\` is missing.`;
  return `Something is missing here: ${error.message}.`;
}
