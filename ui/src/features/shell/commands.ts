import type { Language } from "$generated/Language";
import type { Theme } from "$generated/Theme";
import type { Command } from "$features/command/commands";
import { SECTIONS } from "$features/settings/sections";
import { language } from "$lib/language.svelte";
import { commandText } from "$messages/command";
import { settingsText } from "$messages/settings";
import { shellText } from "$messages/shell";
import type { Desk } from "./desk.svelte";
import { PAGES } from "./pages";

const LANGUAGES: Language[] = ["ru", "en"];
const THEMES: Theme[] = ["light", "dark", "system"];

/** Everything in the main window that can be done by its name. */
export function commandsOf(desk: Desk): Command[] {
  const view = desk.view;
  if (!view) return [];
  const { settings } = view;
  const text = commandText();
  return [
    ...PAGES.filter(
      ({ page }) => page !== "people" || view.offices.some(({ admin, address }) => admin && address !== undefined),
    ).map(({ page, key }) => ({
      id: page,
      icon: page,
      words: text.goTo(shellText()[page]),
      keys: ["Ctrl", key],
      run: () => desk.navigation.go(page),
    })),
    { id: "card", icon: "card", words: text.toCard, keys: ["Ctrl", "J"], run: () => void desk.focusCard() },
    { id: "missed", icon: "missed", words: text.showMissed, run: () => desk.navigation.showMissed() },
    ...SECTIONS.map((section) => ({
      id: section,
      icon: "settings" as const,
      words: text.goTo(settingsText().sections[section]),
      run: () => desk.navigation.goToSettings(section),
    })),
    ...LANGUAGES.filter((code) => code !== language.code).map((code) => ({
      id: code,
      icon: "language" as const,
      words: text.speak[code],
      also: text.alsoLanguage,
      run: () => void desk.save({ ...settings, language: code }),
    })),
    ...THEMES.filter((theme) => theme !== settings.theme).map((theme) => ({
      id: theme,
      icon: "theme" as const,
      words: text.useTheme[theme],
      also: text.alsoTheme,
      run: () => void desk.save({ ...settings, theme }),
    })),
    ...(view.stage === "demo"
      ? [
          {
            id: "leave",
            icon: "leave" as const,
            words: shellText().leaveDemo,
            run: () => void desk.offices.leaveDemo(),
          },
        ]
      : []),
  ];
}
