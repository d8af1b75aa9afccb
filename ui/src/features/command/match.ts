/** A piece of a text, and whether it is what was asked for. */
export interface Piece {
  text: string;
  isHit: boolean;
}

const folded = (text: string) => text.toLocaleLowerCase().replaceAll("ё", "е");

/** A text in pieces: those that a question asks for, and the rest. */
export function pieces(text: string, question: string): Piece[] {
  const digits = question.replace(/\D/g, "");
  const hits = /\p{L}/u.test(question) ? wordHits(text, question) : digitHits(text, digits);
  const cut: Piece[] = [];
  let end = 0;
  for (const [from, to] of hits) {
    if (from < end) continue;
    if (from > end) cut.push({ text: text.slice(end, from), isHit: false });
    cut.push({ text: text.slice(from, to), isHit: true });
    end = to;
  }
  if (end < text.length) cut.push({ text: text.slice(end), isHit: false });
  return cut;
}

type Hit = [from: number, to: number];

function wordHits(text: string, question: string): Hit[] {
  const within = folded(text);
  // Lower case may be longer than what it came from: then places do not fit, and nothing is marked.
  if (within.length !== text.length) return [];
  const words = folded(question).match(/[\p{L}\p{N}]+/gu) ?? [];
  const hits = words.flatMap((word): Hit[] => {
    const at = within.indexOf(word);
    return at < 0 ? [] : [[at, at + word.length]];
  });
  return hits.sort(([one], [other]) => one - other);
}

/** Digits are found whatever stands between them; what is typed with 8 is stored with 7. */
function digitHits(text: string, digits: string): Hit[] {
  if (digits === "") return [];
  const places = [...text.matchAll(/\d/g)].map((match) => match.index);
  const all = places.map((place) => text[place]).join("");
  const spellings = digits.length > 3 && digits.startsWith("8") ? [digits, `7${digits.slice(1)}`] : [digits];
  for (const spelling of spellings) {
    const at = all.indexOf(spelling);
    const [from, last] = [places[at], places[at + spelling.length - 1]];
    if (at >= 0 && from !== undefined && last !== undefined) return [[from, last + 1]];
  }
  return [];
}

const LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`";
const CYRILLIC = "йцукенгшщзхъфывапролджэячсмитьбюё";

/** The text as its keys write in the other layout; `undefined` where that is no word. */
export function otherLayout(text: string): string | undefined {
  const small = text.toLocaleLowerCase();
  const [from, to] = /[а-яё]/u.test(small) ? [CYRILLIC, LATIN] : [LATIN, CYRILLIC];
  const typed = [...small].map((letter) => to[from.indexOf(letter)] ?? letter).join("");
  return typed !== small && /^[\p{L}\p{N}\s-]+$/u.test(typed) ? typed : undefined;
}
