import { texts } from "$lib/language.svelte";

/** The button that copies. */
export const copyButtonText = texts({
  ru: { copy: "Скопировать", copied: "Скопировано", byHand: "Выделите и скопируйте: Ctrl C" },
  en: { copy: "Copy", copied: "Copied", byHand: "Select and copy it: Ctrl C" },
});
