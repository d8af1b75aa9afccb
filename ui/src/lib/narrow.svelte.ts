import { MediaQuery } from "svelte/reactivity";

/** The main window is too narrow for words in its side bar. */
export const narrow = new MediaQuery("max-width: 1040px");
