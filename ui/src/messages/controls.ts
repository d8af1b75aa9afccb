import { texts } from "$lib/language.svelte";

/** What can be done with a call, in both windows. */
export const controlText = texts({
  ru: {
    answer: "Ответить",
    hold: "Удержать",
    retrieve: "Вернуться",
    transfer: "Перевести",
    route: "Направить",
    hangup: "Завершить",
    answerOnPhone: "Ответьте на телефоне",
    retrieveOnPhone: "Вернуться можно только на телефоне",
    hangupOnPhone: "Завершить можно только на телефоне",
  },
  en: {
    answer: "Answer",
    hold: "Hold",
    retrieve: "Resume",
    transfer: "Transfer",
    route: "Send on",
    hangup: "Hang up",
    answerOnPhone: "Answer on your phone",
    retrieveOnPhone: "Resume the call on your phone",
    hangupOnPhone: "End the call on your phone",
  },
});
