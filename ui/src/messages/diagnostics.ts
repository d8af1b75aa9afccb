import type { HopPlace } from "$generated/HopPlace";
import type { NoCard } from "$generated/NoCard";
import { englishCount, russianCount, texts } from "$lib/language.svelte";

type Kind = NoCard["kind"];

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
  onLine: (caller: string, line: string) => string;
  short: Record<Kind, string>;
  cause: (cause: NoCard) => string;
  mend: Record<Kind, string>;
  buttons: { connections: string; reconnect: string; showCall: string; again: string; copy: string; copied: string };
  others: string;
  cardAfter: (ms: number) => string;
  events: string;
  office: string;
  signed: string;
  unsigned: string;
  late: string;
}

/** Seconds, minutes or hours as a sentence needs them. */
function span(ms: number | undefined, russian: boolean): string {
  const seconds = Math.max(1, Math.round((ms ?? 0) / 1000));
  if (seconds < 120) return russian ? `${seconds} с` : `${seconds} s`;
  return russian ? `${Math.round(seconds / 60)} мин` : `${Math.round(seconds / 60)} min`;
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
    unknownCaller: "неизвестно чей",
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
    onLine: (caller, line) => `${caller} на линию «${line}»`,
    short: {
      refused: "подлинность не подтверждена",
      late: "пришло поздно",
      onlyInMenu: "только в меню",
      rangOthers: "звонил другим",
      lineOfOtherGroups: "линия другой группы",
      noPhoneHere: "нет телефона на этой АТС",
      answeredFirst: "ответили раньше показа",
      placedOnPhone: "набран на телефоне",
      deskAway: "не было на связи",
      rangTooLong: "звонил слишком долго",
      over: "закончился раньше",
      noPlace: "не хватило места",
      notReported: "место не сообщило",
    },
    cause: (cause) => {
      switch (cause.kind) {
        case "refused":
          return "Пришло сообщение без верной подписи, поэтому оно не принято. Прислать его могла и не ваша АТС.";
        case "late":
          return cause.byMs === undefined
            ? "АТС сообщила о звонке слишком поздно: телефон уже не звонил."
            : `АТС сообщила о звонке на ${span(cause.byMs, true)} позже: телефон уже не звонил.`;
        case "onlyInMenu":
          return "Звонок был только в меню или очереди: никому не звонил.";
        case "rangOthers":
          return cause.who.length > 0 ? `Звонил другим: ${cause.who.join(", ")}.` : "Звонил другим телефонам.";
        case "lineOfOtherGroups":
          return cause.groups.length > 0
            ? `Линия «${cause.line}» звонит группе: ${cause.groups.join(", ")}. Этого человека в ней нет.`
            : `Линия «${cause.line}» не входит ни в одну группу, поэтому никому не звонит.`;
        case "noPhoneHere":
          return `У этого человека нет телефона в подключении ${cause.connection}.`;
        case "answeredFirst":
          return "Когда рабочее место узнало о звонке, на него уже ответили или трубку положили.";
        case "placedOnPhone":
          return "Звонок набран на самом телефоне. Карточка исходящего появляется, если звонить с экрана.";
        case "deskAway":
          return "Рабочее место в это время не было на связи с офисом: выключено, спало или без сети.";
        case "rangTooLong":
          return "Рабочее место вернулось на связь, когда телефон звонил уже больше двух минут.";
        case "over":
          return "Когда рабочее место узнало о звонке, он уже закончился.";
        case "noPlace":
          return "Одновременно звонили ещё четыре: карточка ждала места под ними.";
        case "notReported":
          return "Рабочее место было на связи, но не сообщило, что показало: возможно, там старая версия.";
      }
    },
    mend: {
      refused: "Сверьте ключи подключения с кабинетом АТС.",
      late: "Проверьте часы и часовой пояс подключения, затем связь с АТС.",
      onlyInMenu: "Так и должно быть, если звонящий не дошёл до сотрудника.",
      rangOthers: "Так и должно быть, если звонок не для этого человека.",
      lineOfOtherGroups: "Добавьте человека в группу линии или линию в его группу.",
      noPhoneHere: "Дайте человеку добавочный в этом подключении.",
      answeredFirst: "Если так бывает часто, сравните время на шагах пути.",
      placedOnPhone: "Набирайте номер в поле сверху, чтобы видеть карточку.",
      deskAway: "Включите запуск вместе с системой и проверьте сеть.",
      rangTooLong: "Проверьте, почему рабочее место теряло связь.",
      over: "Сравните время на шагах пути: видно, где задержка.",
      noPlace: "Закройте карточки, которые больше не нужны.",
      notReported: "Обновите программу на этом компьютере.",
    },
    buttons: {
      connections: "Проверить подключения",
      reconnect: "Проверить связь",
      showCall: "Показать звонок",
      again: "Обновить",
      copy: "Копировать отчёт",
      copied: "Скопировано",
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
    unknownCaller: "not known whose",
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
    onLine: (caller, line) => `${caller} to “${line}”`,
    short: {
      refused: "signature did not match",
      late: "came late",
      onlyInMenu: "only in the menu",
      rangOthers: "rang others",
      lineOfOtherGroups: "line of another group",
      noPhoneHere: "no phone at this PBX",
      answeredFirst: "answered before it showed",
      placedOnPhone: "dialled on the phone",
      deskAway: "was not online",
      rangTooLong: "had rung too long",
      over: "was over before",
      noPlace: "no room left",
      notReported: "desk did not say",
    },
    cause: (cause) => {
      switch (cause.kind) {
        case "refused":
          return "The PBX sent a message whose signature did not match, so it was not accepted.";
        case "late":
          return cause.byMs === undefined
            ? "The PBX told of the call too late: the phone had stopped ringing."
            : `The PBX told of the call ${span(cause.byMs, false)} late: the phone had stopped ringing.`;
        case "onlyInMenu":
          return "The call was only in the menu or a queue: it rang nobody.";
        case "rangOthers":
          return cause.who.length > 0 ? `It rang others: ${cause.who.join(", ")}.` : "It rang other phones.";
        case "lineOfOtherGroups":
          return cause.groups.length > 0
            ? `“${cause.line}” rings the group ${cause.groups.join(", ")}. This person is not in it.`
            : `“${cause.line}” is in no group, so it rings nobody.`;
        case "noPhoneHere":
          return `This person has no phone at the connection ${cause.connection}.`;
        case "answeredFirst":
          return "When the desk heard of the call, it had been answered or hung up already.";
        case "placedOnPhone":
          return "The call was dialled on the phone itself. An outgoing call has a card when it is placed on the screen.";
        case "deskAway":
          return "The desk was not in touch with the office then: switched off, asleep or without a network.";
        case "rangTooLong":
          return "The desk came back when the phone had been ringing for more than two minutes.";
        case "over":
          return "When the desk heard of the call, it was over.";
        case "noPlace":
          return "Four other calls rang at the same time: the card waited for room below them.";
        case "notReported":
          return "The desk was online and did not say what it showed: it may be an old version.";
      }
    },
    mend: {
      refused: "Compare the connection's keys with the PBX's cabinet.",
      late: "Check the connection's clock and time zone, then the link to the PBX.",
      onlyInMenu: "That is right where the caller did not reach anybody.",
      rangOthers: "That is right where the call is not for this person.",
      lineOfOtherGroups: "Add the person to the line's group, or the line to his.",
      noPhoneHere: "Give the person an extension at this connection.",
      answeredFirst: "If it happens often, compare the times along the way.",
      placedOnPhone: "Type the number into the field above to see a card.",
      deskAway: "Start the program with the system, and check the network.",
      rangTooLong: "Find out why the desk lost its link.",
      over: "Compare the times along the way: they show where it was delayed.",
      noPlace: "Close the cards that are no longer needed.",
      notReported: "Update the program on that computer.",
    },
    buttons: {
      connections: "Check connections",
      reconnect: "Check the link",
      showCall: "Show the call",
      again: "Refresh",
      copy: "Copy report",
      copied: "Copied",
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
