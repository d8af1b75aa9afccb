import { texts } from "$lib/language.svelte";

const makesText = texts<{ titles: Record<string, string> }>({
  ru: { titles: {} },
  en: { titles: { Ростелеком: "Rostelecom", Новофон: "Novofon" } },
});

/** A connection's title, which is its make's name at home, as it is written in the language of the window. */
export function connectionTitle(title: string): string {
  return Object.entries(makesText().titles).reduce((told, [home, here]) => told.replace(home, here), title);
}
