import { Later } from "$lib/later.svelte";

/** What a card can do without at first, or shows only later, or only in the demo; each is fetched when it is shown first. */
export const parts = {
  copy: new Later(() => import("$lib/CopyButton.svelte")),
  demoPhone: new Later(() => import("$features/demo/DemoPhone.svelte")),
  noteEditor: new Later(() => import("$lib/NoteEditor.svelte")),
  outcomes: new Later(() => import("./Outcomes.svelte")),
};
