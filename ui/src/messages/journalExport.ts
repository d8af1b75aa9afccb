import type { ExportWords } from "$generated/ExportWords";
import { englishCount, russianCount, texts } from "$lib/language.svelte";
import { journalText } from "./journal";
import { journalReasonText } from "./journalReasons";

interface JournalExportText {
  save: string;
  saving: string;
  saved: (entries: number) => string;
  notWhole: string;
  separator: ExportWords["separator"];
  columns: ExportWords["columns"];
}

/** The request journal in a file. */
export const journalExportText = texts<JournalExportText>({
  ru: {
    save: "Сохранить в файл (CSV)",
    saving: "Сохраняем…",
    saved: (entries) => `Сохранено: ${russianCount(entries, "запрос", "запроса", "запросов")}`,
    notWhole: "Все не поместились: в файле самые новые.",
    separator: "semicolon",
    columns: [
      "Время",
      "Направление",
      "Подключение",
      "Метод",
      "Результат",
      "Статус HTTP",
      "Миллисекунды",
      "Адрес",
      "Запрос",
      "Ответ",
    ],
  },
  en: {
    save: "Save to a file (CSV)",
    saving: "Saving…",
    saved: (entries) => `${englishCount(entries, "request", "requests")} saved`,
    notWhole: "There was no room for all of them: the file has the newest.",
    separator: "comma",
    columns: [
      "Time",
      "Direction",
      "Connection",
      "Method",
      "Result",
      "HTTP status",
      "Milliseconds",
      "Address",
      "Request",
      "Answer",
    ],
  },
});

/** What the file calls things. */
export function exportWords(): ExportWords {
  const { separator, columns } = journalExportText();
  const { incoming, outgoing, verdict, methods } = journalText();
  return {
    separator,
    columns,
    directions: { incoming, outgoing },
    verdicts: verdict,
    reasons: journalReasonText().reason,
    methods,
  };
}
