import { texts } from "$lib/language.svelte";

/** The demo's stand-in for a handset. */
export const phoneText = texts({
  ru: {
    title: "Демонстрационный телефон",
    idle: "Телефон свободен",
    ringing: "Звонит",
    talking: "Разговор",
    pickUp: "Ответить",
    letRing: "Не отвечать",
    hangUp: "Завершить",
  },
  en: {
    title: "Demo phone",
    idle: "Idle",
    ringing: "Ringing",
    talking: "Talking",
    pickUp: "Answer",
    letRing: "Don’t answer",
    hangUp: "Hang up",
  },
});
