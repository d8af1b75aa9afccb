import type { Language } from "$generated/Language";
import type { Theme } from "$generated/Theme";
import { isolate } from "$lib/isolate";
import { englishCount, russianCount, texts } from "$lib/language.svelte";

interface CommandText {
  field: string;
  placeholder: string;
  panel: string;
  options: string;
  people: string;
  calls: string;
  notes: string;
  commands: string;
  sameDigits: string;
  callCount: (count: number) => string;
  found: (count: number, more: boolean) => string;
  nothing: string;
  looked: (since: string | undefined) => string;
  looking: string;
  /** What keys do, at the foot. */
  choose: string;
  open: string;
  run: string;
  call: string;
  callFirst: string;
  notCall: string;
  clear: string;
  close: string;
  list: string;
  copy: string;
  copied: string;
  listAll: (text: string) => string;
  lookFor: (text: string) => string;
  goTo: (page: string) => string;
  toCard: string;
  showMissed: string;
  speak: Record<Language, string>;
  useTheme: Record<Theme, string>;
  alsoLanguage: string;
  alsoTheme: string;
}

/** The one field: search, number, commands. */
export const commandText = texts<CommandText>({
  ru: {
    field: "Имя, номер или команда",
    placeholder: "Имя, номер или команда",
    panel: "Поиск, номер и команды",
    options: "Что нашлось",
    people: "Люди",
    calls: "Звонки",
    notes: "Заметки",
    commands: "Команды",
    sameDigits: "Ещё с этими цифрами",
    callCount: (count) => russianCount(count, "звонок", "звонка", "звонков"),
    found: (count, more) => (more ? `больше ${count.toLocaleString("ru")}` : `${count.toLocaleString("ru")} найдено`),
    nothing: "Ничего не нашлось",
    looked: (since) =>
      `Искали в звонках и заметках${since ? ` с ${since}` : ""}. Проверьте раскладку или введите хотя бы четыре цифры номера.`,
    looking: "Ищем…",
    choose: "выбрать",
    open: "открыть",
    run: "выполнить",
    call: "позвонить",
    callFirst: "показать номер",
    notCall: "не звонить",
    clear: "стереть",
    close: "закрыть",
    list: "все звонки",
    copy: "копировать",
    copied: "скопировано",
    listAll: (text) => `Показать все звонки: ${isolate(text)}`,
    lookFor: (text) => `Искать: ${isolate(text)}`,
    goTo: (page) => `Перейти: ${page}`,
    toCard: "К карточке звонка",
    showMissed: "Показать пропущенные",
    speak: { ru: "Говорить по-русски", en: "Switch to English" },
    useTheme: { light: "Светлое оформление", dark: "Тёмное оформление", system: "Оформление как в системе" },
    alsoLanguage: "язык language english английский русский",
    alsoTheme: "тема theme цвета",
  },
  en: {
    field: "Name, number or command",
    placeholder: "Name, number or command",
    panel: "Search, number and commands",
    options: "What was found",
    people: "People",
    calls: "Calls",
    notes: "Notes",
    commands: "Commands",
    sameDigits: "More with these digits",
    callCount: (count) => englishCount(count, "call", "calls"),
    found: (count, more) => (more ? `more than ${count.toLocaleString("en")}` : `${count.toLocaleString("en")} found`),
    nothing: "Nothing found",
    looked: (since) =>
      `Looked through calls and notes${since ? ` since ${since}` : ""}. Check the keyboard layout, or type at least four digits of the number.`,
    looking: "Looking…",
    choose: "choose",
    open: "open",
    run: "run",
    call: "call",
    callFirst: "show the number",
    notCall: "don’t call",
    clear: "clear",
    close: "close",
    list: "all calls",
    copy: "copy",
    copied: "copied",
    listAll: (text) => `Show all calls: ${isolate(text)}`,
    lookFor: (text) => `Look for: ${isolate(text)}`,
    goTo: (page) => `Go to: ${page}`,
    toCard: "Go to the call card",
    showMissed: "Show missed calls",
    speak: { ru: "Переключить на русский", en: "Speak English" },
    useTheme: { light: "Light appearance", dark: "Dark appearance", system: "Appearance as in the system" },
    alsoLanguage: "language язык russian русский english",
    alsoTheme: "theme тема colours",
  },
});
