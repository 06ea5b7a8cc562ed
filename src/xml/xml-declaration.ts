import { GREATER, isText, WHITE } from "./bytes.ts";
import { crossed, restricted, XmlError } from "./xml-error.ts";

const START = "<?xml";
const LONGEST = 256;

// XML 1.0 §2.8 [23]. A standalone declaration has no meaning here and is ignored (RFC 6120 §11.5).
const DECLARATION =
  /^<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:'1\.[0-9]+'|"1\.[0-9]+")(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?:'([A-Za-z][\w.-]*)'|"([A-Za-z][\w.-]*)"))?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:'(?:yes|no)'|"(?:yes|no)"))?[ \t\r\n]*\?>$/;

/**
 * The length of the XML declaration at `i`, where `<?` stands; 0 when the input ends inside it.
 * @throws XmlError: restricted-xml for another processing instruction, unsupported-encoding for another encoding than UTF-8
 */
export function declarationLength(b: Buffer, i: number, end: number): number {
  const known = Math.min(i + START.length, end);
  if (!isText(b, i, known, START.slice(0, known - i))) throw restricted();
  if (i + START.length >= end) return 0;
  if (WHITE[b[i + START.length]!] === 1) throw restricted();
  const stop = Math.min(end, i + LONGEST);
  for (let at = i + START.length; at < stop; at++) {
    if (b[at] !== GREATER) continue;
    check(b.toString("latin1", i, at + 1));
    return at + 1 - i;
  }
  if (stop < i + LONGEST) return 0;
  throw crossed("an XML declaration is too long");
}

function check(text: string): void {
  const match = DECLARATION.exec(text);
  if (match === null) throw new XmlError("not-well-formed", "not an XML declaration");
  const encoding = match[1] ?? match[2];
  if (encoding !== undefined && encoding.toUpperCase() !== "UTF-8") {
    throw new XmlError("unsupported-encoding", "another encoding than UTF-8 declared");
  }
}

/**
 * The length of a byte order mark at the start of a stream, 0 when the input ends inside it, -1 when there is none. RFC 6120
 * §11.6 forbids to send one; in UTF-8 it does no harm.
 * @throws XmlError unsupported-encoding for UTF-16 and UTF-32
 */
export function byteOrderMarkLength(b: Buffer, i: number, end: number): number {
  const first = b[i];
  if (first === 0xef) {
    if (i + 1 < end && b[i + 1] !== 0xbb) return -1;
    if (i + 2 < end) return b[i + 2] === 0xbf ? 3 : -1;
    return 0;
  }
  if (first !== 0xfe && first !== 0xff) return -1;
  if (i + 1 >= end) return 0;
  if (b[i + 1] !== (first ^ 1)) return -1;
  throw new XmlError("unsupported-encoding", "UTF-16");
}
