import type { Language } from "$generated/Language";
import type { Theme } from "$generated/Theme";
import { language } from "./language.svelte";

/** Lets the page speak the language and wear the theme. */
export function wear(look: { language: Language; theme: Theme }): void {
  language.code = look.language;
  const root = document.documentElement;
  root.lang = look.language;
  if (look.theme === "system") delete root.dataset.theme;
  else root.dataset.theme = look.theme;
}
