import type { OwnProblem } from "$generated/OwnProblem";
import { isolate } from "$lib/isolate";
import { texts } from "$lib/language.svelte";

interface OwnText {
  title: string;
  none: string;
  add: string;
  goOn: string;
  change: string;
  enterKey: string;
  pause: string;
  unpause: string;
  paused: string;
  remove: string;
  removeAsk: string;
  phone: (phone: string) => string;
  problems: Record<OwnProblem, string>;
}

/** The connections of the office in this program. */
export const ownText = texts<OwnText>({
  ru: {
    title: "Своя АТС на этом компьютере",
    none: "Подключите АТС по ключу из её кабинета, без сервера.",
    add: "Подключить АТС",
    goOn: "Продолжить подключение",
    change: "Изменить",
    enterKey: "Ввести ключ",
    pause: "Приостановить",
    unpause: "Возобновить",
    paused: "Приостановлено",
    remove: "Удалить",
    removeAsk: "Удалить подключение? Ключ удалится с компьютера, звонки останутся.",
    phone: (phone) => `телефон ${isolate(phone)}`,
    problems: {
      keyMissing: "Ключа нет в хранилище паролей, звонки не приходят.",
      settings: "Настройки не подходят этой версии, звонки не приходят.",
    },
  },
  en: {
    title: "Your own PBX on this computer",
    none: "Connect a PBX with a key from its account, without a server.",
    add: "Connect a PBX",
    goOn: "Go on connecting",
    change: "Change",
    enterKey: "Enter the key",
    pause: "Pause",
    unpause: "Resume",
    paused: "Paused",
    remove: "Remove",
    removeAsk: "Remove the connection? Its key leaves this computer, its calls stay.",
    phone: (phone) => `phone ${isolate(phone)}`,
    problems: {
      keyMissing: "Its key is not in the keyring: no calls come.",
      settings: "The settings do not fit this version: no calls come.",
    },
  },
});
