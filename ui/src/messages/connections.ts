import type { ConnectionProblem } from "$generated/ConnectionProblem";
import type { ContractError } from "$generated/ContractError";
import type { KeyField } from "$generated/KeyField";
import { isolate } from "$lib/isolate";
import { texts } from "$lib/language.svelte";
import { errorText } from "./errors";
import { fieldFault } from "./faults";

interface ConnectionsText {
  title: string;
  titleAtGateway: string;
  none: string;
  noneAtGateway: string;
  reading: string;
  fixed: string;
  add: string;
  goOn: string;
  change: string;
  enterKey: string;
  pause: string;
  unpause: string;
  paused: string;
  remove: string;
  removeAsk: string;
  removeAskAtGateway: string;
  phone: (phone: string) => string;
  problems: Record<ConnectionProblem, string>;
  unusable: (why: string) => string;
  hook: string;
  hookEntered: (where: string) => string;
  hookUnknown: string;
  away: string;
  answerLost: string;
  changed: (by: string | undefined) => string;
  replaced: string;
  gone: string;
  refused: (why: string) => string;
}

/** The connections of an office. */
export const connectionsText = texts<ConnectionsText>({
  ru: {
    title: "Своя АТС на этом компьютере",
    titleAtGateway: "АТС офиса",
    none: "Подключите АТС по ключу из её кабинета, без сервера.",
    noneAtGateway: "Пока ни одной. Подключите АТС: ключи будут на шлюзе, звонки увидят все приглашённые.",
    reading: "Спрашиваем шлюз…",
    fixed: "Записано в файле шлюза, меняется там",
    add: "Подключить АТС",
    goOn: "Продолжить подключение",
    change: "Изменить",
    enterKey: "Ввести ключ",
    pause: "Приостановить",
    unpause: "Возобновить",
    paused: "Приостановлено",
    remove: "Удалить",
    removeAsk: "Удалить подключение? Ключ удалится с компьютера, звонки останутся.",
    removeAskAtGateway: "Удалить подключение у всего офиса? Ключи удалятся со шлюза, звонки останутся.",
    phone: (phone) => `телефон ${isolate(phone)}`,
    problems: {
      keyMissing: "Ключа нет в хранилище паролей, звонки не приходят.",
      settings: "Настройки не подходят этой версии, звонки не приходят.",
      unfinished: "Подключение не закончено, звонки не приходят.",
    },
    unusable: (why) => `Звонки не приходят. ${why}.`,
    hook: "Адрес для уведомлений АТС",
    hookEntered: (where) => `Впишите его ${isolate(where)}.`,
    hookUnknown:
      "Шлюз не знает своего адреса: укажите public_url в его файле, и здесь появится адрес для кабинета АТС.",
    away: "Шлюз не отвечает. Введённое осталось здесь: проверьте связь и нажмите ещё раз, дважды ничего не подключится.",
    answerLost: "Ответ шлюза потерялся. Нажмите ещё раз: дважды ничего не подключится.",
    changed: (by) =>
      `Это подключение тем временем изменил ${by === undefined ? "другой администратор" : `администратор ${isolate(by)}`}. Осталось его изменение, ваше не сохранено: откройте подключение заново.`,
    replaced:
      "Это подключение уже закончили, отменили или начали заново. Закройте мастер и откройте снова: он покажет, что есть.",
    gone: "Этого подключения больше нет: его удалил другой администратор. Ничего не сохранено.",
    refused: (why) => `${why}. Ничего не сохранено, поправьте и попробуйте ещё раз.`,
  },
  en: {
    title: "Your own PBX on this computer",
    titleAtGateway: "PBXs of the office",
    none: "Connect a PBX with a key from its account, without a server.",
    noneAtGateway: "None yet. Connect a PBX: the keys lie at the gateway, and everybody who is invited sees the calls.",
    reading: "Asking the gateway…",
    fixed: "Stands in the gateway’s file, is changed there",
    add: "Connect a PBX",
    goOn: "Go on connecting",
    change: "Change",
    enterKey: "Enter the key",
    pause: "Pause",
    unpause: "Resume",
    paused: "Paused",
    remove: "Remove",
    removeAsk: "Remove the connection? Its key leaves this computer, its calls stay.",
    removeAskAtGateway: "Remove the connection for the whole office? Its keys leave the gateway, its calls stay.",
    phone: (phone) => `phone ${isolate(phone)}`,
    problems: {
      keyMissing: "Its key is not in the keyring: no calls come.",
      settings: "The settings do not fit this version: no calls come.",
      unfinished: "Connecting it is not finished: no calls come.",
    },
    unusable: (why) => `No calls come. ${why}.`,
    hook: "Address for the PBX’s notifications",
    hookEntered: (where) => `Enter it ${isolate(where)}.`,
    hookUnknown:
      "The gateway does not know its own address: set public_url in its file, and the address for the PBX’s account is shown here.",
    away: "The gateway does not answer. What you entered is still here: check the network and press again; nothing is connected twice.",
    answerLost: "The gateway’s answer was lost. Press again: nothing is connected twice.",
    changed: (by) =>
      `${by === undefined ? "Another administrator" : `The administrator ${isolate(by)}`} has changed this connection meanwhile. That change holds, yours was not saved: open it anew.`,
    replaced:
      "This was connected, given up or begun anew already. Close the wizard and open it again: it shows what there is.",
    gone: "This connection is no more: another administrator has removed it. Nothing was saved.",
    refused: (why) => `${why}. Nothing was saved; mend it and try again.`,
  },
});

/** Why something was not done at a gateway, and what to do. */
export function gatewayFailure(failure: ContractError, keys?: KeyField[]): string {
  const { code } = failure;
  const text = connectionsText();
  if (code === "unreachable") return text.away;
  if (code === "unknownOutcome" || code === "internal") return text.answerLost;
  if (code === "changed") return text.changed(failure.field === "changedBy" ? failure.part : undefined);
  if (code === "notFound") return failure.field === "draft" ? text.replaced : text.gone;
  if (code === "invalidRequest") return text.refused(fieldFault(failure, keys));
  return errorText()[code];
}
