/** What the address of the page asks for. */
export const asked = new URLSearchParams(typeof location === "undefined" ? "" : location.search);

/** The same people and lines for pages in English. */
const ENGLISH: Record<string, string> = {
  "Морозова Ольга": "Olga Morris",
  "Лебедев Павел": "Paul Swan",
  "ООО «Вектор»": "Vector Ltd",
  "Ирина Соколова": "Irene Falcon",
  "Кузнецов Артём": "Arthur Smith",
  "Волкова Мария": "Mary Wolf",
  "Общество с ограниченной ответственностью «Северо-Западная логистическая компания»":
    "The North-Western Logistics and Forwarding Company, Limited by Guarantee",
  "Клиентская поддержка северо-западного региона": "Customer support of the north-western region",
  "Ксения Преображенская-Голенищева": "Alexandrina Featherstonehaugh-Cholmondeley",
  "Отдел продаж": "Sales",
  Поддержка: "Support",
  "Общая линия": "Main line",
  Ладога: "Ladoga",
  Продажи: "Sales",
  "Марина Белова": "Marina White",
  "Пётр Волков": "Peter Wolf",
  "Ирина Кузнецова": "Irene Smith",
  Ирина: "Irene",
  Пётр: "Peter",
  Анна: "Anna",
  "Ирина (201)": "Irene (201)",
  "Пётр (202)": "Peter (202)",
  "Перенести доставку на 18:00, курьер звонит за час.": "Move the delivery to 18:00; the courier calls an hour before.",
  "перенести доставку на 18:00": "move the delivery to 18:00",
  "Спросить про морозилку, 2 шт.": "Ask about the Morris account, 2 items.",
};

/** A name or a note as pages in the asked language have it. */
export function inLanguage<Text extends string | undefined>(text: Text): Text {
  return asked.get("lang") === "en" && text !== undefined ? ((ENGLISH[text] ?? text) as Text) : text;
}
