import type { CallFilter } from "$generated/CallFilter";
import type { CallResult } from "$generated/CallResult";
import type { CallState } from "$generated/CallState";
import type { Direction } from "$generated/Direction";
import { byGender } from "$lib/grammar";
import { isolate } from "$lib/isolate";
import { englishCount, russianCount, texts } from "$lib/language.svelte";

interface CallsText {
  filter: string;
  searchedFor: (text: string) => string;
  clearSearch: string;
  filters: Record<CallFilter, string>;
  list: string;
  callCount: (count: number) => string;
  hole: (pbx: string, from: string, until: string) => string;
  directions: Record<Direction, string>;
  states: Record<CallState, string>;
  ringingOut: string;
  results: Record<CallResult, string>;
  answeredBy: (who: string) => string;
  theyAnswered: (who: string | undefined) => string;
  at: (time: string) => string;
  calledBack: (when: string) => string;
  calledAgain: (who: string | undefined, when: string) => string;
  waits: (length: string) => string;
  you: string;
  onThePhone: string;
  hiddenNumber: string;
  answeredCount: (count: number) => string;
  waitingCount: (count: number) => string;
  allSince: (day: string) => string;
  answerTime: string;
  perHour: string;
  answeredKey: string;
  missedKey: string;
  nowHour: string;
  hour: (hour: number, answered: number, missed: number) => string;
  rang: (who: string | undefined, length: string) => string;
  waited: (length: string) => string;
  internal: string;
  missedIncoming: string;
  play: (who: string) => string;
  noCalls: string;
  noCallsAction: string;
  noMatches: (text: string) => string;
  noMatchesFilter: string;
  showAll: string;
  loading: string;
  noted: string;
  trial: string;
  trialMeans: string;
  openCalls: string;
  missedToCallBack: (count: number) => string;
  allMissed: string;
  today: string;
  calls: string;
  answered: string;
  missed: string;
  quiet: string;
  recent: string;
  nothingMissed: string;
  whileAway: (count: number) => string;
  showCalls: string;
}

/** Lists of calls: the views Calls and Now. */
export const callsText = texts<CallsText>({
  ru: {
    filter: "Какие звонки",
    searchedFor: (text) => `Поиск: ${isolate(text)}`,
    clearSearch: "Убрать поиск",
    filters: {
      all: "Все",
      incoming: "Входящие",
      outgoing: "Исходящие",
      missed: "Пропущенные",
      recorded: "С записью",
    },
    list: "Список звонков",
    callCount: (count) => russianCount(count, "звонок", "звонка", "звонков"),
    hole: (pbx, from, until) => `${pbx}: с ${from} до ${until} связи не было, звонки этого времени неизвестны`,
    directions: {
      incoming: "Входящий",
      outgoing: "Исходящий",
      internal: "Внутренний",
      unknown: "Звонок",
    },
    states: {
      new: "Новый",
      dialling: "Набираем",
      queued: "В очереди",
      ringing: "Звонит",
      talking: "Разговор",
      onHold: "На удержании",
      conference: "Конференция",
      ended: "Завершён",
    },
    ringingOut: "Дозваниваемся",
    results: {
      answered: "Отвечен",
      answeredElsewhere: "Отвечен",
      missed: "Пропущен",
      busy: "Занято",
      noAnswer: "Не ответили",
      rejected: "Отклонён",
      cancelled: "Отменён",
      failed: "Не соединили",
      transferred: "Переведён",
      voicemail: "Голосовая почта",
      fax: "Факс",
      unknown: "Результат неизвестен",
    },
    answeredBy: (who) => `${byGender(who, "Ответил", "Ответила", "Ответ:")} ${isolate(who)}`,
    theyAnswered: (who) => byGender(who ?? "", "Ответил", "Ответила", "Ответили"),
    at: (time) => `в ${time}`,
    calledBack: (when) => `Перезвонили ${when}`,
    calledAgain: (who, when) => `${byGender(who ?? "", "Дозвонился", "Дозвонилась", "Дозвонились")} ${when}`,
    waits: (length) => `Ждёт ${length}`,
    you: "вы",
    onThePhone: "Управляйте звонком на телефоне",
    hiddenNumber: "номер не передан",
    answeredCount: (count) => russianCount(count, "отвечен", "отвечены", "отвечено"),
    waitingCount: (count) => russianCount(count, "ждёт", "ждут", "ждут"),
    allSince: (day) => `Это все звонки с ${day}`,
    answerTime: "Отвечаем за",
    perHour: "Звонки по часам",
    answeredKey: "отвечены",
    missedKey: "пропущены",
    nowHour: "сейчас",
    hour: (hour, answered, missed) => `${hour}:00: отвечено ${answered}, пропущено ${missed}`,
    rang: (who, length) => `${byGender(who ?? "", "звонил", "звонила", "звонил")} ${length}`,
    waited: (length) => `ждали ${length}`,
    internal: "Внутренний",
    missedIncoming: "Пропущенный",
    play: (who) => `Слушать запись: ${isolate(who)}`,
    noCalls: "Здесь появятся звонки, как только они начнутся.",
    noCallsAction: "Позвонить",
    noMatches: (text) => `По запросу «${isolate(text)}» ничего не нашлось.`,
    noMatchesFilter: "Таких звонков пока нет.",
    showAll: "Все звонки",
    loading: "Загружаем звонки…",
    noted: "Есть заметка",
    trial: "Пробный звонок",
    trialMeans: "Пришёл в пробном режиме: его видят только администраторы",
    openCalls: "Идут сейчас",
    missedToCallBack: (count) => (count > 0 ? `Перезвонить · ${count.toLocaleString("ru")}` : "Перезвонить"),
    allMissed: "Весь список",
    today: "Сегодня",
    calls: "Звонков",
    answered: "Отвечено",
    missed: "Пропущено",
    quiet: "Сейчас никто не звонит.",
    recent: "Последние звонки",
    nothingMissed: "Перезванивать некому.",
    whileAway: (count) => `Пока вас не было: ${russianCount(count, "звонок", "звонка", "звонков")}`,
    showCalls: "Показать",
  },
  en: {
    filter: "Which calls",
    searchedFor: (text) => `Search: ${isolate(text)}`,
    clearSearch: "Clear the search",
    filters: {
      all: "All",
      incoming: "Incoming",
      outgoing: "Outgoing",
      missed: "Missed",
      recorded: "With recording",
    },
    list: "List of calls",
    callCount: (count) => englishCount(count, "call", "calls"),
    hole: (pbx, from, until) => `${pbx}: no connection from ${from} to ${until}, the calls of that time are not known`,
    directions: {
      incoming: "Incoming",
      outgoing: "Outgoing",
      internal: "Internal",
      unknown: "Call",
    },
    states: {
      new: "New",
      dialling: "Dialling",
      queued: "In a queue",
      ringing: "Ringing",
      talking: "Talking",
      onHold: "On hold",
      conference: "Conference",
      ended: "Ended",
    },
    ringingOut: "Calling",
    results: {
      answered: "Answered",
      answeredElsewhere: "Answered",
      missed: "Missed",
      busy: "Busy",
      noAnswer: "No answer",
      rejected: "Declined",
      cancelled: "Cancelled",
      failed: "Not connected",
      transferred: "Transferred",
      voicemail: "Voicemail",
      fax: "Fax",
      unknown: "Result unknown",
    },
    answeredBy: (who) => `Answered by ${isolate(who)}`,
    theyAnswered: () => "Answered",
    at: (time) => `at ${time}`,
    calledBack: (when) => `Called back ${when}`,
    calledAgain: (_, when) => `Got through ${when}`,
    waits: (length) => `Waits ${length}`,
    you: "you",
    onThePhone: "Control the call on your phone",
    hiddenNumber: "number withheld",
    answeredCount: (count) => `${count.toLocaleString("en")} answered`,
    waitingCount: (count) => `${count.toLocaleString("en")} waiting`,
    allSince: (day) => `These are all calls since ${day}`,
    answerTime: "Answered in",
    perHour: "Calls by hour",
    answeredKey: "answered",
    missedKey: "missed",
    nowHour: "now",
    hour: (hour, answered, missed) => `${hour}:00: ${answered} answered, ${missed} missed`,
    rang: (_, length) => `rang ${length}`,
    waited: (length) => `waited ${length}`,
    internal: "Internal",
    missedIncoming: "Missed",
    play: (who) => `Listen to the recording: ${isolate(who)}`,
    noCalls: "Calls appear here as soon as they begin.",
    noCallsAction: "Call a number",
    noMatches: (text) => `Nothing was found for “${isolate(text)}”.`,
    noMatchesFilter: "There are no such calls yet.",
    showAll: "All calls",
    loading: "Loading calls…",
    noted: "Has a note",
    trial: "Trial call",
    trialMeans: "Came in trial mode: only administrators see it",
    openCalls: "Active calls",
    missedToCallBack: (count) => (count > 0 ? `Call back · ${count.toLocaleString("en")}` : "Call back"),
    allMissed: "Whole list",
    today: "Today",
    calls: "Calls",
    answered: "Answered",
    missed: "Missed",
    quiet: "Nobody is calling right now.",
    recent: "Latest calls",
    nothingMissed: "Nobody to call back.",
    whileAway: (count) => `While you were away: ${englishCount(count, "call", "calls")}`,
    showCalls: "Show",
  },
});
