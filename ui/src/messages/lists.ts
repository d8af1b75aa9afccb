import type { ContractError } from "$generated/ContractError";
import type { Kind, RowFault } from "$features/lists/kinds";
import { isolate } from "$lib/isolate";
import { texts } from "$lib/language.svelte";
import { errorText } from "./errors";
import { entryFault } from "./faults";

interface ListsText {
  title: string;
  open: string;
  kinds: Record<Kind, string>;
  hints: Record<Kind, string>;
  add: Record<Kind, string>;
  fields: Record<string, string>;
  whichConnection: string;
  rings: string;
  silent: string;
  blocked: { no: string; busy: string; hangup: string };
  fixed: string;
  remove: string;
  none: string;
  more: (rows: number) => string;
  save: string;
  undo: string;
  saved: string;
  readAnew: string;
  changed: string;
  away: string;
  refused: (why: string) => string;
  faults: Record<RowFault["kind"], (field: string, part: string) => string>;
  inRow: (row: string, fault: string) => string;
}

/** Lines, groups, names and contacts of an office behind a gateway. */
export const listsText = texts<ListsText>({
  ru: {
    title: "Списки офиса",
    open: "Линии, группы, имена, контакты",
    kinds: { lines: "Линии", groups: "Группы", people: "Имена", contacts: "Контакты" },
    hints: {
      lines:
        "Линия входит в группы. Если линии перечислены, звонок по ним видят их группы. Вместо номера можно указать очередь.",
      groups: "Линии группы, которая звонит, звонят у всех её участников, пока АТС никого не назвала.",
      people: "Как зовут того, у кого этот добавочный.",
      contacts: "Имя известного номера. Ответственный и сценарий пишутся как подключение:добавочный, через пробел.",
    },
    add: {
      lines: "Добавить линию",
      groups: "Добавить группу",
      people: "Добавить имя",
      contacts: "Добавить контакт",
    },
    fields: {
      number: "Номер",
      title: "Название",
      connection: "Подключение",
      groups: "Группы",
      id: "Имя группы",
      rings: "Звонит у участников",
      extension: "Добавочный",
      name: "Имя",
      responsible: "Ответственный",
      scenario: "Сценарий",
      blocked: "Отказ",
    },
    whichConnection: "Подключение…",
    rings: "звонит у участников",
    silent: "не звонит",
    blocked: { no: "принимать", busy: "занято", hangup: "сбросить" },
    fixed: "в файле шлюза",
    remove: "Удалить",
    none: "Пока пусто.",
    more: (rows) => `Показать ещё, осталось ${rows}`,
    save: "Сохранить список",
    undo: "Вернуть как было",
    saved: "Сохранено, действует сразу.",
    readAnew: "Прочитать заново",
    changed: "Списки тем временем изменил другой администратор. Ничего не сохранено. Прочитайте заново и повторите.",
    away: "Шлюз не отвечает. Изменения остались здесь: проверьте связь и нажмите ещё раз.",
    refused: (why) => `Ничего не сохранено: ${why}.`,
    faults: {
      pair: (field, part) =>
        `в поле «${field}» слово «${isolate(part)}» непонятно, нужно как rt1:201, без пробелов внутри`,
      twice: (field, part) => `в поле «${field}» подключение «${isolate(part)}» указано дважды`,
      double: () => "это записано дважды",
    },
    inRow: (row, fault) => `${isolate(row)}: ${fault}. Ничего не сохранено.`,
  },
  en: {
    title: "Lists of the office",
    open: "Lines, groups, names, contacts",
    kinds: { lines: "Lines", groups: "Groups", people: "Names", contacts: "Contacts" },
    hints: {
      lines:
        "A line belongs to groups. Where lines are listed, their groups see calls to them. A queue can stand in place of the number.",
      groups: "The lines of a group that rings ring at its members as long as the PBX names nobody.",
      people: "What whoever has this extension is called.",
      contacts:
        "The name of a known number. Responsible and scenario are written as connection:extension, with blanks.",
    },
    add: { lines: "Add a line", groups: "Add a group", people: "Add a name", contacts: "Add a contact" },
    fields: {
      number: "Number",
      title: "Title",
      connection: "Connection",
      groups: "Groups",
      id: "Name of the group",
      rings: "Rings at its members",
      extension: "Extension",
      name: "Name",
      responsible: "Responsible",
      scenario: "Scenario",
      blocked: "Refusal",
    },
    whichConnection: "Connection…",
    rings: "rings at its members",
    silent: "does not ring",
    blocked: { no: "take calls", busy: "busy", hangup: "hang up" },
    fixed: "in the gateway’s file",
    remove: "Remove",
    none: "Nothing yet.",
    more: (rows) => `Show more, ${rows} left`,
    save: "Save the list",
    undo: "Undo",
    saved: "Saved, in force at once.",
    readAnew: "Read anew",
    changed: "Another administrator has changed the lists meanwhile. Nothing was saved. Read them anew and try again.",
    away: "The gateway does not answer. Your changes are still here: check the network and press again.",
    refused: (why) => `Nothing was saved: ${why}.`,
    faults: {
      pair: (field, part) =>
        `“${isolate(part)}” in “${field}” is not understood; write it as rt1:201, without blanks inside`,
      twice: (field, part) => `“${field}” names the connection “${isolate(part)}” twice`,
      double: () => "this is listed twice",
    },
    inRow: (row, fault) => `${isolate(row)}: ${fault}. Nothing was saved.`,
  },
});

/** What is wrong with a row, before the gateway is asked. */
export function rowFault({ row, field, kind, part }: RowFault): string {
  const text = listsText();
  return text.inRow(row, text.faults[kind](text.fields[field] ?? field, part));
}

/** Why a list was not read or saved, and what to do. */
export function listFailure(failure: ContractError): string {
  const { code } = failure;
  const text = listsText();
  if (code === "changed") return text.changed;
  if (code === "unreachable" || code === "unknownOutcome") return text.away;
  if (code === "invalidRequest") return text.refused(entryFault(failure));
  return errorText()[code];
}
