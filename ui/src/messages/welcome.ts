import type { ErrorCode } from "$generated/ErrorCode";
import { texts } from "$lib/language.svelte";
import { errorText } from "./errors";

/** The first screen. */
export const welcomeText = texts({
  ru: {
    title: "Видно, кто звонит, ещё до ответа",
    lead: "Говорите вы по своему телефону, как раньше. Трубка показывает карточку, набирает номер и хранит историю.",
    light: "Светлое оформление",
    dark: "Тёмное оформление",
    dataStays: "Данные остаются на этом компьютере и в вашем офисе.",
    demoTitle: "Посмотреть демо",
    demoText: "Придуманный офис, который звонит сам. Первая карточка придёт через несколько секунд.",
    demoPoints: ["Без учётной записи и ключей", "Можно звонить и слушать записи", "После выхода ничего не останется"],
    demoAction: "Открыть демо",
    officeTitle: "Меня пригласили в офис",
    officeText: "Вставьте ссылку из письма администратора. Ключи АТС не понадобятся.",
    ownTitle: "Подключить свою АТС",
    ownText: "По ключу из кабинета АТС, без сервера: для офиса из одного человека.",
    ownPoints: ["MANGO OFFICE, Эра, RingCloud", "Ростелеком, Zadarma, Novofon", "Каждый шаг с проверкой"],
    ownAction: "Подключить АТС",
    address: "Ссылка или адрес шлюза",
    addressExample: "trubka://join/…",
    token: "Токен",
    connect: "Подключиться",
    connecting: "Подключаемся…",
    numberWaits: "Чтобы позвонить, подключитесь к офису.",
  },
  en: {
    title: "See who is calling before you answer",
    lead: "You talk on your own phone, as before. Trubka shows a card, dials the number and keeps the history.",
    light: "Light appearance",
    dark: "Dark appearance",
    dataStays: "Your data stays on this computer and in your office.",
    demoTitle: "Look at the demo",
    demoText: "A made-up office that rings by itself. The first card comes within seconds.",
    demoPoints: [
      "No account and no keys",
      "Place calls and listen to recordings",
      "Nothing stays behind once you leave",
    ],
    demoAction: "Open the demo",
    officeTitle: "I am invited to an office",
    officeText: "Paste the link from your administrator’s message. You need no keys of the PBX.",
    ownTitle: "Connect your own PBX",
    ownText: "With a key from the PBX’s account, without a server: for an office of one person.",
    ownPoints: ["MANGO OFFICE, Era, RingCloud", "Rostelecom, Zadarma, Novofon", "Each step is checked"],
    ownAction: "Connect a PBX",
    address: "Link, or address of the gateway",
    addressExample: "trubka://join/…",
    token: "Token",
    connect: "Connect",
    connecting: "Connecting…",
    numberWaits: "Connect to an office to call.",
  },
});

const failures = texts<Partial<Record<ErrorCode, string>>>({
  ru: {
    unauthorized: "Токен не подошёл. Проверьте его или попросите новый.",
    unreachable: "Адрес не отвечает. Проверьте его и попробуйте ещё раз.",
    invalidRequest: "Это не похоже на адрес. Он начинается с https://",
  },
  en: {
    unauthorized: "The token was not accepted. Check it or ask for a new one.",
    unreachable: "The address does not answer. Check it and try again.",
    invalidRequest: "This does not look like an address. It begins with https://",
  },
});

/** Why an office could not be connected: what was typed is most likely wrong. */
export function connectFailure(code: ErrorCode): string {
  return failures()[code] ?? errorText()[code];
}
