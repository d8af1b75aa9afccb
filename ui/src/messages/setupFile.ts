import { texts } from "$lib/language.svelte";

/** How an office is set up, in a file for its gateway. */
export const setupFileText = texts({
  ru: {
    save: "Сохранить в файл TOML",
    hint: "Всё устройство офиса для файла шлюза: подключения, линии, группы, имена, контакты. Секретов в нём нет.",
  },
  en: {
    save: "Save as TOML file",
    hint: "All of the office’s setup for the gateway’s file: connections, lines, groups, names, contacts. No secrets.",
  },
});
