import type { PathEvent } from "$generated/PathEvent";
import { texts } from "$lib/language.svelte";
import { vendorWords } from "./methods";

interface PathEventText {
  /** Our own commands and decisions, by their names. */
  own: Record<string, string>;
  /** The office's rules, by their names. */
  rules: Record<string, string>;
  rule: (name: string) => string;
  ours: string;
}

const text = texts<PathEventText>({
  ru: {
    own: {
      command: "команда с экрана",
      answer: "АТС ответила на команду",
      timerFired: "вышло время ожидания",
      absentFromSnapshot: "в списке АТС звонка больше нет",
      readAgain: "запись прочитана ещё раз",
      ruleTooLate: "правило не успело ответить АТС",
      gapOpened: "связь с АТС прервалась",
      gapClosed: "связь с АТС восстановилась",
      zoneChosen: "выбран часовой пояс",
    },
    rules: {
      blocked: "нежелательный номер",
      responsible: "ответственный сотрудник",
      scenario: "сценарий для номера",
      contact: "имя из контактов",
    },
    rule: (name) => `правило «${name}»`,
    ours: "Трубка",
  },
  en: {
    own: {
      command: "command from the screen",
      answer: "the PBX answered the command",
      timerFired: "waiting time ran out",
      absentFromSnapshot: "not in the PBX’s list any more",
      readAgain: "read again",
      ruleTooLate: "a rule was too late to answer the PBX",
      gapOpened: "the link to the PBX was lost",
      gapClosed: "the link to the PBX is back",
      zoneChosen: "a time zone was chosen",
    },
    rules: {
      blocked: "blocked number",
      responsible: "responsible person",
      scenario: "scenario for the number",
      contact: "name from the contacts",
    },
    rule: (name) => `rule “${name}”`,
    ours: "Trubka",
  },
});

/** What an event of a call's way is called in plain language, with the vendor's own word behind; that alone where we have none. */
export function eventWords({ kind, own, route }: PathEvent): string {
  const { own: names, rules, rule } = text();
  // A command that a rule gave is signed by it.
  const by = /^rule (.+)$/.exec(kind)?.[1];
  const ours = by === undefined ? (names[kind] ?? kind) : rule(rules[by] ?? by);
  const said = route === undefined ? undefined : route in rules ? rule(rules[route] as string) : route;
  const theirs = [vendorWords(kind), kind].filter(Boolean).join(" · ");
  return [own ? ours : theirs, said].filter(Boolean).join(": ");
}

/** Whose an event is that no PBX sent. */
export function ownWords(): string {
  return text().ours;
}
