import type { ContractError } from "$generated/ContractError";
import { isolate } from "$lib/isolate";
import { texts } from "$lib/language.svelte";

interface ActionText {
  controls: string;
  pickup: string;
  connect: string;
  keypad: string;
  keys: string;
  press: string;
  recordOn: string;
  recordOff: string;
  number: string;
  now: string;
  askFirst: string;
  join: string;
  sure: string;
  colleaguesOnly: string;
  failed: (error: ContractError) => string;
}

/** What can be done with a call, in the main window. */
export const actionText = texts<ActionText>({
  ru: {
    controls: "Управление звонком",
    pickup: "Перехватить",
    connect: "Соединить",
    keypad: "Набрать цифры",
    keys: "Цифры, * и #",
    press: "Отправить",
    recordOn: "Начать запись",
    recordOff: "Остановить запись",
    number: "Номер или добавочный",
    now: "Перевести сразу",
    askFirst: "Сначала спросить",
    join: "Добавить в разговор",
    sure: "Проверьте номер и нажмите ещё раз.",
    colleaguesOnly: "Можно только коллеге: введите добавочный.",
    failed: ({ code, message }) =>
      ({
        refused: message ? `АТС отказала: ${isolate(message)}` : "АТС отказала.",
        unknownOutcome: "АТС не подтвердила. Проверьте на телефоне.",
        ended: "Со звонком этого уже не сделать.",
        changed: "Со звонком уже что-то изменилось: посмотрите, что с ним сейчас.",
        unsupported: "Эта АТС так не умеет.",
        unreachable: "Нет связи с офисом, ничего не сделано.",
        invalidRequest: "Это не номер: введите цифры.",
      })[code as "refused"] ?? "Не получилось, попробуйте ещё раз.",
  },
  en: {
    controls: "Call controls",
    pickup: "Pick up",
    connect: "Connect them",
    keypad: "Press digits",
    keys: "Digits, * and #",
    press: "Send",
    recordOn: "Start recording",
    recordOff: "Stop recording",
    number: "Number or extension",
    now: "Transfer now",
    askFirst: "Ask first",
    join: "Add to the call",
    sure: "Check the number and press once more.",
    colleaguesOnly: "To a colleague only: type an extension.",
    failed: ({ code, message }) =>
      ({
        refused: message ? `The PBX refused: ${isolate(message)}` : "The PBX refused.",
        unknownOutcome: "The PBX did not confirm. Check your phone.",
        ended: "This cannot be done with the call any more.",
        changed: "The call has changed meanwhile: look at how it stands now.",
        unsupported: "This PBX cannot do that.",
        unreachable: "The office is out of reach; nothing was done.",
        invalidRequest: "This is not a number: type digits.",
      })[code as "refused"] ?? "That did not work, try again.",
  },
});
