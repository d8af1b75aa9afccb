import type { AskedAgain } from "$generated/AskedAgain";
import type { JournalDetail } from "$generated/JournalDetail";
import type { ReadAgain } from "$generated/ReadAgain";
import type { SignatureCheck } from "$generated/SignatureCheck";
import type { MainCommands } from "$generated/commands";
import type { Failures } from "$lib/failures.svelte";

/** What an entry asks the program. */
export type EntryPlatform = Pick<MainCommands, "journalEntry" | "checkSignature" | "repeatRequest" | "replayWebhook">;

/** What is being done with the entry. */
type Act = "signature" | "again";

/** The entry of the request journal that is open. */
export class JournalEntry {
  detail: JournalDetail | undefined = $state.raw();
  /** What its signature says. */
  signature: SignatureCheck | undefined = $state.raw();
  /** The answer to its question, which was asked once more. */
  asked: AskedAgain | undefined = $state.raw();
  /** What its webhook means, which was read once more. */
  read: ReadAgain | undefined = $state.raw();
  busy: Act | undefined = $state();
  #office = "";
  /** Answers about what is not open any more are passed over. */
  #opened = 0;

  constructor(
    private readonly platform: EntryPlatform,
    private readonly failures: Pick<Failures<Act | "entry">, "run">,
    /** A request went out: the journal has one more. */
    private readonly wentOut: () => Promise<void>,
  ) {}

  /** Opens an entry, or closes it. */
  async toggle(office: string, id: number): Promise<void> {
    this.#office = office;
    if (this.detail?.line.id !== id) return this.#open(id, false);
    this.close(office);
  }

  /** Closes whatever is open; the next will be of this office. */
  close(office: string): void {
    this.#office = office;
    this.#opened++;
    this.detail = undefined;
    this.#forget();
  }

  /** Shows the numbers; that is noted. */
  async reveal(): Promise<void> {
    if (this.detail) await this.#open(this.detail.line.id, true);
  }

  /** Has the signature checked with the key that the connection has now. */
  async checkSignature(): Promise<void> {
    await this.#act("signature", async (request, isOpen) => {
      this.signature = undefined;
      const check = await this.platform.checkSignature(request);
      if (isOpen()) this.signature = check;
    });
  }

  /** Has it once more: the PBX is asked again, or the webhook is read again. That is noted. */
  async again(): Promise<void> {
    const how = this.detail?.again;
    await this.#act("again", async (request, isOpen) => {
      this.asked = this.read = undefined;
      if (how === "ask") {
        const asked = await this.platform.repeatRequest(request);
        if (isOpen()) this.asked = asked;
        void this.wentOut();
      } else if (how === "read") {
        const read = await this.platform.replayWebhook(request);
        if (isOpen()) this.read = read;
      }
    });
  }

  /** One thing at a time. */
  async #act(
    act: Act,
    run: (request: { office: string; id: number }, isOpen: () => boolean) => Promise<void>,
  ): Promise<void> {
    const [opened, office, id] = [this.#opened, this.#office, this.detail?.line.id];
    if (id === undefined || this.busy) return;
    const isOpen = () => opened === this.#opened;
    this.busy = act;
    await this.failures.run(act, () => run({ office, id }, isOpen));
    if (isOpen()) this.busy = undefined;
  }

  async #open(id: number, reveal: boolean): Promise<void> {
    const opened = ++this.#opened;
    this.busy = undefined;
    await this.failures.run("entry", async () => {
      const detail = await this.platform.journalEntry({ office: this.#office, id, reveal });
      if (opened !== this.#opened) return;
      if (detail.line.id !== this.detail?.line.id) this.#forget();
      this.detail = detail;
    });
  }

  #forget(): void {
    this.signature = this.asked = this.read = this.busy = undefined;
  }
}
