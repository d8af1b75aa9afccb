import { Later } from "$lib/later.svelte";

/** What a card shows only later, or only in the demo; each is fetched when it is shown first. */
export const parts = {
  demoPhone: new Later(() => import("$features/demo/DemoPhone.svelte")),
  noteEditor: new Later(() => import("$lib/NoteEditor.svelte")),
  outcomes: new Later(() => import("./Outcomes.svelte")),
};
