import type { CardPhase } from "$generated/CardPhase";
import { byGender, capital, isCode } from "$lib/grammar";
import { isolate } from "$lib/isolate";
import { texts } from "$lib/language.svelte";

interface CardText {
  folded: (count: number) => string;
  window: string;
  phases: Record<CardPhase, string>;
  answeredBy: (who: string | undefined) => string;
  announce: (who: string, number: string | undefined, line: string | undefined) => string;
  pickUpHint: string;
  callingHint: string;
  noLongerHint: string;
  ownPhoneBusyHint: string;
  tryAgain: string;
  busyHint: string;
  noAnswerHint: string;
  failedHint: string;
  endReason: (words: string) => string;
  unknownOutcomeHint: string;
  hangupOnPhone: string;
  notConfirmed: string;
  lastTalk: (when: string, agent: string | undefined, length: string) => string;
  lastNote: (note: string) => string;
  open: string;
  dismiss: string;
  noteSaved: string;
  noteFailed: string;
  callBackFailed: string;
  commandFailed: string;
  timer: string;
}

/** The card. */
export const cardText = texts<CardText>({
  ru: {
    window: "Идущие звонки",
    folded: (count) => `+${count}`,
    phases: {
      ringing: "Входящий",
      pickUpYourPhone: "Снимите трубку",
      calling: "Набираем",
      talking: "Разговор",
      onHold: "На удержании",
      answeredBy: "Ответил коллега",
      ended: "Завершён",
      missed: "Пропущен",
      ownPhoneBusy: "Ваш телефон занят",
      busy: "Занято",
      noAnswer: "Не ответили",
      cancelled: "Отменён",
      failed: "Не получилось",
      unknownOutcome: "Исход неизвестен",
    },
    answeredBy: (who) =>
      who ? `${byGender(who, "Ответил", "Ответила", "Ответ:")} ${isolate(who)}` : "Ответил коллега",
    announce: (who, number, line) =>
      ["Входящий звонок", who, number, line && `на линию ${line}`].filter(Boolean).join(", "),
    pickUpHint: "Сначала зазвонит ваш телефон: снимите трубку, и мы соединим.",
    callingHint: "Вы на линии, ждём ответа.",
    noLongerHint: "Звонок отменён до ответа.",
    ownPhoneBusyHint: "Никого не вызывали: завершите разговор на своём телефоне и попробуйте ещё раз.",
    tryAgain: "Попробовать ещё раз",
    busyHint: "Номер занят. Попробуйте позже.",
    noAnswerHint: "На том конце никто не ответил.",
    failedHint: "Соединить не получилось. Проверьте номер и попробуйте ещё раз.",
    endReason: (words) => (isCode(words) ? `Код АТС: ${words}` : `АТС сообщает: ${isolate(words)}`),
    unknownOutcomeHint: "АТС не ответила. Проверьте телефон, прежде чем звонить снова.",
    hangupOnPhone: "Разговор завершается только на телефоне",
    notConfirmed: "АТС приняла команду, но звонка пока не видно",
    lastTalk: (when, agent, length) =>
      agent
        ? `${capital(when)} · ${byGender(agent, "говорил", "говорила", "разговор:")} ${isolate(agent)}, ${length}`
        : `${capital(when)} · разговор ${length}`,
    lastNote: (note) => `заметка: «${isolate(note)}»`,
    open: "Открыть",
    dismiss: "Убрать карточку",
    noteSaved: "Заметка сохранена",
    noteFailed: "Заметка не сохранилась, попробуйте ещё раз",
    callBackFailed: "Позвонить не получилось, попробуйте ещё раз",
    commandFailed: "Не получилось, попробуйте ещё раз",
    timer: "Длительность",
  },
  en: {
    window: "Active calls",
    folded: (count) => `+${count}`,
    phases: {
      ringing: "Incoming",
      pickUpYourPhone: "Pick up your phone",
      calling: "Calling",
      talking: "Talking",
      onHold: "On hold",
      answeredBy: "Answered by a colleague",
      ended: "Ended",
      missed: "Missed",
      ownPhoneBusy: "Your phone is busy",
      busy: "Busy",
      noAnswer: "No answer",
      cancelled: "Cancelled",
      failed: "Failed",
      unknownOutcome: "Outcome unknown",
    },
    answeredBy: (who) => (who ? `Answered by ${isolate(who)}` : "Answered by a colleague"),
    announce: (who, number, line) => ["Incoming call", who, number, line && `to ${line}`].filter(Boolean).join(", "),
    pickUpHint: "Your own phone rings first: pick it up and we connect you.",
    callingHint: "You are on the line, waiting for an answer.",
    noLongerHint: "The call was given up before an answer.",
    ownPhoneBusyHint: "Nobody was called: end the call on your own phone and try again.",
    tryAgain: "Try again",
    busyHint: "The number is busy. Try again later.",
    noAnswerHint: "Nobody answered at the other end.",
    failedHint: "The call was not connected. Check the number and try again.",
    endReason: (words) => (isCode(words) ? `The PBX's code: ${words}` : `The PBX says: ${isolate(words)}`),
    unknownOutcomeHint: "The PBX gave no answer. Check your phone before calling again.",
    hangupOnPhone: "This call can only be ended on the phone",
    notConfirmed: "The PBX took the command, but no call is seen yet",
    lastTalk: (when, agent, length) =>
      agent ? `${capital(when)} · talked to ${isolate(agent)}, ${length}` : `${capital(when)} · talked ${length}`,
    lastNote: (note) => `note: “${isolate(note)}”`,
    open: "Open",
    dismiss: "Dismiss",
    noteSaved: "Note saved",
    noteFailed: "The note was not saved, try again",
    callBackFailed: "The call could not be placed, try again",
    commandFailed: "That did not work, try again",
    timer: "Duration",
  },
});
