/** Begins a sentence. */
export function capital(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}

// Russian past tense needs a gender, and a PBX knows only names: the first name tells it, a surname only by its ending.
const words = (text: string) => new Set(text.trim().split(/\s+/));

const masculineNames = words(`
  александр алексей алёша анатолий андрей антон аркадий арсений артём артем артур борис боря вадим валентин валерий ваня
  василий виктор виталий витя влад владимир владислав вова всеволод вячеслав гаврила геннадий георгий герман глеб гоша
  григорий гриша данил данила даниил денис дима дмитрий евгений егор ефим захар иван игорь илья кирилл коля константин
  костя кузьма лев леонид лёня леня лёша леша лука макар максим марат марк матвей миша михаил никита николай олег павел
  паша петя пётр петр роман руслан рустам савва сева семён семен сергей серёжа сережа слава станислав стас степан стёпа
  тимофей тимур толя фёдор федор федя филипп фома эдуард эльдар юра юрий яков ян ярослав
`);
const feminineNames = words(`
  александра алёна алена алина алиса алла алсу альбина анастасия ангелина анжела анна антонина аня ася валентина валерия
  варвара василиса вера вероника виктория виолетта вика галина галя гузель дарья даша диана дина ева евгения екатерина
  елена елизавета есения жанна зинаида зоя инна ира ирина карина катя кира клавдия кристина ксения лариса лена лера
  лидия лида лиза лилия люба любовь людмила люда маргарита марина мария маша милана надежда надя наталия наталья наташа
  нина оксана олеся ольга оля полина раиса регина рита римма роза светлана света снежана соня софия софья таисия тамара
  таня татьяна ульяна эвелина элина эльвира эльмира эмма юлия юля яна ярослава
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
