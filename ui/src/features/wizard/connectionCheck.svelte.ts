import type { CheckOutcome } from "$generated/CheckOutcome";
import type { CheckStep } from "$generated/CheckStep";
import type { DraftView } from "$generated/DraftView";

/** The check of a connection before it is saved, step by step. */
export class ConnectionCheck {
  /** What came of each step. */
  outcomes: ReadonlyMap<CheckStep, CheckOutcome> = $state.raw(new Map());
  /** The step that is being checked. */
  checking: CheckStep | undefined = $state();
  /** Steps that a person goes on without. */
  skipped: ReadonlySet<CheckStep> = $state.raw(new Set());
  /** A check that was begun later replaces one that still runs. */
  #round = 0;

  constructor(private readonly ask: (draft: DraftView, step: CheckStep) => Promise<CheckOutcome>) {}

  /** All steps have passed, or are gone on without. */
  passed({ steps }: DraftView): boolean {
    return steps.length > 0 && steps.every(({ step }) => this.outcomes.get(step)?.ok || this.skipped.has(step));
  }

  /** Checks step by step, up to the first that fails. */
  async run(draft: DraftView): Promise<void> {
    const round = ++this.#round;
    this.outcomes = new Map();
    try {
      for (const { step } of draft.steps) {
        this.checking = step;
        const outcome = await this.#outcome(draft, step, round);
        if (!outcome) return;
        this.outcomes = new Map(this.outcomes).set(step, outcome);
        if (!outcome.ok && !this.skipped.has(step)) return;
      }
    } finally {
      if (round === this.#round) this.checking = undefined;
    }
  }

  /** What came of a step; none where another round began meanwhile. */
  async #outcome(draft: DraftView, step: CheckStep, round: number): Promise<CheckOutcome | undefined> {
    try {
      const outcome = await this.ask(draft, step);
      return round === this.#round ? outcome : undefined;
    } catch (thrown) {
      if (round !== this.#round) return undefined;
      throw thrown;
    }
  }

  /** From now on goes on without this step. */
  skip(step: CheckStep): void {
    this.skipped = new Set(this.skipped).add(step);
  }

  /** What still runs is of no use any more. */
  stop(): void {
    this.#round += 1;
    this.checking = undefined;
  }

  /** Forgets what came of another draft. */
  clear(): void {
    this.stop();
    this.outcomes = new Map();
    this.skipped = new Set();
  }
}
