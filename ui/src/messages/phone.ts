import { texts } from "$lib/language.svelte";

/** The demo's stand-in for a handset. */
export const phoneText = texts({
  ru: {
    title: "Демонстрационный телефон",
    idle: "Трубка лежит",
    ringing: "Звонит",
    talking: "Идёт разговор",
    pickUp: "Снять трубку",
    letRing: "Не брать",
    hangUp: "Положить трубку",
  },
  en: {
    title: "Demo phone",
    idle: "On the hook",
    ringing: "Ringing",
    talking: "Talking",
    pickUp: "Pick up",
    letRing: "Let ring",
    hangUp: "Hang up",
  },
});
