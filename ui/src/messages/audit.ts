import type { AuditAction } from "$generated/AuditAction";
import { englishCount, russianCount, texts } from "$lib/language.svelte";

interface AuditText {
  title: string;
  shown: (count: number) => string;
  loading: string;
  empty: string;
  more: string;
  /** Whoever used the program of the gateway itself. */
  commandLine: string;
  /** The person of this computer, who gave no name. */
  here: string;
  /** What stands before the whole of an entry as the office wrote it. */
  recorded: string;
  action: Record<AuditAction, string>;
  /** The lists that are changed, by their names in the audit. */
  lists: Record<string, string>;
  /** An entry of the request journal. */
  entry: (id: string) => string;
}

/** What administrators changed. */
export const auditText = texts<AuditText>({
  ru: {
    title: "Изменения",
    shown: (count) => `Показано ${russianCount(count, "изменение", "изменения", "изменений")} · секреты не хранятся`,
    loading: "Открываем изменения…",
    empty: "Изменений пока нет",
    more: "Показать ещё",
    commandLine: "Командная строка шлюза",
    here: "Этот компьютер",
    recorded: "Как записано",
    action: {
      invited: "Приглашение создано",
      reissuedInvitation: "Ссылка приглашения заменена",
      revokedInvitation: "Приглашение отозвано",
      joined: "Вход по приглашению",
      issuedToken: "Токен выдан",
      changedRights: "Права изменены",
      removedPerson: "Доступ отозван",
      signedOut: "Выход",
      putConnection: "Подключение сохранено",
      removedConnection: "Подключение удалено",
      checkedConnection: "Подключение проверено с сохранённым ключом",
      listedPhones: "Список телефонов запрошен с сохранённым ключом",
      askedForKey: "У АТС запрошен ключ",
      givenKey: "АТС выдала ключ",
      refusedKey: "АТС не выдала ключ",
      changedList: "Список изменён",
      beganTrial: "Пробный режим включён",
      endedTrial: "Пробный режим выключен",
      checkedStage: "Шаг проверки выполнен",
      testedAddress: "Тестовое уведомление отправлено",
      revealNumbers: "Номера в журнале показаны",
      repeatedRequest: "Запрос повторён",
      replayedWebhook: "Уведомление разобрано ещё раз",
      exportedJournal: "Журнал запросов сохранён в файл",
      clearJournal: "Журнал запросов очищен",
      unknown: "Другое изменение",
    },
    lists: { lines: "Линии", groups: "Группы", people: "Сотрудники", contacts: "Контакты" },
    entry: (id) => `Запись ${id}`,
  },
  en: {
    title: "Changes",
    shown: (count) => `${englishCount(count, "change", "changes")} shown · no secrets`,
    loading: "Opening the changes…",
    empty: "No changes yet",
    more: "Show more",
    commandLine: "Gateway command line",
    here: "This computer",
    recorded: "As recorded",
    action: {
      invited: "Invitation created",
      reissuedInvitation: "Invitation link replaced",
      revokedInvitation: "Invitation revoked",
      joined: "Joined with an invitation",
      issuedToken: "Token issued",
      changedRights: "Rights changed",
      removedPerson: "Access revoked",
      signedOut: "Signed out",
      putConnection: "Connection saved",
      removedConnection: "Connection removed",
      checkedConnection: "Connection checked with the stored key",
      listedPhones: "Phones listed with the stored key",
      askedForKey: "Key requested from the PBX",
      givenKey: "Key given by the PBX",
      refusedKey: "Key refused by the PBX",
      changedList: "List changed",
      beganTrial: "Trial mode turned on",
      endedTrial: "Trial mode turned off",
      checkedStage: "Check stage run",
      testedAddress: "Test notification sent",
      revealNumbers: "Numbers in the journal shown",
      repeatedRequest: "Request repeated",
      replayedWebhook: "Webhook read again",
      exportedJournal: "Request journal saved to a file",
      clearJournal: "Request journal cleared",
      unknown: "Another change",
    },
    lists: { lines: "Lines", groups: "Groups", people: "People", contacts: "Contacts" },
    entry: (id) => `Entry ${id}`,
  },
});

/** Who it was, by name: the id of the token stands behind it in the entry. */
export function auditor(who: string): string {
  if (who === "command line") return auditText().commandLine;
  return who.replace(/ ?\([^()]*\)$/, "") || auditText().here;
}

/** What it was done to; empty where the action says it all. */
export function audited(action: AuditAction, subject: string | undefined): string {
  if (subject === undefined || subject === "journal") return "";
  if (action === "changedList") return auditText().lists[subject] ?? subject;
  const entry = /^journal (\d+)$/.exec(subject)?.[1];
  return entry === undefined ? subject : auditText().entry(entry);
}
