import type { CheckFinding } from "$generated/CheckFinding";
import type { CheckStep } from "$generated/CheckStep";
import { texts } from "$lib/language.svelte";

interface CheckText {
  check: string;
  checkHint: string;
  checkSteps: Record<CheckStep, string>;
  checkFailed: Record<CheckStep, string>;
  checkHints: Record<CheckStep, string>;
  findings: Record<CheckFinding, string>;
  ms: (count: number) => string;
  upTo: (seconds: number) => string;
  again: string;
  checking: string;
  left: (mend: number, check: number) => string;
  notNow: string;
  without: Record<CheckStep, string>;
  skip: string;
}

/** What is still to be done, where anything is. */
function left(word: string, ...todo: (string | 0)[]): string {
  const told = todo.filter(Boolean).join(", ");
  return told && `${word}: ${told}`;
}

/** The check of a connection, step by step. */
export const checkText = texts<CheckText>({
  ru: {
    check: "Проверка",
    checkHint: "Идём тем же путём, что и настоящий звонок.",
    checkSteps: {
      address: "АТС отвечает",
      key: "Ключ принят",
      clock: "Часы сходятся",
      live: "Звонки приходят сразу",
      history: "Прошедшие звонки читаются",
    },
    checkFailed: {
      address: "АТС не отвечает",
      key: "Ключ не принят",
      clock: "Часы расходятся",
      live: "Звонки не приходят сразу",
      history: "Прошедшие звонки не читаются",
    },
    checkHints: {
      address: "адрес, сертификат",
      key: "ключ и его права",
      clock: "время этого компьютера и АТС",
      live: "открываем и закрываем канал событий",
      history: "список за последний час",
    },
    findings: {
      works: "Всё в порядке.",
      wrongKey: "АТС не приняла ключ. Проверьте, что он скопирован целиком и от этого аккаунта.",
      notAdmitted: "АТС узнала ключ, но не пускает: не хватает прав или услуга не включена.",
      unreachable: "По этому адресу никто не отвечает. Проверьте адрес и сеть.",
      timedOut: "АТС не ответила вовремя. Проверьте адрес и попробуйте ещё раз.",
      notTrusted: "Отвечает сервер с чужим сертификатом. Проверьте адрес.",
      busy: "АТС просит подождать. Попробуйте через минуту.",
      notThisPbx: "Здесь отвечает что-то другое, не эта АТС. Проверьте адрес.",
      pbxFailed: "У АТС внутренняя ошибка. Попробуйте позже.",
      noSuchPhone: "АТС не знает такого телефона. Проверьте внутренний номер.",
      clockOff: "Часы этого компьютера сбиты. Включите установку времени по сети и проверьте ещё раз.",
      noTimeTold: "АТС не сообщает своё время, сравнить часы не с чем. Проверьте, что время ставится по сети.",
      takesLong: "Работает, но АТС долго готовит список. Звонки появятся позже.",
    },
    ms: (count) => `${count} мс`,
    upTo: (seconds) => `до ${seconds} с`,
    again: "Проверить ещё раз",
    checking: "Проверяем…",
    left: (mend, check) => left("Осталось", mend && `исправить ${mend}`, check && `проверить ${check}`),
    notNow: "Не сейчас?",
    without: {
      address: "Без связи с АТС не будет ничего.",
      key: "Без ключа не будет ничего.",
      clock: "Звонки будут работать, но время в списке может расходиться.",
      live: "Позвонить получится, карточек пока не будет.",
      history: "Позвонить получится, прошедших звонков в списке не будет.",
    },
    skip: "Продолжить без этого",
  },
  en: {
    check: "Check",
    checkHint: "The same way that a real call takes.",
    checkSteps: {
      address: "The PBX answers",
      key: "The key is accepted",
      clock: "The clocks agree",
      live: "Calls come as they ring",
      history: "Finished calls can be read",
    },
    checkFailed: {
      address: "The PBX does not answer",
      key: "The key is not accepted",
      clock: "The clocks disagree",
      live: "Calls do not come as they ring",
      history: "Finished calls cannot be read",
    },
    checkHints: {
      address: "address, certificate",
      key: "the key and its rights",
      clock: "this computer’s time and the PBX’s",
      live: "the channel of events is opened and closed",
      history: "the list of the last hour",
    },
    findings: {
      works: "All is well.",
      wrongKey: "The PBX did not accept the key. Check that it is whole and of this account.",
      notAdmitted: "The PBX knows the key but does not let it in: a right is missing or the service is off.",
      unreachable: "Nobody answers at this address. Check the address and the network.",
      timedOut: "The PBX did not answer in time. Check the address and try again.",
      notTrusted: "A server with somebody else’s certificate answers. Check the address.",
      busy: "The PBX asks to wait. Try again in a minute.",
      notThisPbx: "Something else answers here, not this PBX. Check the address.",
      pbxFailed: "The PBX failed inside. Try later.",
      noSuchPhone: "The PBX has no such phone. Check the extension.",
      clockOff: "This computer’s clock is wrong. Switch on network time and check again.",
      noTimeTold: "The PBX tells no time to compare with. Check that this computer’s time is set by the network.",
      takesLong: "It works, but the PBX takes its time with the list. Calls come later.",
    },
    ms: (count) => `${count} ms`,
    upTo: (seconds) => `up to ${seconds} s`,
    again: "Check again",
    checking: "Checking…",
    left: (mend, check) => left("Left", mend && `${mend} to mend`, check && `${check} to check`),
    notNow: "Not now?",
    without: {
      address: "Without the PBX nothing works.",
      key: "Without the key nothing works.",
      clock: "Calls will work, but times in the list may be off.",
      live: "You can place calls; there are no cards for now.",
      history: "You can place calls; finished calls are not listed.",
    },
    skip: "Go on without it",
  },
});
