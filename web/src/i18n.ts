import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { en } from "./catalogue-en.ts";
import { pl } from "./catalogue-pl.ts";
import { Format } from "./format.ts";
import { type Key, type Language, translate } from "./translate.ts";

const CATALOGUES: Readonly<Record<Language, Readonly<Record<Key, string>>>> = { en, pl };
const KEPT = "tercet-language";

export interface Texts {
  readonly lang: Language;
  readonly format: Format;
  t(key: Key, values?: Readonly<Record<string, string | number>>): string;
}

export function textsOf(lang: Language): Texts {
  const catalogue = CATALOGUES[lang];
  return { lang, format: new Format(lang), t: (key, values = {}) => translate(catalogue[key], values, lang) };
}

/** What was chosen here before, else the browser's first language that there is a catalogue of. */
export function preferredLanguage(): Language {
  const wanted = [localStorage.getItem(KEPT) ?? "", ...navigator.languages];
  const found = wanted.map((one) => one.slice(0, 2)).find((one) => Object.hasOwn(CATALOGUES, one));
  return (found ?? "en") as Language;
}

export function keepLanguage(lang: Language): void {
  localStorage.setItem(KEPT, lang);
}

export const TextsContext = createContext<Texts>(textsOf("en"));

export function useTexts(): Texts {
  return useContext(TextsContext);
}
