// Russian past tense needs a gender, and a PBX knows only names.
const masculineInA = new Set(
  "илья никита лука фома кузьма савва данила гаврила миша саша женя паша дима коля ваня петя серёжа сережа лёша леша гоша костя юра лёня леня слава вова толя витя боря федя стёпа степа гриша".split(
    " ",
  ),
);

const feminineSurname = /(?:ова|ева|ёва|ина|ына|ая)$/u;

/** Whether a name reads as a woman's; `undefined` for anything that is not a Russian name, such as an extension. */
export function isFeminine(name: string): boolean | undefined {
  const parts = name.toLocaleLowerCase("ru").match(/[а-яё]+/gu);
  if (!parts) return undefined;
  if (parts.some((part) => feminineSurname.test(part))) return true;
  if (parts.some((part) => masculineInA.has(part))) return false;
  return parts.some((part) => /[ая]$/u.test(part) || part === "любовь");
}

/** Picks the form of a Russian verb for a name: `ответил`, `ответила`. */
export function byGender(name: string, masculine: string, feminine: string): string {
  return isFeminine(name) ? feminine : masculine;
}
