import type { MainPlatform } from "$platform/types";

/** What the wizard asks of the program. */
export type WizardPlatform = Pick<
  MainPlatform,
  | "connectableMakes"
  | "officeConnections"
  | "beginConnection"
  | "fillConnection"
  | "introduceConnection"
  | "listPhones"
  | "checkConnection"
  | "saveConnection"
  | "dropDraft"
  | "pauseConnection"
  | "removeConnection"
  | "previewDial"
  | "placeCall"
>;

/** The office in this program. */
export const OWN = "own";
