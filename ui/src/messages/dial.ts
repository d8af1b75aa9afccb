import type { DialKind } from "$generated/DialKind";
import type { DialWarning } from "$generated/DialWarning";
import { texts } from "$lib/language.svelte";

interface DialText {
  reading: string;
  kinds: Record<DialKind, string>;
  warnings: Record<DialWarning, string>;
  other: (number: string) => string;
  phone: string;
  ringsFirst: (phone: string) => string;
  callFrom: string;
  ownPhone: (phone: string) => string;
  noGroups: string;
  ofGroup: (title: string, number: string) => string;
  first: string;
  yourPhone: string;
  groupPhones: string;
  customer: string;
  connection: string;
  noConnection: string;
  lastTime: string;
  quoted: (note: string) => string;
  ownPhoneFirst: (phone: string) => string;
  groupFirst: (title: string) => string;
  customerFirst: string;
  fromProgram: string;
  confirm: string;
  confirmAnyway: string;
  doNotCall: string;
  enterDoesNotCall: string;
  placing: string;
}

/** Dialling: what will be dialled is shown, then called. */
export const dialText = texts<DialText>({
  ru: {
    reading: "Разбираем номер…",
    kinds: {
      emergency: "Экстренная служба",
      service: "Служебный номер",
      extension: "Добавочный коллеги",
      phone: "Телефонный номер",
      other: "Наберём так, как введено",
    },
    warnings: {
      tooShort: "Номер короче обычного: проверьте, все ли цифры на месте.",
      tooLong: "Номер длиннее обычного: проверьте, нет ли лишних цифр.",
      premium: "Дорогой звонок: номер платный.",
      international: "Звонок за границу.",
      unrecognised: "Таких номеров нет ни в одной стране: проверьте код и цифры.",
      alsoExtension: "Это и экстренная служба, и добавочный в вашем офисе. Куда попадёт звонок, решает АТС.",
      sipName: "Это имя SIP, а большинство АТС набирают только цифры.",
      twoReadings: "Этот текст можно прочесть и как другой номер. Проверьте, тот ли показан.",
    },
    other: (number) => `Другой номер: ${number}`,
    phone: "Ваш телефон",
    ringsFirst: (phone) => `${phone} · зазвонит первым`,
    callFrom: "Звонить от",
    ownPhone: (phone) => `себя, телефон ${phone}`,
    ofGroup: (title, number) => (title ? `группы «${title}», ${number}` : `группы ${number}`),
    noGroups: "Групп для перезвона нет: им нужны очередь и номер в линиях офиса",
    first: "Сначала звонит",
    yourPhone: "ваш телефон",
    groupPhones: "телефоны группы",
    customer: "телефон клиента",
    connection: "С линии",
    noConnection: "Сейчас позвонить нельзя: нет подключения, которое умеет набирать.",
    lastTime: "В прошлый раз",
    quoted: (note) => `«${note}»`,
    ownPhoneFirst: (phone) => `Сначала зазвонит ваш телефон ${phone}`,
    groupFirst: (title) => `Сначала зазвонит группа «${title}»`,
    customerFirst: "Сначала зазвонит телефон клиента",
    fromProgram: "Номер передала другая программа: проверьте, что он вам нужен",
    confirm: "Позвонить",
    confirmAnyway: "Всё равно позвонить",
    doNotCall: "Не звонить",
    enterDoesNotCall: "Enter здесь не звонит: для такого номера нужно Ctrl Enter.",
    placing: "Звоним…",
  },
  en: {
    reading: "Reading the number…",
    kinds: {
      emergency: "Emergency service",
      service: "Service number",
      extension: "A colleague’s extension",
      phone: "Telephone number",
      other: "Dialled as typed",
    },
    warnings: {
      tooShort: "Shorter than usual: check that no digit is missing.",
      tooLong: "Longer than usual: check for a digit too many.",
      premium: "An expensive call: this number costs extra.",
      international: "This is a call abroad.",
      unrecognised: "No country has such numbers: check the code and the digits.",
      alsoExtension: "An emergency service and an extension of your office share it. The PBX decides who is reached.",
      sipName: "This is a SIP name, and most PBXs dial digits only.",
      twoReadings: "This text may also mean another number. Check that the right one is shown.",
    },
    other: (number) => `The other number: ${number}`,
    phone: "Your phone",
    ringsFirst: (phone) => `${phone} · rings first`,
    callFrom: "Call as",
    ownPhone: (phone) => `yourself, phone ${phone}`,
    ofGroup: (title, number) => (title ? `group “${title}”, ${number}` : `group ${number}`),
    noGroups: "No group to call back for: it needs a queue and a number among the office’s lines",
    first: "Rings first",
    yourPhone: "your phone",
    groupPhones: "the group’s phones",
    customer: "the customer’s phone",
    connection: "Call via",
    noConnection: "No call can be placed now: there is no connection that can dial.",
    lastTime: "Last time",
    quoted: (note) => `“${note}”`,
    ownPhoneFirst: (phone) => `Your phone ${phone} rings first`,
    groupFirst: (title) => `Group “${title}” rings first`,
    customerFirst: "The customer’s phone rings first",
    fromProgram: "Another program handed over this number: check that you want it",
    confirm: "Call",
    confirmAnyway: "Call anyway",
    doNotCall: "Don’t call",
    enterDoesNotCall: "Enter does not call here: such a number needs Ctrl Enter.",
    placing: "Calling…",
  },
});
