import type { JournalDirection } from "$generated/JournalDirection";
import type { JournalVerdict } from "$generated/JournalVerdict";
import { englishCount, russianCount, texts } from "$lib/language.svelte";
import { vendorWords } from "./methods";

interface JournalText {
  title: string;
  method: string;
  allMethods: string;
  incoming: string;
  outgoing: string;
  errors: string;
  clearFilter: string;
  refresh: string;
  copy: string;
  clear: string;
  clearAsk: string;
  keep: string;
  kept: (count: number) => string;
  loading: string;
  empty: string;
  emptySoFar: string;
  more: string;
  request: string;
  answer: string;
  noBody: string;
  reveal: string;
  thisCall: string;
  because: (reason: string) => string;
  /** Of a webhook, and of a request of ours, which we signed ourselves. */
  checkSignature: Record<JournalDirection, string>;
  checking: string;
  /** Methods that have a name of ours. */
  methods: Record<string, string>;
  cut: string;
  curl: string;
  copyCurl: string;
  curlHint: string;
  ms: (ms: number) => string;
  verdict: Record<JournalVerdict, string>;
  plain: string;
  plainMeans: string;
}

/** The request journal. */
export const journalText = texts<JournalText>({
  ru: {
    title: "Журнал запросов",
    method: "Метод",
    allMethods: "Все методы",
    incoming: "К нам",
    outgoing: "От нас",
    errors: "С ошибками",
    clearFilter: "Очистить фильтр",
    refresh: "Обновить",
    copy: "Скопировать то, что показано",
    clear: "Очистить журнал",
    clearAsk: "Удалить все записи журнала? Это останется в аудите.",
    keep: "Оставить",
    kept: (count) =>
      `Показано ${russianCount(count, "запрос", "запроса", "запросов")} · храним 7 дней · секреты скрыты`,
    loading: "Открываем журнал…",
    empty: "Запросов не нашлось",
    emptySoFar: "Среди последних запросов таких нет: можно смотреть дальше",
    more: "Показать ещё",
    request: "Запрос",
    answer: "Ответ",
    noBody: "без тела",
    reveal: "Показать номера",
    thisCall: "Этот звонок",
    because: (reason) => `Причина: ${reason}`,
    checkSignature: { incoming: "Проверить подпись", outgoing: "Чем подписан" },
    checking: "Проверяем…",
    methods: {
      "test notification": "Тестовое уведомление",
      "late test notification": "Тестовое уведомление, опоздало",
      "address check": "Проверка адреса",
      frame: "Сообщение сокета",
      socket: "Открытие сокета",
    },
    cut: "Тело длиннее 8 КБ и здесь обрезано, поэтому команды curl нет.",
    curl: "Команда curl",
    copyCurl: "Копировать команду",
    curlHint: "Вместо секретов стоят переменные $TRUBKA_…: впишите их сами. Скрытые номера в команде тоже скрыты.",
    ms: (ms) => `${ms} мс`,
    plain: "без шифрования",
    plainMeans: "Пришло по HTTP без шифрования",
    verdict: {
      done: "отвечено",
      signed: "подпись совпала",
      unsigned: "без подписи",
      addressChecked: "проверка адреса",
      refused: "не принято",
      stray: "не от этой АТС: она ничего не присылает",
      notUnderstood: "содержание непонятно",
      failed: "не получилось",
    },
  },
  en: {
    title: "Request journal",
    method: "Method",
    allMethods: "All methods",
    incoming: "To us",
    outgoing: "From us",
    errors: "With errors",
    clearFilter: "Clear filter",
    refresh: "Refresh",
    copy: "Copy what is shown",
    clear: "Clear the journal",
    clearAsk: "Delete every entry of the journal? The audit will say so.",
    keep: "Keep",
    kept: (count) => `${englishCount(count, "request", "requests")} shown · kept for 7 days · no secrets`,
    loading: "Opening the journal…",
    empty: "No requests found",
    emptySoFar: "None among the newest requests: you can look further",
    more: "Show more",
    request: "Request",
    answer: "Answer",
    noBody: "no body",
    reveal: "Show numbers",
    thisCall: "This call",
    because: (reason) => `Reason: ${reason}`,
    checkSignature: { incoming: "Check signature", outgoing: "How it was signed" },
    checking: "Checking…",
    methods: {
      "test notification": "Test notification",
      "late test notification": "Test notification, late",
      "address check": "Address check",
      frame: "Socket message",
      socket: "Socket opening",
    },
    cut: "The body is longer than 8 KB and cut here, so there is no curl command.",
    curl: "curl command",
    copyCurl: "Copy command",
    curlHint: "Variables $TRUBKA_… stand for secrets: set them yourself. Hidden numbers are hidden in it too.",
    ms: (ms) => `${ms} ms`,
    plain: "plain HTTP",
    plainMeans: "Came over HTTP without encryption",
    verdict: {
      done: "answered",
      signed: "signature matched",
      unsigned: "unsigned",
      addressChecked: "address check",
      refused: "not accepted",
      stray: "not from this PBX: it posts nothing",
      notUnderstood: "not understood",
      failed: "failed",
    },
  },
});

/** What a method is called in plain language, and the vendor's name for it beside that; one without words is its name alone. */
export function methodWords(method: string): { words: string; code?: string } {
  const own = journalText().methods;
  if (Object.hasOwn(own, method)) return { words: own[method] as string };
  const words = vendorWords(method);
  return words === undefined ? { words: method } : { words, code: method };
}
