import type { LegRole } from "$generated/LegRole";
import type { LegState } from "$generated/LegState";
import type { RecordingState } from "$generated/RecordingState";
import type { TimelineKind } from "$generated/TimelineKind";
import { byGender, isCode } from "$lib/grammar";
import { isolate } from "$lib/isolate";
import { englishCount, russianCount, texts } from "$lib/language.svelte";

/** Those whom a line of the timeline is about. */
export interface Who {
  /** Their names as they are written into the line; empty where nobody is named. */
  names: string;
  /** It is the person who sits here, alone. */
  me: boolean;
  several: boolean;
}

interface DetailsText {
  panel: string;
  pick: string;
  loading: string;
  whyNoCard: string;
  callNumber: (number: string) => string;
  listen: string;
  thisCall: string;
  endReason: (words: string) => string;
  /** Where the customer came from: an advertisement, a search, a link. */
  attribution: (words: string) => string;
  you: string;
  timeline: Record<TimelineKind, (who: Who) => string>;
  parties: string;
  roles: Record<LegRole, string>;
  legs: Record<LegState, string>;
  noOutcome: string;
  /** Why there is nothing to listen to, where a recording could be expected. */
  noRecording: Partial<Record<RecordingState, string>>;
  notes: string;
  addNote: string;
  editNote: string;
  alsoEditedBy: (names: string) => string;
  others: (count: number) => string;
  noOthers: string;
  events: (count: number) => string;
  eventsAway: string;
  signed: string;
  unsigned: string;
  talked: (length: string) => string;
  keyHints: { space: string; choose: string; read: string; act: string; listen: string; find: string };
}

/** The side panel of a call. */
export const detailsText = texts<DetailsText>({
  ru: {
    panel: "Выбранный звонок",
    pick: "Выберите звонок, чтобы увидеть подробности.",
    loading: "Открываем звонок…",
    whyNoCard: "Почему нет карточки?",
    callNumber: (number) => `Позвонить на ${isolate(number)}`,
    listen: "Слушать запись",
    thisCall: "Этот звонок",
    endReason: (words) => (isCode(words) ? `Код АТС: ${words}` : `АТС сообщает: ${isolate(words)}`),
    attribution: (words) => `Откуда клиент: ${words}`,
    you: "вы",
    timeline: {
      arrived: ({ names }) => (names ? `на ${lineName(names, "«", "»")}` : "звонок поступил"),
      placed: (who) => (who.names ? deed(who, "набрали", "набрал", "набрала", "набирает:") + " номер" : "звонок начат"),
      rings: ({ names, me, several }) => {
        if (me) return "звонил ваш телефон";
        return names ? `${several ? "звонили" : "звонил телефон:"} ${names}` : "звонили телефоны";
      },
      answered: (who) => (who.names ? deed(who, "ответили", "ответил", "ответила", "ответ:") : "ответили"),
      ruleResponsible: () => "по правилу: сначала ответственному",
      ruleScenario: () => "по правилу: через сценарий АТС",
      ruleBlocked: () => "по правилу: отказ",
      ruleContact: () => "по правилу: АТС получила имя контакта",
      ruleTooLate: () => "правило не успело, звонок направила АТС",
      ruleRefused: () => "АТС не выполнила правило",
      left: (who) =>
        who.names ? deed(who, "отключились", "отключился", "отключилась", "отключение:") : "участник отключился",
      ended: (who) =>
        who.names ? deed(who, "завершили", "завершил", "завершила", "звонок завершён:") : "звонок завершён",
      recordingReady: () => "запись готова",
    },
    parties: "Участники",
    roles: {
      customer: "Клиент",
      agent: "Сотрудник",
      transferTarget: "Перевод",
    },
    legs: {
      initiated: "набирается",
      queued: "в очереди",
      alerting: "звонит",
      connected: "на линии",
      held: "на удержании",
      failed: "не соединили",
      cleared: "завершено",
    },
    noOutcome: "Выберите",
    noRecording: {
      notRecorded: "Записи нет: разговор слишком короткий, АТС такие не записывает.",
      expired: "Записи нет: срок её хранения на АТС истёк.",
      gone: "Записи больше нет на АТС.",
    },
    notes: "Заметка",
    addNote: "Добавить заметку",
    editNote: "Изменить заметку",
    alsoEditedBy: (names) => `Также правили: ${isolate(names)}`,
    others: (count) => `Ещё звонки · ${count.toLocaleString("ru")}`,
    noOthers: "Других звонков с этим номером не было.",
    events: (count) => `События: ${russianCount(count, "запись", "записи", "записей")}`,
    eventsAway: "События можно посмотреть, когда офис на связи.",
    signed: "подпись проверена",
    unsigned: "без подписи",
    talked: (length) => `говорили ${length}`,
    keyHints: {
      space: "Пробел",
      choose: "выбрать звонок",
      read: "к подробностям",
      act: "к номеру и записи",
      listen: "слушать запись",
      find: "найти или позвонить",
    },
  },
  en: {
    panel: "Selected call",
    pick: "Select a call to see its details.",
    loading: "Opening the call…",
    whyNoCard: "Why no card?",
    callNumber: (number) => `Call ${isolate(number)}`,
    listen: "Listen to the recording",
    thisCall: "This call",
    endReason: (words) => (isCode(words) ? `The PBX’s code: ${words}` : `The PBX says: ${isolate(words)}`),
    attribution: (words) => `Where the customer came from: ${words}`,
    you: "you",
    timeline: {
      arrived: ({ names }) => (names ? `to ${lineName(names, "“", "”")}` : "the call came in"),
      placed: ({ names }) => (names ? `${names} dialled` : "the call was placed"),
      rings: ({ names }) => `rang ${names || "phones"}`,
      answered: ({ names }) => (names ? `${names} answered` : "answered"),
      ruleResponsible: () => "by a rule: to whoever looks after the caller",
      ruleScenario: () => "by a rule: through a scenario of the PBX",
      ruleBlocked: () => "by a rule: refused",
      ruleContact: () => "by a rule: the PBX was told the contact’s name",
      ruleTooLate: () => "a rule came too late, the PBX chose where the call went",
      ruleRefused: () => "the PBX did not follow a rule",
      left: ({ names }) => (names ? `${names} left` : "somebody left"),
      ended: ({ names }) => (names ? `${names} ended the call` : "the call ended"),
      recordingReady: () => "the recording is ready",
    },
    parties: "Who took part",
    roles: {
      customer: "Customer",
      agent: "Colleague",
      transferTarget: "Transfer",
    },
    legs: {
      initiated: "being called",
      queued: "in a queue",
      alerting: "rings",
      connected: "on the line",
      held: "on hold",
      failed: "not connected",
      cleared: "over",
    },
    noOutcome: "Choose an outcome",
    noRecording: {
      notRecorded: "No recording: the talk was too short for the PBX to record it.",
      expired: "No recording: the PBX keeps recordings for a limited time, and it has passed.",
      gone: "The recording is no longer at the PBX.",
    },
    notes: "Note",
    addNote: "Add a note",
    editNote: "Edit the note",
    alsoEditedBy: (names) => `Also edited by: ${isolate(names)}`,
    others: (count) => `Other calls · ${count.toLocaleString("en")}`,
    noOthers: "There were no other calls with this number.",
    events: (count) => `Events: ${englishCount(count, "entry", "entries")}`,
    eventsAway: "Events can be seen while the office is connected.",
    signed: "signature checked",
    unsigned: "not signed",
    talked: (length) => `talked ${length}`,
    keyHints: {
      space: "Space",
      choose: "choose a call",
      read: "to its details",
      act: "to number and recording",
      listen: "listen to the recording",
      find: "find or call",
    },
  },
});

/** Who did something: the Russian verb agrees with the person. */
function deed({ names, me, several }: Who, you: string, masculine: string, feminine: string, neither: string): string {
  if (me) return `вы ${you}`;
  return `${several ? you : byGender(names, masculine, feminine, neither)} ${names}`;
}

/** A line’s title in quotation marks; its bare number without. */
function lineName(line: string, open: string, close: string): string {
  return /\p{L}/u.test(line) ? open + line + close : line;
}
