import { language } from "./language.svelte";

const lists = { ru: new Intl.ListFormat("ru"), en: new Intl.ListFormat("en-GB") };

/** Names as a sentence lists them: `Ирина, Пётр и вы`. */
export function listed(names: string[]): string {
  return lists[language.code].format(names);
}
