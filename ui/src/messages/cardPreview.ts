import { texts } from "$lib/language.svelte";

/** The made-up call that shows where the card appears. */
export const cardPreviewText = texts({
  ru: {
    title: "Так она появится",
    ringing: "Входящий",
    name: "Ольга Морозова",
    lastTalk: "«Перенести доставку на 18:00»",
  },
  en: {
    title: "How it appears",
    ringing: "Incoming",
    name: "Mary Smith",
    lastTalk: "“Deliver the order after 18:00”",
  },
});
