import type { DialKind } from "$generated/DialKind";
import type { DialWarning } from "$generated/DialWarning";
import { texts } from "$lib/language.svelte";

interface DialText {
  dial: string;
  field: string;
  placeholder: string;
  sheet: string;
  hint: string;
  kinds: Record<DialKind, string>;
  warnings: Record<DialWarning, string>;
  other: (number: string) => string;
  phone: string;
  ringsFirst: (phone: string) => string;
  way: string;
  noWay: string;
  fromProgram: string;
  confirm: string;
  confirmAnyway: string;
  placing: string;
}

/** Dialling: what will be dialled is shown, then called. */
export const dialText = texts<DialText>({
  ru: {
    dial: "Позвонить",
    field: "Номер, на который позвонить",
    placeholder: "Номер",
    sheet: "Что будет набрано",
    hint: "Введите номер или добавочный: сначала покажем, что наберём.",
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
      premium: "Звонок на этот номер платный. Позвонить?",
      international: "Звонок за границу.",
      unrecognised: "Таких номеров нет ни в одной стране: проверьте код и цифры.",
      alsoExtension: "Это и экстренная служба, и добавочный в вашем офисе. Куда попадёт звонок, решает АТС. Позвонить?",
      sipName: "Это имя SIP, а большинство АТС набирают только цифры. Позвонить?",
      twoReadings: "Этот текст можно прочесть и как другой номер. Проверьте, тот ли показан. Позвонить?",
    },
    other: (number) => `Другой номер: ${number}`,
    phone: "Ваш телефон",
    ringsFirst: (phone) => `${phone}, зазвонит первым`,
    way: "С линии",
    noWay: "Сейчас позвонить нельзя: нет подключения, которое умеет набирать.",
    fromProgram: "Номер передала другая программа",
    confirm: "Позвонить",
    confirmAnyway: "Всё равно позвонить",
    placing: "Звоним…",
  },
  en: {
    dial: "Call",
    field: "Number to call",
    placeholder: "Number",
    sheet: "What will be dialled",
    hint: "Type a number or an extension: you see what is dialled first.",
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
      premium: "This number costs extra. Call?",
      international: "This is a call abroad.",
      unrecognised: "No country has such numbers: check the code and the digits.",
      alsoExtension:
        "An emergency service and an extension of your office share it. The PBX decides who is reached. Call?",
      sipName: "This is a SIP name, and most PBXs dial digits only. Call?",
      twoReadings: "This text may also mean another number. Check that the right one is shown. Call?",
    },
    other: (number) => `The other number: ${number}`,
    phone: "Your phone",
    ringsFirst: (phone) => `${phone}, rings first`,
    way: "Call via",
    noWay: "No call can be placed now: there is no connection that can dial.",
    fromProgram: "Another program handed over this number",
    confirm: "Call",
    confirmAnyway: "Call anyway",
    placing: "Calling…",
  },
});
