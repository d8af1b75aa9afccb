/** A card with the gap under it, as LOOK draws it. */
const CARD = 220;
/** Padding of the page, and the distance that the window keeps from the edges of the screen. */
const AROUND = 24 + 16;
/** The row under the cards. */
const FOOTER = 46;
/** The line that counts what is folded. */
const FOLDED = 38;

/** How many of these cards fit on a screen with so much room, in CSS pixels; the others fold into one line. */
export function fitting(cards: number, available: number, footer: boolean): number {
  const room = available - AROUND - (footer ? FOOTER : 0);
  if (cards * CARD <= room) return cards;
  return Math.max(1, Math.min(cards, Math.floor((room - FOLDED) / CARD)));
}
