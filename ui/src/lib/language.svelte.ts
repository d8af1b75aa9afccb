import type { Language } from "$generated/Language";
import type { Titles } from "$generated/Titles";

/** The language that every text follows; changing it repaints what shows text. */
class CurrentLanguage {
  // Until the program has said which one, the system's.
  code: Language = $state(navigator.language.startsWith("ru") ? "ru" : "en");
}

export const language = new CurrentLanguage();

/** The texts of one area in both languages; Russian gives the shape. */
export function texts<Shape extends object>(both: { ru: Shape; en: NoInfer<Shape> }): () => Shape {
  return () => both[language.code];
}

/** What something is called, in the language of the window. */
export function titleOf(titles: Titles): string {
  return titles[language.code];
}

const russianRules = /* @__PURE__ */ new Intl.PluralRules("ru");
const englishRules = /* @__PURE__ */ new Intl.PluralRules("en");

/** A number with the Russian word that goes with it: 1 звонок, 2 звонка, 5 звонков. */
export function russianCount(count: number, one: string, few: string, many: string): string {
  const word = { one, few, many, zero: many, two: few, other: few }[russianRules.select(count)];
  return `${count.toLocaleString("ru")} ${word}`;
}

/** A number with the English word that goes with it: 1 call, 2 calls. */
export function englishCount(count: number, one: string, other: string): string {
  return `${count.toLocaleString("en")} ${englishRules.select(count) === "one" ? one : other}`;
}
