import type { Language } from "$generated/Language";
import type { Theme } from "$generated/Theme";
import type { ZoneView } from "$generated/ZoneView";
import { language } from "./language.svelte";
import { zone } from "./zone.svelte";

/** Lets the page show the language and the theme that were chosen, and times as this computer has them. */
export function applyAppearance(chosen: { language: Language; theme: Theme; zone: ZoneView }): void {
  language.code = chosen.language;
  zone.view = chosen.zone;
  const root = document.documentElement;
  root.lang = chosen.language;
  if (chosen.theme === "system") delete root.dataset.theme;
  else root.dataset.theme = chosen.theme;
}

/** Whether a chosen theme is dark, the system's where that is the choice. */
export function isDark(theme: Theme): boolean {
  if (theme !== "system") return theme === "dark";
  return typeof matchMedia === "function" && matchMedia("(prefers-color-scheme: dark)").matches;
}
