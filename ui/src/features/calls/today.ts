/** Figures of today, over all lists. */
export interface Today {
  calls: number;
  answered: number;
  /** Missed callers whom nobody has reached since. */
  waiting: number;
}
