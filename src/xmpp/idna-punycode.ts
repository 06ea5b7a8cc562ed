const BASE = 36;
const T_MIN = 1;
const T_MAX = 26;
const SKEW = 38;
const DAMP = 700;
const INITIAL_BIAS = 72;
const INITIAL_N = 128;
const DELIMITER = "-";
const DIGITS = "abcdefghijklmnopqrstuvwxyz0123456789";
const MAX_INTEGER = 0x7fffffff;

/** RFC 3492 §6.2: the Unicode string, or undefined when `text` (lower case, without `xn--`) does not decode. */
export function decodePunycode(text: string): string | undefined {
  const end = text.lastIndexOf(DELIMITER);
  const output = Array.from(end > 0 ? text.slice(0, end) : "", (each) => each.charCodeAt(0));
  if (output.some((code) => code > 0x7f)) return undefined;
  let n = INITIAL_N;
  let bias = INITIAL_BIAS;
  let i = 0;
  let at = end > 0 ? end + 1 : 0;
  while (at < text.length) {
    const before = i;
    let weight = 1;
    for (let k = BASE; ; k += BASE) {
      const digit = at < text.length ? DIGITS.indexOf(text.charAt(at++)) : -1;
      if (digit < 0) return undefined;
      i += digit * weight;
      if (i > MAX_INTEGER) return undefined;
      const t = threshold(k, bias);
      if (digit < t) break;
      weight *= BASE - t;
      if (weight > MAX_INTEGER) return undefined;
    }
    const length = output.length + 1;
    bias = adapt(i - before, length, before === 0);
    n += Math.floor(i / length);
    if (n > 0x10ffff) return undefined;
    i %= length;
    output.splice(i++, 0, n);
  }
  return String.fromCodePoint(...output);
}

/** RFC 3492 §6.3, without `xn--`. `text` is a label, so short that nothing overflows. */
export function encodePunycode(text: string): string {
  const points = Array.from(text, (each) => each.codePointAt(0)!);
  const basic = points.filter((codePoint) => codePoint < INITIAL_N);
  let output = String.fromCodePoint(...basic) + (basic.length > 0 ? DELIMITER : "");
  let n = INITIAL_N;
  let delta = 0;
  let bias = INITIAL_BIAS;
  let handled = basic.length;
  while (handled < points.length) {
    const next = Math.min(...points.filter((codePoint) => codePoint >= n));
    delta += (next - n) * (handled + 1);
    n = next;
    for (const codePoint of points) {
      if (codePoint < n) delta++;
      if (codePoint !== n) continue;
      output += variableLength(delta, bias);
      bias = adapt(delta, handled + 1, handled === basic.length);
      delta = 0;
      handled++;
    }
    delta++;
    n++;
  }
  return output;
}

function variableLength(delta: number, bias: number): string {
  let output = "";
  let rest = delta;
  for (let k = BASE; ; k += BASE) {
    const t = threshold(k, bias);
    if (rest < t) return output + DIGITS.charAt(rest);
    output += DIGITS.charAt(t + ((rest - t) % (BASE - t)));
    rest = Math.floor((rest - t) / (BASE - t));
  }
}

function threshold(k: number, bias: number): number {
  return Math.min(Math.max(k - bias, T_MIN), T_MAX);
}

/** RFC 3492 §6.1. */
function adapt(delta: number, points: number, first: boolean): number {
  let rest = first ? Math.floor(delta / DAMP) : delta >> 1;
  rest += Math.floor(rest / points);
  let k = 0;
  while (rest > ((BASE - T_MIN) * T_MAX) >> 1) {
    rest = Math.floor(rest / (BASE - T_MIN));
    k += BASE;
  }
  return k + Math.floor(((BASE - T_MIN + 1) * rest) / (rest + SKEW));
}
