// Marks and controls of the Unicode bidirectional algorithm that can open or close a run of text.
const CONTROLS = /[\u202a-\u202e\u2066-\u2069]/g;

/**
 * A stranger's text for use inside a sentence of ours: whatever its direction, and whatever controls stand in it, the
 * sentence around it keeps its own order. Where the text stands in an element of its own, `<bdi>` does the same.
 */
export function isolate(text: string): string {
  return `\u2068${text.replace(CONTROLS, "")}\u2069`;
}
