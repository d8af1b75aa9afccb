import { texts } from "$lib/language.svelte";

/** The button that copies. */
export const copyButtonText = texts({
  ru: {
    copy: "Скопировать",
    number: "Скопировать номер",
    copied: "Скопировано",
    byHand: "Выделите и скопируйте: Ctrl C",
  },
  en: { copy: "Copy", number: "Copy the number", copied: "Copied", byHand: "Select and copy it: Ctrl C" },
});
