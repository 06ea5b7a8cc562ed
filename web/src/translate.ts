import type { en } from "./catalogue-en.ts";

export type Key = keyof typeof en;
export type Language = "en" | "pl";

/**
 * "{name}" becomes its value, "{count|one: session|few: sesje|many: sesji|other: sesji}" the form that the number of this name asks for,
 * the number and a space before it.
 */
export function translate(
  text: string,
  values: Readonly<Record<string, string | number>>,
  lang: Language,
): string {
  return text.replace(/\{(\w+)((?:\|[^|}]*)*)\}/g, (_, name: string, forms: string) => {
    const value = values[name] ?? "";
    if (forms === "") return String(value);
    const category = new Intl.PluralRules(lang).select(Number(value));
    const found = new Map(
      forms
        .slice(1)
        .split("|")
        .map((form) => form.split(":").map((part) => part.trim()) as [string, string]),
    );
    return `${new Intl.NumberFormat(lang).format(Number(value))} ${found.get(category) ?? found.get("other") ?? ""}`;
  });
}
