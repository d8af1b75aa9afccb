/** The sections of the settings, in their order. */
export type Section = "card" | "look" | "offices";

export const SECTIONS: Section[] = ["card", "look", "offices"];
