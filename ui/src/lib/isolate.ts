// Controls of the Unicode bidirectional algorithm that open or close a run of text.
const CONTROLS = /[\u202a-\u202e\u2066-\u2069]/g;
// Letters and marks that are written from right to left.
const RIGHT_TO_LEFT = /[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/**
 * A stranger's text for use inside a sentence of ours: whatever its direction, and whatever controls stand in it, the
 * sentence around it keeps its own order. Where such a text has an element to itself, that is `<bdi>`.
 */
export function isolate(text: string): string {
  const plain = text.replace(CONTROLS, "");
  return RIGHT_TO_LEFT.test(plain) ? `\u2068${plain}\u2069` : plain;
}

/** Texts side by side, each keeping to itself; those that are missing are left out. */
export function dotted(...texts: (string | undefined)[]): string {
  return texts.flatMap((text) => (text ? [isolate(text)] : [])).join(" · ");
}
