import type { CallDetails } from "$generated/CallDetails";
import { detailsOf } from "$platform/fake/details";
import { failure, later, row, settle } from "$tests/build";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Details } from "./details.svelte";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const office = (changes: Partial<ConstructorParameters<typeof Details>[0]> = {}) => ({
  callDetails: vi.fn(async ({ id }: { id: string }) => detailsOf(row(Number(id.slice(4))))),
  saveNote: vi.fn(async () => detailsOf(row(1, { noted: true }))),
  saveOutcome: vi.fn(async () => ({ ...detailsOf(row(1)), outcome: "order" as const })),
  ...changes,
});

describe("the side panel", () => {
  it("shows the last call that was chosen, whatever answer comes last", async () => {
    const answers = [later<CallDetails>(), later<CallDetails>()];
    let next = 0;
    const details = new Details(office({ callDetails: vi.fn(() => (answers[next++] as (typeof answers)[0]).promise) }));
    details.show(row(1));
    details.show(row(2));
    answers[1]?.resolve(detailsOf(row(2)));
    await settle();
    answers[0]?.resolve(detailsOf(row(1)));
    await settle();
    expect(details.current?.row.call.id).toBe("call2");
  });

  it("asks anew when its call changes, once for many changes", async () => {
    const platform = office();
    const details = new Details(platform);
    await details.open(row(1).call);
    for (let change = 0; change < 5; change++) details.changed([row(1)]);
    await vi.advanceTimersByTimeAsync(500);
    expect(platform.callDetails).toHaveBeenCalledTimes(2);
  });

  it("leaves calls of others alone", async () => {
    const platform = office();
    const details = new Details(platform);
    await details.open(row(1).call);
    details.changed([row(7, { party: { internal: false, number: "112", dial: "112" } })]);
    await vi.advanceTimersByTimeAsync(500);
    expect(platform.callDetails).toHaveBeenCalledTimes(1);
  });

  it("keeps a note and what it replaces", async () => {
    const platform = office();
    const details = new Details(platform);
    await details.open(row(1).call);
    expect(await details.saveNote("доставка", "note1")).toBe(true);
    expect(platform.saveNote).toHaveBeenCalledWith({ call: row(1).call, text: "доставка", replaces: "note1" });
    expect(details.current?.notes).toHaveLength(1);
  });

  it("keeps the outcome and takes it back", async () => {
    const platform = office();
    const details = new Details(platform);
    await details.open(row(1).call);
    await details.saveOutcome("order");
    expect(details.current?.outcome).toBe("order");
    await details.saveOutcome(undefined);
    expect(platform.saveOutcome).toHaveBeenLastCalledWith({ call: row(1).call });
  });

  it("says that a note was not kept, and keeps showing the call", async () => {
    const details = new Details(office({ saveNote: async () => Promise.reject(failure("storage")) }));
    await details.open(row(1).call);
    expect(await details.saveNote("доставка", undefined)).toBe(false);
    expect([details.failures.of("saveNote")?.code, details.current?.row.call.id]).toEqual(["storage", "call1"]);
  });

  it("says so too while the call is being read anew, and until that note is kept", async () => {
    const saveNote = vi.fn().mockRejectedValueOnce(failure("storage"));
    const details = new Details({ ...office(), saveNote });
    await details.open(row(1).call);
    const saving = details.saveNote("доставка", undefined);
    await Promise.all([details.reload(), saving]);
    expect(details.failures.of("saveNote")?.code).toBe("storage");
    await details.reload();
    expect(details.failures.of("saveNote")?.code).toBe("storage");
  });

  it("says nothing of a call that is shown no more", async () => {
    const details = new Details(office({ saveNote: async () => Promise.reject(failure("storage")) }));
    await details.open(row(1).call);
    await details.saveNote("доставка", undefined);
    await details.open(row(2).call);
    expect(details.failures.all).toEqual([]);
  });
});
