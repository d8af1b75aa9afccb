import { texts } from "$lib/language.svelte";

/** Words for moments. */
export const timeText = texts({
  ru: { yesterdayAt: "вчера" },
  en: { yesterdayAt: "yesterday" },
});

// What follows is marked as pure: the card's script leaves out what the card does not say.

/** Words for days as headings. */
export const dayText = /* @__PURE__ */ texts({
  ru: { today: "Сегодня", yesterday: "Вчера" },
  en: { today: "Today", yesterday: "Yesterday" },
});

/** Units of time. */
export const unitText = /* @__PURE__ */ texts({
  ru: { second: "с", minute: "мин", hour: "ч", day: "дн." },
  en: { second: "s", minute: "min", hour: "h", day: "d" },
});
