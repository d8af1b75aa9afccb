import type { MainCommands } from "$generated/commands";
import type { StageName } from "$generated/StageName";
import type { StageReport } from "$generated/StageReport";
import type { StagedCheck } from "$generated/StagedCheck";
import type { TestReport } from "$generated/TestReport";
import { Failures } from "$lib/failures.svelte";
import { TrialMode, type TrialModePlatform } from "./trialMode.svelte";

/** What a staged check is asked with. */
export type StagedPlatform = Pick<MainCommands, "stagedCheck" | "runStage" | "keepCertificate" | "showFile"> &
  TrialModePlatform;

/** The staged check of a connection. */
export class Staged {
  /** The last that was told; it stays where a later question is not answered. */
  check: StagedCheck | undefined = $state.raw();
  /** The stage that is looked at; absent: the current one. */
  chosen: StageName | undefined = $state();
  /** The stage that the office is doing its part of now. */
  running: StageName | undefined = $state();
  /** How far the last message of ours came. */
  test: TestReport | undefined = $state.raw();
  readonly failures = new Failures<"check" | "run" | "keep">();
  /** Where the certificate was kept. */
  kept: string | undefined = $state();
  /** Its trial mode, which a stage may ask for. */
  readonly trial: TrialMode;

  constructor(
    private readonly platform: StagedPlatform,
    private readonly office: string,
    readonly connection: string,
  ) {
    this.trial = new TrialMode(platform, office, connection, () => this.refresh());
  }

  /** The stage that is shown: the chosen one, else the current, else the last that is needed. */
  get shown(): StageReport | undefined {
    const stages = this.check?.stages ?? [];
    const current = stages.find(({ state }) => state === "current");
    return stages.find(({ stage }) => stage === this.chosen) ?? current ?? needed(stages).at(-1) ?? stages[0];
  }

  /** Asks how far it is. */
  async refresh(): Promise<void> {
    const { office, connection } = this;
    await this.failures.run("check", async () => {
      const check = await this.platform.stagedCheck({ office, connection });
      // What a run has found meanwhile is newer.
      if (!this.running) this.check = check;
    });
  }

  /** Whether the stage that is shown asks now whether trial mode shall begin. */
  get asksTrial(): boolean {
    return this.trial.asks && (this.shown?.proofs.some(({ cause }) => cause === "trialIsOff") ?? false);
  }

  /** Looks at a stage. */
  choose(stage: StageName): void {
    this.chosen = stage;
    this.trial.asks = false;
  }

  /** Keeps the certificate for the vendor's account in a file. */
  async keepCertificate(): Promise<void> {
    const { office, connection } = this;
    await this.failures.run("keep", async () => {
      this.kept = (await this.platform.keepCertificate({ office, connection })).file;
    });
  }

  /** Shows it in its folder. */
  showFile(file: string): Promise<void> {
    return this.platform.showFile({ file });
  }

  /** Has the office do its part of a stage. */
  async run(stage: StageName): Promise<void> {
    if (this.running) return;
    const { office, connection } = this;
    // The stage stays in sight, also once it is passed.
    this.chosen = stage;
    this.running = stage;
    this.test = undefined;
    await this.failures.run("run", async () => {
      const { check, test } = await this.platform.runStage({ office, connection, stage });
      this.check = check;
      this.test = test;
    });
    this.running = undefined;
  }
}

/** The stages that a make has anything to prove in. */
export function needed(stages: StageReport[]): StageReport[] {
  return stages.filter(({ state }) => state !== "notNeeded");
}
