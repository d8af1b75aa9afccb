/** Begins a sentence. */
export function capital(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}

/** The same within a sentence: names in it keep their capitals. */
export function uncapital(text: string): string {
  return text.charAt(0).toLocaleLowerCase() + text.slice(1);
}

// Russian past tense needs a gender, and a PBX knows only names: the first name tells it, a surname only by its ending.
const words = (text: string) => new Set(text.trim().split(/\s+/));

// Names whose ending tells the same as a surname's, such as `Ирина` or `Дмитрий`, are left to the endings below.
const masculineNames = words(`
  александр алексей алеша андрей антон артем борис вадим ваня виктор витя владимир владислав вова вячеслав глеб денис
  дима егор иван игорь илья кирилл коля костя леонид леша максим матвей миша михаил никита николай олег павел паша петр
  петя роман руслан сережа сергей слава станислав степан тимофей толя федор юра ярослав
`);
const feminineNames = words(`
  александра алена алиса алла анастасия анна аня валерия варвара вера вероника вика виктория галя дарья даша диана ева
  евгения елена елизавета жанна зоя инна ира катя ксения лариса лена лера лидия лиза любовь людмила маргарита мария маша
  надежда надя наталия наталья наташа нина оксана олеся ольга оля раиса светлана света соня софия софья таисия тамара
  таня татьяна ульяна юлия юля яна
`);
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
