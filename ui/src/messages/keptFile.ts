import { texts } from "$lib/language.svelte";

/** A file that was written among the downloads. */
export const keptFileText = texts({
  ru: {
    at: "Файл:",
    show: "Показать в папке",
    notShown: "Папку открыть не удалось. Найдите файл по этому пути.",
    gone: "Файла здесь больше нет: его удалили или перенесли.",
  },
  en: {
    at: "File:",
    show: "Show in folder",
    notShown: "The folder could not be opened. Find the file by this path.",
    gone: "The file is not here any more: it was deleted or moved.",
  },
});
