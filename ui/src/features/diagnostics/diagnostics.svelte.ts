import type { CallRef } from "$generated/CallRef";
import type { CardPath } from "$generated/CardPath";
import type { CardsReport } from "$generated/CardsReport";
import type { Hop } from "$generated/Hop";
import type { WithoutCard } from "$generated/WithoutCard";
import type { MainCommands } from "$generated/commands";
import { Failures } from "$lib/failures.svelte";
import { Audit, type AuditPlatform } from "./audit.svelte";
import { Journal, type JournalPlatform } from "./journal.svelte";
import { OfficeState, type StatePlatform } from "./state.svelte";

/** What diagnostics asks the program. */
export type DiagnosticsPlatform = Pick<MainCommands, "cardPath" | "cardsToday"> &
  AuditPlatform &
  JournalPlatform &
  StatePlatform;

/** The parts of diagnostics. */
export type Tab = "state" | "why" | "journal" | "audit";

/** A call that is looked at; what was refused has no call. */
export interface Looked {
  call?: CallRef;
  item?: WithoutCard;
}

/** Why calls had a card or none. */
export class Diagnostics {
  tab: Tab = $state("why");
  office: string | undefined = $state();
  report: CardsReport | undefined = $state.raw();
  looked: Looked | undefined = $state.raw();
  path: CardPath | undefined = $state.raw();
  readonly failures = new Failures<"report" | "path">();
  readonly audit: Audit;
  readonly journal: Journal;
  readonly state: OfficeState;
  /** Answers to what is not asked any more are passed over. */
  #asked = 0;

  constructor(private readonly platform: DiagnosticsPlatform) {
    this.audit = new Audit(platform);
    this.journal = new Journal(platform);
    this.state = new OfficeState(platform);
  }

  /** Looks at an office's day. */
  async show(office: string): Promise<void> {
    if (office !== this.office) {
      this.report = undefined;
      if (this.looked?.call?.office !== office) this.looked = this.path = undefined;
    }
    this.office = office;
    await this.failures.run("report", async () => {
      const report = await this.platform.cardsToday({ office });
      if (this.office === office) this.report = report;
    });
  }

  /** Looks at a row of the day. */
  async pick(item: WithoutCard): Promise<void> {
    const call = item.call === undefined || !this.office ? undefined : { office: this.office, id: item.call };
    await this.#look({ item, ...(call && { call }) }, item.desk?.id);
  }

  /** Looks at a call of the list of calls. */
  async open(call: CallRef): Promise<void> {
    this.tab = "why";
    // The day of another office is none of this one's.
    if (call.office !== this.office) this.report = undefined;
    this.office = call.office;
    await this.#look({ call });
  }

  /** The same call at another desk. */
  async at(desk: string): Promise<void> {
    if (this.looked) await this.#look(this.looked, desk);
  }

  /** Asks anew for what is shown. */
  async again(): Promise<void> {
    if (this.office) await this.show(this.office);
    if (this.looked) await this.#look(this.looked, this.path?.desk?.id);
  }

  async #look(looked: Looked, desk?: string): Promise<void> {
    const asked = ++this.#asked;
    if (looked.call?.id !== this.looked?.call?.id || !looked.call) this.path = undefined;
    this.looked = looked;
    this.failures.dismiss("path");
    const { call, item } = looked;
    if (!call) {
      this.path = item && refusedPath(item);
      return;
    }
    await this.failures.run("path", async () => {
      const path = await this.platform.cardPath({ call, ...(desk !== undefined && { desk }) });
      if (asked === this.#asked) this.path = path;
    });
  }
}

/** What was refused came no further than the check of its signature. */
function refusedPath(item: WithoutCard): CardPath {
  const hops: Hop[] = [
    { place: "pbx", state: "passed" },
    { place: "signature", state: "stopped", at: item.at },
    { place: "log", state: "notReached" },
    { place: "office", state: "notReached" },
    { place: "desk", state: "notReached" },
    { place: "card", state: "notReached" },
  ];
  return { hops, clockOff: false, cause: item.cause, others: [], events: [] };
}
