import type { EventMeaning } from "$generated/EventMeaning";
import type { JournalAgain } from "$generated/JournalAgain";
import { texts } from "$lib/language.svelte";

interface JournalAgainText {
  repeat: string;
  replay: string;
  repeating: string;
  replaying: string;
  /** Why an entry cannot be had once more; nothing where it can. */
  reason: Record<Exclude<JournalAgain, "ask" | "read">, string>;
  asked: (tookMs: number, status: number | undefined) => string;
  notAsked: (why: string) => string;
  seeList: string;
  read: string;
  same: string;
  differs: string;
  before: string;
  now: string;
  nothingTold: string;
  meaning: Record<EventMeaning, string>;
}

/** An entry of the request journal once more. */
export const journalAgainText = texts<JournalAgainText>({
  ru: {
    repeat: "Повторить",
    replay: "Разобрать ещё раз",
    repeating: "Спрашиваем АТС…",
    replaying: "Разбираем…",
    reason: {
      changes: "Повторить нельзя: этот запрос звонит или что-то меняет на АТС.",
      notKept: "Повторить уже нельзя: исходное сообщение больше не хранится.",
      noConnection: "Повторить нельзя: подключения больше нет.",
      nothing: "Повторять здесь нечего.",
    },
    asked: (ms, status) =>
      `Спросили АТС ещё раз: ${status === undefined ? "без ответа" : `ответ ${status}`}, ${ms} мс.`,
    notAsked: (why) => `Спросили АТС ещё раз, не получилось: ${why}.`,
    seeList: "Новый запрос — в начале журнала.",
    read: "Сообщение разобрано ещё раз. Ничего не изменилось: в журнал звонков оно не попало.",
    same: "Оно значит то же, что и тогда.",
    differs: "Теперь оно значит другое.",
    before: "Тогда",
    now: "Сейчас",
    nothingTold: "о звонках ничего",
    meaning: {
      callCreated: "начало звонка",
      callUpdated: "подробности звонка",
      offered: "вызывают сотрудника",
      queued: "в меню или очереди",
      ringing: "звонит телефон",
      answered: "ответили",
      held: "удержание",
      retrieved: "снято с удержания",
      cleared: "участник отключился",
      replaced: "участник передал звонок",
      transferStarted: "началась передача",
      dtmf: "нажата клавиша",
      routeResult: "куда направлен звонок",
      commandResult: "ответ на команду",
      recordingStarted: "началась запись",
      recordingAvailable: "есть запись",
      notRecorded: "записи не будет",
      attributed: "известен источник звонка",
      callEnded: "конец звонка",
      unknown: "содержание непонятно",
    },
  },
  en: {
    repeat: "Repeat",
    replay: "Read again",
    repeating: "Asking the PBX…",
    replaying: "Reading…",
    reason: {
      changes: "It cannot be repeated: this request places a call or changes something at the PBX.",
      notKept: "It cannot be repeated any more: the original message is not kept.",
      noConnection: "It cannot be repeated: the connection is gone.",
      nothing: "There is nothing to repeat here.",
    },
    asked: (ms, status) =>
      `The PBX was asked again: ${status === undefined ? "no answer" : `answer ${status}`}, ${ms} ms.`,
    notAsked: (why) => `The PBX was asked again, and it failed: ${why}.`,
    seeList: "The new request is at the top of the journal.",
    read: "The message was read again. Nothing changed by that: no call changed.",
    same: "It means the same as it did then.",
    differs: "It means something else now.",
    before: "Then",
    now: "Now",
    nothingTold: "nothing of a call",
    meaning: {
      callCreated: "call begins",
      callUpdated: "details of the call",
      offered: "an employee is called",
      queued: "in a menu or queue",
      ringing: "a phone rings",
      answered: "answered",
      held: "on hold",
      retrieved: "off hold",
      cleared: "somebody left",
      replaced: "somebody passed it on",
      transferStarted: "transfer begins",
      dtmf: "key pressed",
      routeResult: "where the call is routed",
      commandResult: "answer to a command",
      recordingStarted: "recording begins",
      recordingAvailable: "there is a recording",
      notRecorded: "no recording",
      attributed: "call source known",
      callEnded: "call ends",
      unknown: "not understood",
    },
  },
});
