import type { ErrorCode } from "$generated/ErrorCode";
import { texts } from "$lib/language.svelte";

interface TrialText {
  open: string;
  /** What happens to the cards of others, before it is begun. */
  ask: string;
  signed: string;
  hours: string;
  begin: string;
  cancel: string;
  wrongTime: string;
  on: (time: string) => string;
  address: string;
  end: string;
  refused: Partial<Record<ErrorCode, string>>;
}

/** Trial mode of a connection. */
export const trialText = texts<TrialText>({
  ru: {
    open: "Пробный режим…",
    ask: "Сотрудники не увидят новых звонков этого подключения: ни карточек, ни строк в списке. Их увидят только администраторы, с пометкой «Пробный звонок». После пробного режима эти звонки останутся видны только администраторам.",
    signed: "АТС сможет отправлять уведомления по HTTP без шифрования. Подпись проверяется как всегда.",
    hours: "На сколько часов",
    begin: "Включить",
    cancel: "Не включать",
    wrongTime: "Укажите целое число от 1 до 24",
    on: (time) =>
      `Пробный режим до ${time}: новые звонки этого подключения видят только администраторы, уведомления принимаются и по HTTP без шифрования`,
    address: "Адрес для АТС без шифрования:",
    end: "Закончить сейчас",
    refused: { unsupported: "Здесь пробного режима нет: эта АТС не шлёт уведомлений на адрес шлюза." },
  },
  en: {
    open: "Trial mode…",
    ask: "Agents will not see new calls of this connection: no cards, no rows in the list. Only administrators will, marked “Trial call”. After trial mode only administrators still see these calls.",
    signed: "The PBX may post notifications over plain HTTP. The signature is checked as always.",
    hours: "For how many hours",
    begin: "Switch on",
    cancel: "Leave it off",
    wrongTime: "From 1 to 24 whole hours",
    on: (time) =>
      `Trial mode until ${time}: only administrators see new calls of this connection, and plain HTTP is accepted too`,
    address: "Address for the PBX over plain HTTP:",
    end: "End it now",
    refused: { unsupported: "There is no trial mode here: this PBX posts nothing to the gateway’s address." },
  },
});
