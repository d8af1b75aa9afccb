import { texts } from "$lib/language.svelte";

/** Words that all of the main window uses, and the card does not load. */
export const mainText = texts({
  ru: { product: "Трубка", close: "Закрыть", retry: "Повторить" },
  en: { product: "Trubka", close: "Close", retry: "Try again" },
});
