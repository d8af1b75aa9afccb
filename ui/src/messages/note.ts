import { texts } from "$lib/language.svelte";

/** The field for a note. */
export const noteText = texts({
  ru: { placeholder: "Что важно запомнить" },
  en: { placeholder: "What to remember" },
});
