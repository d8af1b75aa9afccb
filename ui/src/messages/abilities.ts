import type { Ability } from "$generated/Ability";
import type { Cannot } from "$generated/Cannot";
import { texts } from "$lib/language.svelte";

interface AbilityText {
  title: string;
  can: (list: string) => string;
  cannot: Record<Cannot, (list: string) => string>;
  names: Record<Ability, string>;
}

/** What a connection can do, and why not the rest. */
export const abilityText = texts<AbilityText>({
  ru: {
    title: "Что эта АТС умеет отсюда",
    can: (list) => `Умеет: ${list}`,
    cannot: {
      onPhone: (list) => `Только на телефоне: ${list}`,
      notOffered: (list) => `Эта АТС не умеет: ${list}`,
      noRight: (list) => `Ключу не разрешено: ${list}`,
      otherRole: (list) => `Доступно руководителю и администратору: ${list}`,
    },
    names: {
      originate: "звонить нажатием",
      customerFirst: "звонить, вызывая сначала клиента",
      groupCallback: "перезванивать клиенту группой",
      answer: "ответить",
      hangup: "завершить",
      hold: "поставить на удержание",
      retrieve: "снять с удержания",
      transferBlind: "перевести сразу",
      transferAttended: "перевести, поговорив с коллегой",
      pickup: "перехватить звонок коллеги",
      conference: "добавить третьего в разговор",
      dtmf: "набрать цифры",
      recordOn: "начать запись",
      recordOff: "остановить запись",
      route: "направить ожидающий звонок",
      recordings: "слушать записи разговоров",
      history: "показывать звонки за время, пока Трубка была выключена",
      balance: "показывать баланс",
      sms: "отправлять SMS",
      status: "показывать, в сети ли телефоны",
      directory: "показывать список сотрудников",
    },
  },
  en: {
    title: "What this PBX can do from here",
    can: (list) => `Can: ${list}`,
    cannot: {
      onPhone: (list) => `On your phone only: ${list}`,
      notOffered: (list) => `This PBX cannot: ${list}`,
      noRight: (list) => `The key may not: ${list}`,
      otherRole: (list) => `For managers and admins: ${list}`,
    },
    names: {
      originate: "dial at a click",
      customerFirst: "dial so that the customer is rung first",
      groupCallback: "call a customer back from a group",
      answer: "answer",
      hangup: "hang up",
      hold: "put on hold",
      retrieve: "take off hold",
      transferBlind: "transfer now",
      transferAttended: "transfer after talking to a colleague",
      pickup: "pick up a colleague’s call",
      conference: "add somebody to the call",
      dtmf: "press digits",
      recordOn: "start recording",
      recordOff: "stop recording",
      route: "send a waiting call on",
      recordings: "play recordings",
      history: "list the calls of the time when Trubka was off",
      balance: "show the balance",
      sms: "send text messages",
      status: "show whether phones are online",
      directory: "list the employees",
    },
  },
});
