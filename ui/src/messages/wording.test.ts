import { language } from "$lib/language.svelte";
import { describe, expect, it } from "vitest";

/** Words that the look of the program rules out, each with what stands for it. */
const RULED_OUT = {
  ru: [
    [/На нём говорят/, "Для всех окон"],
    [/Исход /, "Результат"],
    [/завершается только/, "Завершить можно только на телефоне"],
    [/подключения в порядке/, "Всё на связи"],
    [/Подключимся сам|восстановится сама/, "Переподключаемся…"],
    [/Трубка лежит/, "Телефон свободен"],
    [/^Через/, "С линии"],
    [/^Открыть$/, "Подробнее"],
    [/Ответил коллега/, "Ответила Ирина"],
    [/Идёт разговор/, "Разговор"],
    [/^Не получилось$/, "Не соединили"],
    [/Не указан/, "Выберите"],
    [/звонят телефоны|вызываем/, "звонили Ирина и вы"],
    [/Снять трубку|Положить трубку/, "Ответить, Завершить"],
    [/Trubka/, "Трубка"],
    [/["']|\.\.\./, "«ёлочки», ’ и …"],
  ],
  en: [
    [/Outcome unknown/, "Result unknown"],
    [/comes? back by itself/, "Reconnecting…"],
    [/On the hook/, "Idle"],
    [/Let ring/, "Don’t answer"],
    [/^Through/, "Call via"],
    [/Pick a call/, "Select a call to see its details"],
    [/^Open$/, "Details"],
    [/colleague answered|Answered by a colleague/, "Answered, Answered by Irina"],
    [/^Failed$/, "Not connected"],
    [/Not set/, "Choose an outcome"],
    [/All connections work/, "All connected"],
    [/["']|\.\.\./, "“curly”, ’ and …"],
  ],
} as const;

/** What the texts of a page say, whatever they are told. */
function sentences(text: unknown): string[] {
  if (typeof text === "string") return [text];
  if (typeof text === "object" && text !== null) return Object.values(text).flatMap(sentences);
  if (typeof text !== "function") return [];
  const who = { names: "Ирина", me: false, several: false };
  const tries = [["Ирина", "2", "3"], [], [who], [3], [["101"]], [["101", "102"]]];
  return tries.flatMap((given) => {
    try {
      return sentences((text as (...given: unknown[]) => unknown)(...given));
    } catch {
      // Not what this one is told.
      return [];
    }
  });
}

const modules = import.meta.glob<Record<string, unknown>>("./*.ts", { eager: true });

const sources = import.meta.glob<string>("./*.ts", { eager: true, query: "?raw", import: "default" });

/** All texts of the language that is chosen. */
function all(): string[] {
  return Object.entries(modules).flatMap(([file, exports]) =>
    file.endsWith(".test.ts")
      ? []
      : Object.entries(exports).flatMap(([name, texts]) =>
          name.endsWith("Text") ? sentences((texts as () => unknown)()) : [],
        ),
  );
}

describe.each(["ru", "en"] as const)("the words in %s", (code) => {
  it("are those of the product", () => {
    language.code = code;
    const texts = all();
    expect(texts.length).toBeGreaterThan(200);
    for (const [wrong, right] of RULED_OUT[code]) {
      expect(
        texts.filter((text) => wrong.test(text)),
        `instead of it: ${right}`,
      ).toEqual([]);
    }
  });
});

describe("a straight apostrophe or quote", () => {
  it("stands in no text, also not in one that takes what is not tried above", () => {
    const found = Object.entries(sources).flatMap(([file, source]) => {
      if (file.endsWith(".test.ts")) return [];
      const code = source.replaceAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/ .*$/gm, "");
      // The formatter delimits a text by " unless it holds one, so ' is never a delimiter of a right text.
      return code.split("\n").filter((line) => /'|\\"/.test(line));
    });
    expect(found).toEqual([]);
  });
});
