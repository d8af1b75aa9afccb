import { texts } from "$lib/language.svelte";

/** Words for days and lengths of time. */
export const timeText = texts({
  ru: {
    today: "Сегодня",
    yesterday: "Вчера",
    yesterdayAt: "вчера",
    units: { second: "с", minute: "мин", hour: "ч", day: "дн." },
  },
  en: {
    today: "Today",
    yesterday: "Yesterday",
    yesterdayAt: "yesterday",
    units: { second: "s", minute: "min", hour: "h", day: "d" },
  },
});
