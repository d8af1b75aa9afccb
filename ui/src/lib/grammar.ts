/** Begins a sentence. */
export function capital(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}

// Russian past tense needs a gender, and a PBX knows only names: the first name tells it, a surname only by its ending.
// Names whose ending tells the same as a surname's, such as `Ирина` or `Дмитрий`, are left to the endings below.
// By their endings where these tell enough: a list of them all would be half as long again.
const masculineName =
  /^(?:алеша|ваня|витя|вова|дима|илья|коля|костя|леша|миша|никита|паша|петя|сережа|слава|толя|юра)$|(?:[вгдксф]ей|андр|антон|артем|[ен]ис|борис|[дс]им|ктор|мир|слав|глеб|егор|игорь|иван|[пл]ан|роман|кирилл|леонид|аил|лай|олег|павел|петр|федор)$/u;
const feminineName =
  /^(?:алла|аня|вера|вика|галя|диана|зоя|ира|катя|лера|лиза|любовь|людмила|маргарита|надежда|надя|оксана|олеся|ольга|оля|света|соня|софья|таня|тамара|ульяна|юля|яна)$|(?:андра|лена|иса|[нс]ия|нна|рия|вара|ника|[дмт]аша|арья|вета|[дл]ия|талья|лана|тьяна)$/u;
const feminineSurname = /(?:ова|ева|ина|ына|ая)$/u;
const masculineSurname = /(?:ов|ев|ин|ын|ий|ой)$/u;

/** Whether a name reads as a woman's; `undefined` where that cannot be said, as of an extension. */
export function isFeminine(name: string): boolean | undefined {
  const parts =
    name
      .toLocaleLowerCase("ru")
      .replaceAll("ё", "е")
      .match(/[а-я]+/gu) ?? [];
  if (parts.some((part) => feminineName.test(part))) return true;
  if (parts.some((part) => masculineName.test(part))) return false;
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
