import type { ContractError } from "$generated/ContractError";
import type { MakeView } from "$generated/MakeView";
import { isolate } from "$lib/isolate";
import { texts } from "$lib/language.svelte";
import { connectionsText, gatewayFailure } from "./connections";
import { errorText } from "./errors";
import { fieldFault } from "./faults";

interface IntroductionText {
  which: string;
  take: string;
  /** `what` is what the PBX makes, as the object of a sentence. */
  make: (what: string) => string;
  name: string;
  nameHint: (what: string) => string;
  ask: (what: string) => string;
  asking: string;
  given: string;
  givenAtGateway: string;
  stays: string;
  asked: (what: string) => string;
  askAgain: string;
  refused: (why: string) => string;
  elsewhere: string;
  locked: string;
}

/** Having a PBX give its key. */
export const introductionText = texts<IntroductionText>({
  ru: {
    which: "Откуда ключ",
    take: "Ключ уже есть",
    make: (what) => `Создать ${isolate(what)} сейчас`,
    name: "Название в кабинете АТС",
    nameHint: (what) =>
      `Создать ${isolate(what)} достаточно один раз на аккаунт. Если это уже делали, введите готовый ключ.`,
    ask: (what) => `Создать ${isolate(what)}`,
    asking: "Создаём на АТС, до 20 с…",
    given: "АТС дала ключ, он в хранилище паролей этого компьютера. Вводить его не нужно.",
    givenAtGateway: "АТС дала ключ, он на шлюзе. Вводить его не нужно.",
    stays: "Если сейчас прервать, подключение останется в списке приостановленным, и ключ не пропадёт.",
    asked: (what) =>
      `Ответ АТС потерялся: неизвестно, удалось ли создать ${isolate(what)}. Посмотрите в её кабинете. Если да, возьмите ключ оттуда. Если нет, создайте ещё раз.`,
    askAgain: "В кабинете пусто, создать ещё раз",
    refused: (why) =>
      `АТС отказала: ${isolate(why)}. Ничего не создано, попробуйте другое название или введите готовый ключ.`,
    elsewhere: "К этой АТС офис уже подключён. Продолжите то подключение или удалите его в настройках.",
    locked:
      "Хранилище паролей закрыто или не отвечает, ключ сохранить негде. Откройте его и нажмите ещё раз: дважды ничего не создастся.",
  },
  en: {
    which: "Where the key comes from",
    take: "There is a key already",
    make: (what) => `Make ${isolate(what)} now`,
    name: "Name in the PBX’s account",
    nameHint: (what) =>
      `It is enough to make ${isolate(what)} once per account. If it was made before, enter the key that there is.`,
    ask: (what) => `Make ${isolate(what)}`,
    asking: "Making it at the PBX, up to 20 s…",
    given: "The PBX gave the key; it is in this computer’s keyring. You need not enter it.",
    givenAtGateway: "The PBX gave the key; it is at the gateway. You need not enter it.",
    stays: "If you stop now, the connection stays in the list, paused, and the key is not lost.",
    asked: (what) =>
      `The PBX’s answer was lost: it is not known whether it made ${isolate(what)}. Look in its account. If it did, take the key from there. If not, make it once more.`,
    askAgain: "Nothing is in the account, make it once more",
    refused: (why) =>
      `The PBX refused: ${isolate(why)}. Nothing was made; try another name, or enter a key that there is.`,
    elsewhere: "The office already has a connection to this PBX. Go on with it or remove it in the settings.",
    locked:
      "The keyring is locked or does not answer, so a key cannot be kept. Unlock it and press again: nothing is made twice.",
  },
});

/** What a failure came of: where, and of the keys of which make. */
interface FailedAt {
  atGateway: boolean;
  keyAsked: boolean;
  make?: MakeView | undefined;
}

/** Why a PBX gave no key, and what to do. */
function keyFailure(failure: ContractError, at: FailedAt): string {
  const text = introductionText();
  if (failure.code === "refused") return text.refused(failure.message);
  if (failure.code === "changed" && failure.field === undefined) return text.elsewhere;
  if (failure.code === "keyringLocked") return text.locked;
  return connectingFailure(failure, at);
}

/** Why something was not done for a connection, and what to do. */
function connectingFailure(failure: ContractError, { atGateway, make }: FailedAt): string {
  if (atGateway) return gatewayFailure(failure, make?.keys);
  if (failure.code === "notFound" && failure.field === "draft") return connectionsText().replaced;
  const isField = failure.field !== undefined && failure.code === "invalidRequest";
  return isField ? `${fieldFault(failure, make?.keys)}.` : errorText()[failure.code];
}

/** What the wizard says of a failure. */
export function wizardFailure(failure: ContractError, at: FailedAt): string {
  return (at.keyAsked ? keyFailure : connectingFailure)(failure, at);
}
