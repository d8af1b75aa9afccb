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
    title: "Что умеет подключение",
    can: (list) => `Умеет: ${list}`,
    cannot: {
      onPhone: (list) => `Только на телефоне: ${list}`,
      notOffered: (list) => `АТС не предлагает: ${list}`,
      noRight: (list) => `У ключа подключения нет права: ${list}`,
      otherRole: (list) => `Может руководитель или администратор: ${list}`,
    },
    names: {
      originate: "позвонить",
      customerFirst: "позвонить сначала клиенту",
      groupCallback: "перезвонить от имени группы",
      answer: "ответить",
      hangup: "завершить",
      hold: "поставить на удержание",
      retrieve: "снять с удержания",
      transferBlind: "перевести сразу",
      transferAttended: "перевести после вопроса коллеге",
      pickup: "перехватить звонок коллеги",
      conference: "добавить в разговор третьего",
      dtmf: "набрать цифры",
      recordOn: "начать запись",
      recordOff: "остановить запись",
      route: "направить звонок, который ждёт",
      recordings: "записи разговоров",
      history: "история звонков",
      balance: "баланс",
      sms: "SMS",
      status: "в сети ли телефоны",
      directory: "список сотрудников",
    },
  },
  en: {
    title: "What the connection can do",
    can: (list) => `Can: ${list}`,
    cannot: {
      onPhone: (list) => `On your phone only: ${list}`,
      notOffered: (list) => `Not offered by the PBX: ${list}`,
      noRight: (list) => `The connection's key has no right to: ${list}`,
      otherRole: (list) => `For managers and admins: ${list}`,
    },
    names: {
      originate: "call",
      customerFirst: "call the customer first",
      groupCallback: "call back for a group",
      answer: "answer",
      hangup: "hang up",
      hold: "put on hold",
      retrieve: "take off hold",
      transferBlind: "transfer now",
      transferAttended: "transfer after asking a colleague",
      pickup: "pick up a colleague's call",
      conference: "add somebody to the call",
      dtmf: "press digits",
      recordOn: "start recording",
      recordOff: "stop recording",
      route: "send a waiting call on",
      recordings: "recordings",
      history: "call history",
      balance: "balance",
      sms: "text messages",
      status: "whether phones are online",
      directory: "list of employees",
    },
  },
});
