import type { CommandName } from "$generated/commands";

/** Asks the program for something by the command's name. */
export type Ask = (command: CommandName, request: unknown) => Promise<unknown>;

/** The commands of a window as functions, each of which asks by its name. */
export function client<Commands extends object>(commands: Record<keyof Commands, CommandName>, ask: Ask): Commands {
  const entries = Object.entries<CommandName>(commands);
  return Object.fromEntries(
    entries.map(([property, command]) => [property, (request: unknown = null) => ask(command, request)]),
  ) as Commands;
}
