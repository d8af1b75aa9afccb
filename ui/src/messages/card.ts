import type { CardPhase } from "$generated/CardPhase";
import { byGender, capital, isCode } from "$lib/grammar";
import { isolate } from "$lib/isolate";
import { texts } from "$lib/language.svelte";

interface CardText {
  window: string;
  phases: Record<CardPhase, string>;
  internal: string;
  answeredBy: (who: string) => string;
  askedBy: (who: string, customer: string | undefined) => string;
  announce: (who: string, number: string | undefined, line: string | undefined) => string;
  hints: Partial<Record<CardPhase, string>> & { unknownOutcome: string };
  missedHint: (at: string) => string;
  rang: (who: string | undefined, length: string) => string;
  tryAgain: string;
  endReason: (words: string) => string;
  notConfirmed: string;
  lastTalk: (when: string, agent: string | undefined, length: string | undefined) => string;
  quoted: (note: string) => string;
  nothingKnown: string;
  notToCallBack: string;
  details: string;
  done: string;
  dismiss: string;
  noteSaved: string;
  noteFailed: string;
  commandFailed: string;
  timer: string;
}

/** The card. */
export const cardText = texts<CardText>({
  ru: {
    window: "Идущие звонки",
    phases: {
      ringing: "Входящий",
      pickUpYourPhone: "Снимите трубку",
      calling: "Дозваниваемся",
      talking: "Разговор",
      onHold: "На удержании",
      answeredBy: "Отвечен",
      ended: "Завершён",
      missed: "Пропущен",
      ownPhoneBusy: "Ваш телефон занят",
      busy: "Занято",
      noAnswer: "Не ответили",
      cancelled: "Отменён",
      failed: "Не соединили",
      unknownOutcome: "Результат неизвестен",
    },
    internal: "Внутренний",
    answeredBy: (who) => `${byGender(who, "Ответил", "Ответила", "Ответ:")} ${isolate(who)}`,
    askedBy: (who, customer) => `${isolate(who)} ${customer ? `о звонке: ${isolate(customer)}` : "о звонке"}`,
    announce: (who, number, line) =>
      ["Входящий звонок", who, number, line && `на линию ${line}`].filter(Boolean).join(", "),
    hints: {
      pickUpYourPhone: "Сначала зазвонит ваш телефон: ответьте.",
      calling: "Ждём ответа.",
      answeredBy: "Вы свободны, перезванивать не нужно.",
      ended: "Запишите, чем кончилось.",
      ownPhoneBusy: "Завершите разговор на своём телефоне и попробуйте ещё раз.",
      busy: "Попробуйте позже.",
      noAnswer: "Попробуйте позже.",
      cancelled: "Отменён до ответа.",
      failed: "Проверьте номер и попробуйте ещё раз.",
      unknownOutcome: "АТС не подтвердила. Проверьте телефон, прежде чем повторять.",
    },
    missedHint: (at) => `В ${at} никто не ответил`,
    rang: (who, length) => `${byGender(who ?? "", "звонил", "звонила", "звонил")} ${length}`,
    tryAgain: "Повторить",
    endReason: (words) => (isCode(words) ? `Код АТС: ${words}` : `АТС сообщает: ${isolate(words)}`),
    notConfirmed: "АТС приняла команду, но звонка пока не видно",
    lastTalk: (when, agent, length) => {
      const who = agent && `${byGender(agent, "говорил", "говорила", "разговор:")} ${isolate(agent)}`;
      const talk = who ? [who, length].filter(Boolean).join(", ") : ["разговор", length].filter(Boolean).join(" ");
      return `${capital(when)} · ${talk}`;
    },
    quoted: (note) => `«${isolate(note)}»`,
    nothingKnown: "Прошлых разговоров не найдено.",
    notToCallBack: "Номер не передан, перезвонить не получится.",
    details: "Подробнее",
    done: "Готово",
    dismiss: "Убрать карточку",
    noteSaved: "Заметка сохранена",
    noteFailed: "Заметка не сохранилась, попробуйте ещё раз",
    commandFailed: "Не получилось, попробуйте ещё раз",
    timer: "Длительность",
  },
  en: {
    window: "Active calls",
    phases: {
      ringing: "Incoming",
      pickUpYourPhone: "Pick up your phone",
      calling: "Calling",
      talking: "Talking",
      onHold: "On hold",
      answeredBy: "Answered",
      ended: "Ended",
      missed: "Missed",
      ownPhoneBusy: "Your phone is busy",
      busy: "Busy",
      noAnswer: "No answer",
      cancelled: "Cancelled",
      failed: "Not connected",
      unknownOutcome: "Result unknown",
    },
    internal: "Internal",
    answeredBy: (who) => `Answered by ${isolate(who)}`,
    askedBy: (who, customer) => `${isolate(who)} about ${customer ? isolate(customer) : "a call"}`,
    announce: (who, number, line) => ["Incoming call", who, number, line && `to ${line}`].filter(Boolean).join(", "),
    hints: {
      pickUpYourPhone: "Your own phone rings first. Answer it and we dial.",
      calling: "Waiting for an answer.",
      answeredBy: "You are free, no need to call back.",
      ended: "Write down how it went.",
      ownPhoneBusy: "End the call on your own phone and try again.",
      busy: "Try again later.",
      noAnswer: "Try again later.",
      cancelled: "Given up before an answer.",
      failed: "Check the number and try again.",
      unknownOutcome: "The PBX did not confirm. Check your phone before trying again.",
    },
    missedHint: (at) => `Nobody answered at ${at}`,
    rang: (_, length) => `rang ${length}`,
    tryAgain: "Try again",
    endReason: (words) => (isCode(words) ? `The PBX’s code: ${words}` : `The PBX says: ${isolate(words)}`),
    notConfirmed: "The PBX took the command, but no call is seen yet",
    lastTalk: (when, agent, length) => {
      const talk = agent ? `talked to ${isolate(agent)}` : "talked";
      return `${capital(when)} · ${[talk, length].filter(Boolean).join(agent ? ", " : " ")}`;
    },
    quoted: (note) => `“${isolate(note)}”`,
    nothingKnown: "No earlier talks found.",
    notToCallBack: "The number was withheld and cannot be called back.",
    details: "Details",
    done: "Done",
    dismiss: "Dismiss",
    noteSaved: "Note saved",
    noteFailed: "The note was not saved, try again",
    commandFailed: "That did not work, try again",
    timer: "Duration",
  },
});
