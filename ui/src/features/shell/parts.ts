import { Later } from "$lib/later.svelte";

/** What the main window shows besides its list of calls; each is fetched when it is shown first. */
export const parts = {
  diagnostics: new Later(() => import("$features/diagnostics/DiagnosticsView.svelte")),
  now: new Later(() => import("$features/now/NowView.svelte")),
  people: new Later(() => import("$features/people/PeopleView.svelte")),
  settings: new Later(() => import("$features/settings/SettingsView.svelte")),
  invitation: new Later(() => import("$features/join/InvitationView.svelte")),
  welcome: new Later(() => import("./Welcome.svelte")),
  wizard: new Later(() => import("$features/wizard/WizardView.svelte")),
};
