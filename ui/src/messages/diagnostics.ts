import type { HopPlace } from "$generated/HopPlace";
import type { PathMend } from "$features/diagnostics/pathMend";
import { englishCount, russianCount, texts } from "$lib/language.svelte";

interface DiagnosticsText {
  title: string;
  why: string;
  loading: string;
  pick: string;
  allShown: (calls: number) => string;
  noCalls: string;
  without: string;
  of: (some: number, all: number) => string;
  everyone: string;
  nobody: string;
  unknownCaller: string;
  shownTitle: string;
  within50: string;
  within100: string;
  later: string;
  usually: (median: number, longest: number) => string;
  ms: (ms: number) => string;
  stop: string;
  places: Record<HopPlace, string>;
  passed: Record<HopPlace, string>;
  notReached: string;
  logEntry: (seq: number) => string;
  cardShown: string;
  cardShownAt: (name: string) => string;
  noCard: string;
  noCardAt: (name: string) => string;
  cardWas: string;
  clockOff: string;
  onLine: (caller: string, line: string) => string;
  buttons: Record<PathMend | "showCall" | "copy", string>;
  others: string;
  cardAfter: (ms: number) => string;
  events: string;
  office: string;
  signed: string;
  unsigned: string;
  late: string;
}

/** Why calls had a card or none. */
export const diagnosticsText = texts<DiagnosticsText>({
  ru: {
    title: "Диагностика",
    why: "Почему нет карточки",
    loading: "Смотрим, что показали сегодня…",
    pick: "Выберите звонок, чтобы увидеть его путь от АТС до карточки",
    allShown: (calls) =>
      `Сегодня показали карточки всех звонков: ${russianCount(calls, "звонок", "звонка", "звонков")}`,
    noCalls: "Сегодня звонков ещё не было",
    without: "Без карточки сегодня",
    of: (some, all) => `${some} из ${all}`,
    everyone: "все",
    nobody: "никто",
    unknownCaller: "неизвестный номер",
    shownTitle: "Показали карточку",
    within50: "до 50 мс",
    within100: "50–100 мс",
    later: "дольше",
    usually: (median, longest) => `Обычно ${median} мс, дольше всего ${longest} мс`,
    ms: (ms) => `+${ms} мс`,
    stop: "стоп",
    places: {
      pbx: "АТС",
      signature: "Подпись",
      log: "Журнал",
      office: "Офис",
      desk: "Рабочее место",
      card: "Карточка",
    },
    passed: {
      pbx: "сообщила",
      signature: "совпала",
      log: "записано",
      office: "разослал",
      desk: "на связи",
      card: "показана",
    },
    notReached: "не дошло",
    logEntry: (seq) => `№ ${seq.toLocaleString("ru")}`,
    cardShown: "Карточка была",
    cardShownAt: (name) => `Карточка была: ${name}`,
    noCard: "Карточки не было",
    noCardAt: (name) => `Карточки не было: ${name}`,
    cardWas: "Звонок прошёл весь путь, карточка показана.",
    clockOff:
      "Часы этого рабочего места идут неверно: когда оно узнало о звонке и показало карточку, неизвестно. Проверьте время на компьютере.",
    onLine: (caller, line) => `${caller} на линию «${line}»`,
    buttons: {
      connections: "Проверить подключения",
      lists: "Линии и группы",
      people: "Рабочие места",
      state: "Состояние подключений",
      reconnect: "Проверить связь",
      showCall: "Показать звонок",
      again: "Обновить",
      copy: "Копировать отчёт",
    },
    others: "Тот же звонок у других",
    cardAfter: (ms) => `карточка на ${ms}-й мс`,
    events: "Что пришло от АТС",
    office: "Офис",
    signed: "подпись совпала",
    unsigned: "без подписи",
    late: "поздно",
  },
  en: {
    title: "Diagnostics",
    why: "Why no card",
    loading: "Looking at what was shown today…",
    pick: "Select a call to see its way from the PBX to the card",
    allShown: (calls) => `Every call today had its card: ${englishCount(calls, "call", "calls")}`,
    noCalls: "No calls yet today",
    without: "Without a card today",
    of: (some, all) => `${some} of ${all}`,
    everyone: "everyone",
    nobody: "nobody",
    unknownCaller: "unknown number",
    shownTitle: "Card shown",
    within50: "up to 50 ms",
    within100: "50–100 ms",
    later: "longer",
    usually: (median, longest) => `Usually ${median} ms, ${longest} ms at the longest`,
    ms: (ms) => `+${ms} ms`,
    stop: "stop",
    places: { pbx: "PBX", signature: "Signature", log: "Log", office: "Office", desk: "Desk", card: "Card" },
    passed: { pbx: "told", signature: "matched", log: "written", office: "passed on", desk: "online", card: "shown" },
    notReached: "not reached",
    logEntry: (seq) => `No. ${seq.toLocaleString("en")}`,
    cardShown: "There was a card",
    cardShownAt: (name) => `There was a card: ${name}`,
    noCard: "There was no card",
    noCardAt: (name) => `There was no card: ${name}`,
    cardWas: "The call came all the way and its card was shown.",
    clockOff:
      "This desk’s clock is wrong, so nobody knows when it heard of the call and showed the card. Check the time on its computer.",
    onLine: (caller, line) => `${caller} to “${line}”`,
    buttons: {
      connections: "Check connections",
      lists: "Lines and groups",
      people: "Desks",
      state: "State of connections",
      reconnect: "Check the link",
      showCall: "Show the call",
      again: "Refresh",
      copy: "Copy report",
    },
    others: "The same call elsewhere",
    cardAfter: (ms) => `card after ${ms} ms`,
    events: "What came from the PBX",
    office: "Office",
    signed: "signature matched",
    unsigned: "not signed",
    late: "late",
  },
});
