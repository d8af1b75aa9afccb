import type { ErrorCode } from "$generated/ErrorCode";
import { texts } from "$lib/language.svelte";

type Sentences = Record<ErrorCode, string>;

/** What went wrong, in one sentence that says what to do. */
export const errorText = texts<Sentences>({
  ru: {
    notAGateway: "Это не шлюз Трубки. Проверьте адрес.",
    httpsNeeded: "Нужен адрес https://",
    keyringLocked: "Хранилище паролей закрыто или не отвечает. Откройте его и попробуйте ещё раз.",
    lastAdmin: "Вы последний администратор этого офиса. Сначала пригласите другого и дождитесь, пока он войдёт.",
    changed: "Пока вы смотрели, данные изменились. Обновите и повторите.",
    unauthorized: "Офис больше не знает этот компьютер. Попросите у администратора новый токен.",
    forbidden: "Вам это не разрешено, или с этого компьютера не пускают. Спросите администратора.",
    invalidRequest: "Проверьте, что введено, и попробуйте ещё раз.",
    notFound: "Этого больше нет.",
    ended: "Звонок уже завершён.",
    unsupported: "АТС этого не умеет.",
    rateLimited: "АТС просит подождать. Попробуйте через несколько секунд.",
    notReady: "Запись ещё готовится.",
    gone: "Запись удалена на стороне АТС.",
    notPlayable: "Этот файл проиграть нельзя: в нём нет понятного звука.",
    refused: "АТС отказала. Проверьте номер, а если он верный, спросите администратора.",
    unknownOutcome: "Неизвестно, выполнила ли АТС команду. Проверьте телефон, прежде чем повторять.",
    unreachable: "Нет связи с офисом или АТС. Переподключаемся…",
    storage: "База на диске не отвечает. Проверьте, есть ли на диске место.",
    internal: "Что-то сломалось в самой программе. Попробуйте ещё раз.",
  },
  en: {
    notAGateway: "This is not a Trubka gateway. Check the address.",
    httpsNeeded: "The address must begin with https://",
    keyringLocked: "The keyring is locked or does not answer. Unlock it and try again.",
    lastAdmin: "You are the last administrator of this office. Invite another one first, and wait until he has joined.",
    changed: "This has changed meanwhile. Refresh and try again.",
    unauthorized: "The office no longer knows this computer. Ask your administrator for a new token.",
    forbidden: "You may not do this, or nobody is let through from this computer. Ask your administrator.",
    invalidRequest: "Check what was entered and try again.",
    notFound: "This is no longer here.",
    ended: "The call has already ended.",
    unsupported: "The PBX cannot do this.",
    rateLimited: "The PBX asks to wait. Try again in a few seconds.",
    notReady: "The recording is still being prepared.",
    gone: "The PBX has deleted the recording.",
    notPlayable: "This file cannot be played: there is no sound in it that can be read.",
    refused: "The PBX refused. Check the number; if it is right, ask your administrator.",
    unknownOutcome: "It is not known whether the PBX acted. Check your phone before trying again.",
    unreachable: "The office or the PBX cannot be reached. Reconnecting…",
    storage: "The database on the disk does not answer. Check that the disk has room.",
    internal: "Something broke inside the program. Try again.",
  },
});
