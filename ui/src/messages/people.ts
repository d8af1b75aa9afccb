import type { ErrorCode } from "$generated/ErrorCode";
import type { InvitationState } from "$generated/InvitationState";
import type { Role } from "$generated/Role";
import { isolate } from "$lib/isolate";
import { texts } from "$lib/language.svelte";
import { errorText } from "./errors";

interface PeopleText {
  title: string;
  office: string;
  invite: string;
  inviteMany: string;
  search: string;
  found: (shown: number, all: number) => string;
  showMore: string;
  inviteAction: string;
  name: string;
  role: string;
  roles: Record<Role, string>;
  extensionsAt: (connection: string) => string;
  extensionsExample: string;
  goneExtensions: (list: string) => string;
  groups: string;
  groupsExample: string;
  linkOf: (name: string) => string;
  linkOnce: string;
  done: string;
  desks: string;
  invitations: string;
  noPeople: string;
  next: string;
  nobodyFound: string;
  loading: string;
  online: string;
  seen: (when: string) => string;
  neverSeen: string;
  states: Record<InvitationState, string>;
  until: (when: string) => string;
  change: string;
  remove: string;
  removeAsk: (name: string) => string;
  revoke: string;
  lastAdmin: string;
  notKept: string;
  maybeInvited: string;
  reissue: string;
  reissueAsk: string;
  reissueNow: string;
  revokeAsk: string;
}

/** People and desks of an office, for its administrators. */
export const peopleText = texts<PeopleText>({
  ru: {
    title: "Рабочие места",
    office: "Офис",
    invite: "Пригласить",
    inviteMany: "По списку",
    search: "Найти по имени, добавочному, компьютеру",
    found: (shown, all) => `Показано ${shown} из ${all}`,
    showMore: "Показать ещё",
    inviteAction: "Сделать приглашение",
    name: "Имя",
    role: "Что видит",
    roles: { agent: "Свои звонки", manager: "Все звонки", admin: "Все звонки и настройки" },
    extensionsAt: (connection) => `Добавочные, ${isolate(connection)}`,
    extensionsExample: "102",
    goneExtensions: (list) => `АТС этих добавочных удалена, они уйдут при сохранении: ${isolate(list)}`,
    groups: "Группы",
    groupsExample: "через запятую",
    linkOf: (name) => `Приглашение: ${isolate(name)}`,
    linkOnce:
      "Передайте ссылку лично. Она действует неделю, один раз, и больше показана не будет. Потеряется — выпустите новую в списке приглашений.",
    done: "Готово",
    desks: "Рабочие места",
    invitations: "Приглашения",
    noPeople: "Пока никого. Пригласите первого.",
    next: "Приглашённый открывает ссылку и входит сам, ключи АТС ему не нужны. Изменённые права действуют сразу.",
    nobodyFound: "Никого не нашли.",
    loading: "Читаем список…",
    online: "На связи",
    seen: (when) => `Последний раз ${when}`,
    neverSeen: "Ещё не заходили",
    states: { open: "Ждёт", used: "Принято", expired: "Срок вышел", revoked: "Отозвано" },
    until: (when) => `до ${when}`,
    change: "Изменить",
    remove: "Отключить",
    removeAsk: (name) => `Отключить рабочее место «${isolate(name)}»? Трубка там перестанет видеть этот офис.`,
    revoke: "Отозвать",
    lastAdmin: "Это последний администратор. Сначала пригласите другого и дождитесь, пока он войдёт.",
    notKept: "Файл не записан. Проверьте, есть ли место и папка «Загрузки», и нажмите ещё раз: ссылки пока здесь.",
    maybeInvited:
      "Ответ потерялся: приглашения могли быть созданы. Посмотрите ниже: у созданных выпустите новую ссылку, остальных пригласите снова.",
    reissue: "Новая ссылка",
    reissueNow: "Выпустить",
    reissueAsk: "Выпустить новую ссылку? Прежняя сразу перестанет действовать.",
    revokeAsk: "Отозвать приглашение? Ссылка сразу перестанет действовать.",
  },
  en: {
    title: "Desks",
    office: "Office",
    invite: "Invite",
    inviteMany: "From a list",
    search: "Find by name, extension, computer",
    found: (shown, all) => `${shown} of ${all} shown`,
    showMore: "Show more",
    inviteAction: "Make an invitation",
    name: "Name",
    role: "Sees",
    roles: { agent: "Own calls", manager: "All calls", admin: "All calls and settings" },
    extensionsAt: (connection) => `Extensions, ${isolate(connection)}`,
    extensionsExample: "102",
    goneExtensions: (list) => `The PBX of these extensions was removed, they go as you save: ${isolate(list)}`,
    groups: "Groups",
    groupsExample: "separated by commas",
    linkOf: (name) => `Invitation for ${isolate(name)}`,
    linkOnce:
      "Hand the link over in person. It works once, for a week, and is not shown again. If it is lost, make a new one in the list of invitations.",
    done: "Done",
    desks: "Desks",
    invitations: "Invitations",
    noPeople: "Nobody yet. Invite the first one.",
    next: "Whoever is invited opens the link and is in, without keys of the PBX. Changed rights hold at once.",
    nobodyFound: "Nobody found.",
    loading: "Reading the list…",
    online: "Connected",
    seen: (when) => `Last seen ${when}`,
    neverSeen: "Not here yet",
    states: { open: "Waiting", used: "Accepted", expired: "Expired", revoked: "Revoked" },
    until: (when) => `until ${when}`,
    change: "Change",
    remove: "Remove",
    removeAsk: (name) => `Remove ${isolate(name)}? Trubka at this desk will see the office no more.`,
    revoke: "Revoke",
    lastAdmin: "This is the last administrator. Invite another one first, and wait until he has joined.",
    notKept:
      "The file was not written. Check that there is room and a folder for downloads, and press again: the links are still here.",
    maybeInvited:
      "The answer was lost: the invitations may have been made. Look below: make new links for those that were, and invite the others again.",
    reissue: "New link",
    reissueNow: "Make it",
    reissueAsk: "Make a new link? The old one stops working at once.",
    revokeAsk: "Revoke the invitation? Its link stops working at once.",
  },
});

/** Why something could not be done. */
export function peopleFailure(what: "list" | "invite" | "change" | "keep", code: ErrorCode): string {
  if (what === "keep") return peopleText().notKept;
  if (what === "invite" && code === "unknownOutcome") return peopleText().maybeInvited;
  // A gateway of a version before: an invitation contradicts nothing but a configuration without an address.
  if (what === "invite" && code === "changed") return errorText().noAddress;
  return code === "lastAdmin" ? peopleText().lastAdmin : errorText()[code];
}
