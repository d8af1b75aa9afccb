/** Asks the program for something by the command's name. */
export type Ask = (command: string, request: unknown) => Promise<unknown>;

/** A window's side of the program: what is given here, and each command as a function that asks for it by its name. */
export function client<Commands extends object, Given extends object>(given: Given, ask: Ask): Commands & Given {
  return new Proxy(given as Commands & Given, {
    get: (own, property, whole) =>
      property in own
        ? Reflect.get(own, property, whole)
        : (request: unknown = null) => ask(commandName(String(property)), request),
  });
}

/** The program's name of a command: `saveNote` is `save_note`. */
export function commandName(property: string): string {
  return property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
