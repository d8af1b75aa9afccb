import type { LookUpView } from "$generated/LookUpView";
import CommandFieldView from "$features/command/CommandField.svelte";
import type { Command } from "$features/command/commands";
import { CommandField } from "$features/command/field.svelte";
import { Dial } from "$features/dial/dial.svelte";
import { preview, row, type PreviewChanges } from "$tests/build";
import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { vi } from "vitest";

const OLGA = { name: "Ольга Морозова", number: "+7 900 123-45-67", dial: "+79001234567", internal: false };
/** What "моро" finds. */
export const FOUND: LookUpView = {
  people: [{ party: OLGA, calls: 3 }],
  calls: [row(1, { party: OLGA }), row(2, { party: OLGA, result: "missed" })],
  notes: [
    { call: { office: "o", id: "call9" }, party: OLGA, text: "про мороз", author: "Анна", at: "2025-11-17T12:00:00Z" },
  ],
  found: 58,
  more: false,
  since: "2025-03-03T12:00:00Z",
};
/** Nothing was found. */
export const NOTHING: LookUpView = {
  people: [],
  calls: [],
  notes: [],
  found: 0,
  more: false,
  since: "2025-03-03T12:00:00Z",
};

/** The field over a program that previews and finds what it is told. */
export function showField(
  changes: PreviewChanges = {},
  finds: (text: string) => LookUpView | Promise<LookUpView> = () => NOTHING,
) {
  const placeCall = vi.fn(async () => ({ call: { office: "o", id: "1" } }));
  const dial = new Dial({ placeCall, previewDial: async ({ text }) => preview(text, changes) });
  const run = vi.fn();
  const commands: Command[] = [
    { id: "now", icon: "now", words: "Перейти: Сейчас", keys: ["Ctrl", "1"], run: () => run("now") },
    { id: "dark", icon: "theme", words: "Тёмное оформление", also: "тема", run: () => run("dark") },
  ];
  const around = { commands: () => commands, openCall: vi.fn(), list: vi.fn() };
  const field = new CommandField({ lookUp: async ({ text }) => finds(text) }, dial, around);
  render(CommandFieldView, { field });
  return { field, dial, placeCall, run, ...around, user: userEvent.setup() };
}

/** The field. */
export const input = () => screen.getByTestId("command-input") as HTMLInputElement;
/** What it offers. */
export const results = () => screen.queryAllByTestId("command-result");
/** What Enter means. */
export const chosen = () => results().find((result) => result.getAttribute("aria-selected") === "true");
