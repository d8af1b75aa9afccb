import type { IconNode } from "lucide";

/** An arrow that turned away before it arrived, in the manner of the set. */
export const missedArrow: IconNode = [
  ["path", { d: "M21 6 12 15 4 7" }],
  ["path", { d: "M4 13V7h6" }],
];
