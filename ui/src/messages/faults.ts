import type { ContractError } from "$generated/ContractError";
import type { FieldFault } from "$generated/FieldFault";
import type { KeyField } from "$generated/KeyField";
import { isolate } from "$lib/isolate";
import { texts, titleOf } from "$lib/language.svelte";

interface FaultsText {
  /** Names of fields, by the names that errors give them. */
  fields: Record<string, string>;
  /** A field that is not named on the page. */
  other: string;
  /** A key by the name that the vendor's account has for it. */
  titled: (title: string) => string;
  /** A key whose title is not known, by its name in configuration. */
  key: (name: string) => string;
  enter: (key: string) => string;
  faults: Record<FieldFault, string>;
  /** What has no code: the sentence of the program itself, which is English. */
  unnamed: (message: string) => string;
  entry: (place: string) => string;
}

const faultsText = texts<FaultsText>({
  ru: {
    fields: {
      make: "АТС",
      kind: "Чей это токен",
      keys: "Ключ",
      address: "Адрес",
      zone: "Часовой пояс",
      phone: "Телефон",
      name: "Имя",
      lines: "Линии",
      people: "Сотрудники",
      groups: "Группы",
      contacts: "Контакты",
    },
    other: "Настройки",
    titled: (title) => `«${title}»`,
    key: (name) => `ключ ${isolate(name)}`,
    enter: (key) => `Введите: ${key}`,
    faults: {
      missing: "здесь пусто, введите",
      unknown: "такого нет, выберите или введите другое",
      invisible: "внутри перенос строки или невидимый знак, скопируйте ещё раз",
      tooLong: "слишком длинно, сократите",
      tooMany: "слишком много, уберите лишнее",
      twice: "одно и то же записано дважды",
      malformed: "записано не в том виде, скопируйте целиком ещё раз",
      notAnAddress: "напишите как https://pbx.example.org",
      addressWithMore: "напишите без имени, пароля и всего, что после ? и #",
      plainHttp: "нужен https://, обычный http годится только внутри одного компьютера",
    },
    unnamed: (message) => `проверьте, что введено (ответ программы: ${isolate(message)})`,
    entry: (place) => `строка ${place}`,
  },
  en: {
    fields: {
      make: "PBX",
      kind: "Whose token it is",
      keys: "Key",
      address: "Address",
      zone: "Time zone",
      phone: "Phone",
      name: "Name",
      lines: "Lines",
      people: "People",
      groups: "Groups",
      contacts: "Contacts",
    },
    other: "Settings",
    titled: (title) => `“${title}”`,
    key: (name) => `key ${isolate(name)}`,
    enter: (key) => `Enter ${key}`,
    faults: {
      missing: "nothing is here, enter it",
      unknown: "there is no such thing, choose or enter another",
      invisible: "an end of line or an invisible character is inside, copy it again",
      tooLong: "this is too long, shorten it",
      tooMany: "these are too many, leave some out",
      twice: "the same is listed twice",
      malformed: "it is not in the expected form, copy all of it again",
      notAnAddress: "write it as https://pbx.example.org",
      addressWithMore: "write it without a name, a password, and what follows ? or #",
      plainHttp: "https:// is needed, plain http is for within one computer only",
    },
    unnamed: (message) => `check what was entered (the program says: ${isolate(message)})`,
    entry: (place) => `entry ${place}`,
  },
});

/** Which entry of a list is wrong and how, without a full stop. */
export function entryFault({ fault, part, message }: ContractError): string {
  const text = faultsText();
  const how = fault ? text.faults[fault] : text.unnamed(message);
  if (part === undefined) return how;
  return `${fault === "twice" ? isolate(part) : text.entry(part)}, ${how}`;
}

/** What a key is called where a person enters it. */
export function keyTitle({ name, title }: KeyField): string {
  return title ? titleOf(title) : name;
}

/** Which field is wrong and how, without a full stop. Keys have the titles that their make gives them, where it is known. */
export function fieldFault({ field, fault, part, message }: ContractError, keys: KeyField[] = []): string {
  const text = faultsText();
  const how = fault ? text.faults[fault] : text.unnamed(message);
  if (field !== "keys" || !part) return `${(field && text.fields[field]) ?? text.other}: ${how}`;
  const title = keys.find(({ name }) => name === part)?.title;
  const key = title ? text.titled(titleOf(title)) : text.key(part);
  return fault === "missing" ? text.enter(key) : `${key.charAt(0).toUpperCase()}${key.slice(1)}: ${how}`;
}
