import { cardCommands, mainCommands } from "$generated/commands";
import { describe, expect, it, vi } from "vitest";
import { client, commandName } from "./client";

interface Commands {
  saveNote(text: string): Promise<void>;
  mainSnapshot(): Promise<void>;
}

describe("a window's side of the program", () => {
  it("asks for each command by the program's name", () => {
    for (const [property, { name }] of Object.entries({ ...mainCommands, ...cardCommands })) {
      expect(commandName(property)).toBe(name);
    }
  });

  it("hands over the request, and nothing where there is none", () => {
    const ask = vi.fn(async () => {});
    const program = client<Commands, { listen: number }>({ listen: 7 }, ask);
    void program.saveNote("text");
    void program.mainSnapshot();
    expect(ask.mock.calls).toEqual([
      ["save_note", "text"],
      ["main_snapshot", null],
    ]);
    expect(program.listen).toBe(7);
  });
});
