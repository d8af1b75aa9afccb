import type { Language } from "$generated/Language";
import type { Theme } from "$generated/Theme";
import { language } from "./language.svelte";

/** Lets the page show the language and the theme that were chosen. */
export function applyAppearance(chosen: { language: Language; theme: Theme }): void {
  language.code = chosen.language;
  const root = document.documentElement;
  root.lang = chosen.language;
  if (chosen.theme === "system") delete root.dataset.theme;
  else root.dataset.theme = chosen.theme;
}
