/** Begins a sentence. */
export function capital(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}

// Russian past tense needs a gender, and a PBX knows only names: the first name tells it, a surname only by its ending.
const words = (text: string) => new Set(text.trim().split(/\s+/));

const masculineNames = words(`
  александр алексей алёша анатолий андрей антон артём артем борис вадим валерий ваня василий виктор виталий витя
  владимир владислав вова вячеслав геннадий георгий глеб григорий даниил денис дима дмитрий евгений егор иван игорь илья
  кирилл коля константин костя леонид лёша леша максим матвей миша михаил никита николай олег павел паша пётр петр петя
  роман руслан серёжа сережа сергей слава станислав степан тимофей толя фёдор федор юра юрий ярослав
`);
const feminineNames = words(`
  александра алёна алена алина алиса алла анастасия ангелина анна аня валентина валерия варвара вера вероника вика
  виктория галина галя дарья даша диана ева евгения екатерина елена елизавета жанна зоя инна ира ирина карина катя
  кристина ксения лариса лена лера лидия лиза любовь людмила маргарита марина мария маша надежда надя наталия наталья
  наташа нина оксана олеся ольга оля полина раиса светлана света соня софия софья таисия тамара таня татьяна ульяна
  юлия юля яна
`);
const feminineSurname = /(?:ова|ева|ёва|ина|ына|ая)$/u;
const masculineSurname = /(?:ов|ев|ёв|ин|ын|ий|ой)$/u;

/** Whether a name reads as a woman's; `undefined` where that cannot be said, as of an extension. */
export function isFeminine(name: string): boolean | undefined {
  const parts = name.toLocaleLowerCase("ru").match(/[а-яё]+/gu) ?? [];
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
