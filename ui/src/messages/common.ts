import { texts } from "$lib/language.svelte";

/** Words that both windows use. */
export const commonText = texts({
  ru: {
    demo: "Демо",
    hidden: "Скрытый номер",
    extension: (number: string) => `доб. ${number}`,
    thenExtension: (extension: string) => `Когда ответят, наберите добавочный: ${extension}`,
    thenDigits: (digits: string) => `Когда ответят, наберите: ${digits}`,
    save: "Сохранить",
    cancel: "Отмена",
    callBack: "Перезвонить",
    note: "Заметка",
    writeNote: "Написать заметку",
  },
  en: {
    demo: "Demo",
    hidden: "Hidden number",
    extension: (number) => `ext. ${number}`,
    thenExtension: (extension) => `Once they answer, dial the extension: ${extension}`,
    thenDigits: (digits) => `Once they answer, dial: ${digits}`,
    save: "Save",
    cancel: "Cancel",
    callBack: "Call back",
    note: "Note",
    writeNote: "Write a note",
  },
});
