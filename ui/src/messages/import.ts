import type { TableFault } from "$generated/TableFault";
import type { TableProblem } from "$generated/TableProblem";
import type { FileFault } from "$features/people/table";
import { isolate } from "$lib/isolate";
import { texts } from "$lib/language.svelte";

interface ImportText {
  title: string;
  /** `connection` is the id of one that the office has, for the example. */
  hint: (connection: string) => string;
  choose: string;
  paste: string;
  example: (connection: string) => string;
  look: string;
  count: (people: number) => string;
  more: (people: number) => string;
  invite: (people: number) => string;
  made: (people: number) => string;
  keep: string;
  once: string;
  line: (line: number, fault: string) => string;
  files: Record<FileFault, string>;
  faults: Record<TableFault, (part: string, connection: string) => string>;
}

const plural = new Intl.PluralRules("ru");
const russian = (count: number, one: string, few: string, many: string): string => {
  const rule = plural.select(count);
  return `${count} ${rule === "one" ? one : rule === "few" ? few : many}`;
};
const english = (count: number, one: string): string => `${count} ${one}${count === 1 ? "" : "s"}`;

/** Inviting people from a table. */
export const importText = texts<ImportText>({
  ru: {
    title: "Пригласить по списку",
    hint: (connection) =>
      `Одна строка — один человек: имя; роль (сотрудник, руководитель, администратор); добавочные, например ${connection}:201 ${connection}:202; группы. Приглашаются все или никто.`,
    choose: "Выбрать файл CSV",
    paste: "Или вставьте таблицу сюда",
    example: (connection) => `Анна Смирнова;сотрудник;${connection}:201;sales`,
    look: "Проверить",
    count: (people) => `Прочитано: ${russian(people, "человек", "человека", "человек")}`,
    more: (people) => `и ещё ${people}`,
    invite: (people) => `Пригласить: ${russian(people, "человек", "человека", "человек")}`,
    made: (people) => `Готово: ${russian(people, "приглашение", "приглашения", "приглашений")}`,
    keep: "Сохранить ссылки в CSV",
    once: "Ссылки показываются один раз. Каждая действует неделю и впускает одного человека: раздав их, удалите файл. Потерянную заменит новая, в списке приглашений.",
    files: {
      tooLarge: "Это больше 4 МБ: столько за раз не принять. Разделите список на несколько.",
      unreadable: "Файл не читается. Проверьте, что он на месте и открывается, и выберите его снова.",
      noText: "Это не текст. Сохраните таблицу как CSV и выберите её снова.",
    },
    line: (line, fault) => `Строка ${line}: ${fault}. Никто не приглашён.`,
    faults: {
      name: () => "нет имени, или оно длиннее 100 знаков",
      role: (part) => `«${isolate(part)}» — не роль, нужно сотрудник, руководитель или администратор`,
      extension: (part, connection) => `«${isolate(part)}» — не добавочный, нужно как ${connection}:201`,
      fields: () => "лишние поля, нужны имя, роль, добавочные, группы",
      quotes: () => "кавычки не сходятся",
      connection: (part) => `подключения «${isolate(part)}» нет`,
      group: (part) => `группы «${isolate(part)}» нет`,
      empty: () => "в таблице никого нет",
      tooMany: () => "слишком много людей для одной таблицы, разделите её",
    },
  },
  en: {
    title: "Invite from a list",
    hint: (connection) =>
      `A line is a person: name; role (agent, manager, admin); extensions such as ${connection}:201 ${connection}:202; groups. Everybody is invited, or nobody.`,
    choose: "Choose a CSV file",
    paste: "Or paste the table here",
    example: (connection) => `Anna Smirnova;agent;${connection}:201;sales`,
    look: "Check",
    count: (people) => `Read: ${people === 1 ? "1 person" : `${people} people`}`,
    more: (people) => `and ${people} more`,
    invite: (people) => `Invite ${people === 1 ? "1 person" : `${people} people`}`,
    made: (people) => `Done: ${english(people, "invitation")}`,
    keep: "Save the links as CSV",
    once: "The links are shown once. Each works for a week and lets one person in: delete the file once you have handed them out. A lost one is replaced by a new one in the list of invitations.",
    files: {
      tooLarge: "This is larger than 4 MB, which is too much at a time. Make several lists of it.",
      unreadable: "The file cannot be read. Check that it is there and can be opened, and choose it again.",
      noText: "This is no text. Save the table as CSV and choose it again.",
    },
    line: (line, fault) => `Line ${line}: ${fault}. Nobody was invited.`,
    faults: {
      name: () => "the name is missing, or longer than 100 characters",
      role: (part) => `“${isolate(part)}” is no role; write agent, manager or admin`,
      extension: (part, connection) => `“${isolate(part)}” is no extension; write it as ${connection}:201`,
      fields: () => "there are too many fields; a line has name, role, extensions, groups",
      quotes: () => "the quotes do not fit together",
      connection: (part) => `there is no connection “${isolate(part)}”`,
      group: (part) => `there is no group “${isolate(part)}”`,
      empty: () => "there is nobody in the table",
      tooMany: () => "too many people for one table; make several of it",
    },
  },
});

/** What is wrong with a table, and where. */
export function tableProblem({ line, fault, part }: TableProblem, connection: string): string {
  return importText().line(line, importText().faults[fault](part, connection));
}
