import { texts } from "$lib/language.svelte";

/** Words for days. */
export const timeText = texts({
  ru: { today: "Сегодня", yesterday: "Вчера", yesterdayAt: "вчера" },
  en: { today: "Today", yesterday: "Yesterday", yesterdayAt: "yesterday" },
});
