/** Begins a sentence. */
export function capital(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}

/** The same within a sentence: names in it keep their capitals. */
export function uncapital(text: string): string {
  return text.charAt(0).toLocaleLowerCase() + text.slice(1);
}

// Russian past tense needs a gender, and a PBX knows only names: the first name tells it, a surname only by its ending.
// The names come in a module of their own, which the card's page fetches once it has begun.
let masculineNames: ReadonlySet<string> = new Set();
let feminineNames: ReadonlySet<string> = new Set();

/** Takes in the first names that tell a gender. */
export function learnNames(masculine: ReadonlySet<string>, feminine: ReadonlySet<string>): void {
  masculineNames = masculine;
  feminineNames = feminine;
}

const feminineSurname = /(?:ова|ева|ина|ына|ая)$/u;
const masculineSurname = /(?:ов|ев|ин|ын|ий|ой)$/u;

// A firm's name has quotation marks, or begins with its kind: words in it may end as surnames do.
const firm = /[«"“]|^([оп]?ао|ооо|общество) /i;

/** Whether a name reads as a woman's; `undefined` where that cannot be said, as of an extension or a firm. */
export function isFeminine(name: string): boolean | undefined {
  if (firm.test(name)) return undefined;
  const parts =
    name
      .toLocaleLowerCase("ru")
      .replaceAll("ё", "е")
      .match(/[а-я]+/gu) ?? [];
  if (parts.some((part) => feminineNames.has(part))) return true;
  if (parts.some((part) => masculineNames.has(part))) return false;
  if (parts.some((part) => feminineSurname.test(part))) return true;
  return parts.some((part) => masculineSurname.test(part)) ? false : undefined;
}

/** Picks the form of a Russian verb for a name, or a word without gender: `ответил`, `ответила`, `ответ:`. */
export function byGender(name: string, masculine: string, feminine: string, neither: string): string {
  const isWoman = isFeminine(name);
  if (isWoman === undefined) return neither;
  return isWoman ? feminine : masculine;
}

/** A PBX's reason that is a number, and no words. */
export function isCode(reason: string): boolean {
  return /^\d+$/.test(reason);
}
