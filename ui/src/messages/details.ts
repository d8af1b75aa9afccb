import type { LegRole } from "$generated/LegRole";
import type { LegState } from "$generated/LegState";
import type { OutcomeKind } from "$generated/OutcomeKind";
import type { TimelineKind } from "$generated/TimelineKind";
import { byGender, isCode } from "$lib/grammar";
import { isolate } from "$lib/isolate";
import { englishCount, russianCount, texts } from "$lib/language.svelte";

interface DetailsText {
  panel: string;
  pick: string;
  loading: string;
  callNumber: (number: string) => string;
  listen: string;
  thisCall: string;
  endReason: (words: string) => string;
  timeline: Record<TimelineKind, (who: string) => string>;
  parties: string;
  roles: Record<LegRole, string>;
  legs: Record<LegState, string>;
  outcome: string;
  noOutcome: string;
  outcomes: Record<OutcomeKind, string>;
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
}

/** The side panel of a call. */
export const detailsText = texts<DetailsText>({
  ru: {
    panel: "Выбранный звонок",
    pick: "Выберите звонок в списке: здесь будет всё о нём.",
    loading: "Открываем звонок…",
    callNumber: (number) => `Позвонить на ${isolate(number)}`,
    listen: "Слушать запись",
    thisCall: "Этот звонок",
    endReason: (words) => (isCode(words) ? `Код АТС: ${words}` : `АТС сообщает: ${isolate(words)}`),
    timeline: {
      arrived: (who) => (who ? `звонок на линию ${lineName(who, "«", "»")}` : "звонок поступил"),
      placed: (who) => (who ? `${isolate(who)} набирает номер` : "звонок начат"),
      rings: (who) => (who ? `вызываем: ${isolate(who)}` : "звонят телефоны"),
      answered: (who) => (who ? `${byGender(who, "ответил", "ответила", "ответ:")} ${isolate(who)}` : "ответили"),
      left: (who) =>
        who ? `${byGender(who, "отключился", "отключилась", "отключение:")} ${isolate(who)}` : "участник отключился",
      ended: (who) =>
        who ? `${byGender(who, "завершил", "завершила", "звонок завершён:")} ${isolate(who)}` : "звонок завершён",
      recordingReady: () => "запись готова",
    },
    parties: "Участники",
    roles: {
      customer: "Клиент",
      agent: "Сотрудник",
      transferTarget: "Перевод",
      ivr: "Голосовое меню",
      queue: "Очередь",
      conference: "Конференция",
    },
    legs: {
      initiated: "набирается",
      queued: "в очереди",
      alerting: "звонит",
      connected: "на линии",
      held: "на удержании",
      failed: "не получилось",
      cleared: "завершено",
    },
    outcome: "Итог",
    noOutcome: "Не указан",
    outcomes: {
      resolved: "Решено",
      callBack: "Перезвонить",
      order: "Заказ",
      complaint: "Жалоба",
      wrongNumber: "Ошиблись номером",
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
  },
  en: {
    panel: "Selected call",
    pick: "Pick a call in the list: everything about it appears here.",
    loading: "Opening the call…",
    callNumber: (number) => `Call ${isolate(number)}`,
    listen: "Listen to the recording",
    thisCall: "This call",
    endReason: (words) => (isCode(words) ? `The PBX's code: ${words}` : `The PBX says: ${isolate(words)}`),
    timeline: {
      arrived: (who) => (who ? `call to ${lineName(who, "“", "”")}` : "the call came in"),
      placed: (who) => (who ? `${isolate(who)} dials` : "the call was placed"),
      rings: (who) => (who ? `ringing ${isolate(who)}` : "phones ring"),
      answered: (who) => (who ? `${isolate(who)} answered` : "answered"),
      left: (who) => (who ? `${isolate(who)} left` : "somebody left"),
      ended: (who) => (who ? `${isolate(who)} ended the call` : "the call ended"),
      recordingReady: () => "the recording is ready",
    },
    parties: "Who took part",
    roles: {
      customer: "Customer",
      agent: "Colleague",
      transferTarget: "Transfer",
      ivr: "Voice menu",
      queue: "Queue",
      conference: "Conference",
    },
    legs: {
      initiated: "being called",
      queued: "in a queue",
      alerting: "rings",
      connected: "on the line",
      held: "on hold",
      failed: "failed",
      cleared: "over",
    },
    outcome: "Outcome",
    noOutcome: "Not set",
    outcomes: {
      resolved: "Resolved",
      callBack: "Call back",
      order: "Order",
      complaint: "Complaint",
      wrongNumber: "Wrong number",
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
  },
});

/** A line's title in quotation marks; its bare number without. */
function lineName(line: string, open: string, close: string): string {
  return /\p{L}/u.test(line) ? open + isolate(line) + close : line;
}
