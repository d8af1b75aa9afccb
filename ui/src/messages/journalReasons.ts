import type { JournalReason } from "$generated/JournalReason";
import type { SignatureCheck } from "$generated/SignatureCheck";
import { texts } from "$lib/language.svelte";

interface JournalReasonText {
  reason: Record<JournalReason, string>;
  signature: (check: SignatureCheck) => string;
}

const RU: Record<JournalReason, string> = {
  noSignature: "нет подписи",
  givenTwice: "поле или заголовок указаны дважды",
  notAForm: "сообщение не в том формате, эта АТС шлёт форму",
  signatureMalformed: "вместо подписи что-то другое",
  signatureWrong: "подпись не совпала",
  otherAccount: "подписано для другого кабинета",
  noWebhooks: "не от этой АТС: она ничего не присылает",
  notStored: "не удалось записать на диск, попросили прислать ещё раз",
  unauthorized: "АТС не приняла ключ",
  forbidden: "АТС не разрешила",
  invalidRequest: "АТС не приняла запрос",
  notFound: "АТС такого не нашла",
  conflict: "уже завершено или занято",
  rateLimited: "АТС просит подождать",
  timeout: "АТС не ответила вовремя",
  unreachable: "нет связи с АТС",
  notTrusted: "сертификату или адресу АТС нет доверия",
  unsupported: "АТС этого не умеет",
  notUnderstood: "содержание непонятно",
  pbxFailed: "сбой на стороне АТС",
  notReady: "запись ещё готовится",
  gone: "этого уже нет",
  notAudio: "вместо записи пришло другое",
  tooLarge: "пришло слишком много",
  stopped: "Трубка прервала запрос",
};

const EN: Record<JournalReason, string> = {
  noSignature: "no signature",
  givenTwice: "a field or header was given twice",
  notAForm: "wrong format: this PBX posts a form",
  signatureMalformed: "what came is no signature",
  signatureWrong: "signature did not match",
  otherAccount: "signed for another account",
  noWebhooks: "not from this PBX: it posts nothing",
  notStored: "could not be stored; we asked for it again",
  unauthorized: "the PBX did not accept the key",
  forbidden: "the PBX did not allow it",
  invalidRequest: "the PBX did not accept the request",
  notFound: "the PBX found no such thing",
  conflict: "already over, or taken",
  rateLimited: "the PBX asks to wait",
  timeout: "the PBX did not answer in time",
  unreachable: "the PBX cannot be reached",
  notTrusted: "certificate or address of the PBX is not trusted",
  unsupported: "the PBX cannot do this",
  notUnderstood: "not understood",
  pbxFailed: "the PBX failed inside",
  notReady: "the recording is still being prepared",
  gone: "it is gone",
  notAudio: "something else came instead of a recording",
  tooLarge: "too much came",
  stopped: "Trubka cancelled the request",
};

/** Why an exchange failed, and what its signature says. */
export const journalReasonText = texts<JournalReasonText>({
  ru: {
    reason: RU,
    signature: (check) => {
      switch (check.kind) {
        case "right":
          return "Подпись верна: она подходит к ключу, который указан в подключении сейчас.";
        case "wrong":
          return `С нынешним ключом сообщение не принято: ${RU[check.reason]}. Сверьте ключи подключения с кабинетом АТС.`;
        case "unsigned":
          return "Такие сообщения принимаются без подписи: проверять нечего.";
        case "ours":
          return check.headers.length === 0
            ? "Запрос отправлен с ключом подключения: он был в теле или в адресе запроса и здесь скрыт."
            : `Запрос отправлен с ключом подключения, заголовки: ${check.headers.join(", ")}.`;
        case "oursUnsigned":
          return "Этот запрос мы не подписываем.";
        case "notKept":
          return "Проверить уже нельзя: исходное сообщение хранится только в памяти шлюза, до перезапуска и пока не вытеснят новые.";
        case "nothingSigned":
          return "Здесь нет подписи, которую можно проверить.";
        case "noConnection":
          return "Подключения больше нет, проверить нечем.";
      }
    },
  },
  en: {
    reason: EN,
    signature: (check) => {
      switch (check.kind) {
        case "right":
          return "The signature is right: it fits the key that the connection has now.";
        case "wrong":
          return `Not accepted with the present key: ${EN[check.reason]}. Compare the keys of the connection with the PBX’s account page.`;
        case "unsigned":
          return "Messages of this kind are taken without a signature: there is nothing to check.";
        case "ours":
          return check.headers.length === 0
            ? "Sent with the key of the connection, in the body or the address of the request; it is hidden here."
            : `Sent with the key of the connection, in the headers ${check.headers.join(", ")}.`;
        case "oursUnsigned":
          return "We do not sign this request.";
        case "notKept":
          return "It cannot be checked any more: the original is kept in the gateway’s memory alone, until it restarts or newer ones take its place.";
        case "nothingSigned":
          return "There is no signature here that can be checked.";
        case "noConnection":
          return "The connection is gone, so there is no key to check with.";
      }
    },
  },
});
