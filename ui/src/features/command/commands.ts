/** Something that can be done by its name. */
export interface Command {
  id: string;
  /** Which picture stands before it. */
  icon:
    | "now"
    | "calls"
    | "people"
    | "card"
    | "diagnostics"
    | "settings"
    | "missed"
    | "language"
    | "theme"
    | "leave"
    | "list"
    | "search";
  words: string;
  /** Other words by which it is found. */
  also?: string;
  /** Keys that do the same. */
  keys?: string[];
  /** The field stays open. */
  stays?: boolean;
  run: () => void;
}

const folded = (text: string) => text.toLocaleLowerCase().replaceAll("ё", "е");

/** Commands in whose words each word of the text begins one. */
export function matching(commands: Command[], text: string): Command[] {
  const asked = folded(text).split(/\s+/);
  const begins = (words: string[], start: string) => words.some((word) => word.startsWith(start));
  return commands.filter(({ words, also = "" }) => {
    const known = folded(`${words} ${also}`).match(/[\p{L}\p{N}]+/gu) ?? [];
    return asked.every((start) => begins(known, start));
  });
}
