import type { CallsPage } from "$generated/CallsPage";
import type { ListCallsRequest } from "$generated/ListCallsRequest";
import { pageOf } from "$platform/fake/rows";
import { failure, later, row, settle } from "$tests/build";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CallList } from "./list.svelte";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** An office with a long history, and what it was asked. */
function office(size: number) {
  const asked: ListCallsRequest[] = [];
  const listCalls = async (request: ListCallsRequest) => {
    asked.push(request);
    return pageOf(size, request);
  };
  return { asked, list: new CallList({ listCalls }) };
}

describe("the list of calls", () => {
  it("asks for one small page first, so that rows are painted soon", async () => {
    const { asked, list } = office(1000);
    await list.reload();
    expect(asked).toEqual([{ text: "", filter: "all", limit: 60 }]);
    expect(list.row(59)).toBeDefined();
    expect(list.row(60)).toBeUndefined();
    expect(list.total).toBe(1000);
  });

  it("fetches what is looked at, as far down as that is", async () => {
    const { asked, list } = office(2000);
    await list.reload();
    list.look(700, 720);
    await vi.waitFor(() => expect(list.row(719)).toBeDefined());
    expect(asked.slice(1).every((request) => request.limit === 200)).toBe(true);
    expect(asked.map((request) => request.before)).toEqual([undefined, "60", "260", "460", "660"]);
  });

  it("keeps little of a million calls and fetches again what it dropped", async () => {
    const { list } = office(10_000);
    await list.reload();
    list.look(9_980, 10_000);
    await vi.waitFor(() => expect(list.row(9_999)).toBeDefined());
    expect(list.total).toBe(10_000);
    expect(list.row(500)).toBeUndefined();
    list.look(500, 510);
    await vi.waitFor(() => expect(list.row(505)?.call.id).toBe("call505"));
  });

  it("does not keep what it fetched again, either", async () => {
    const { list } = office(6_000);
    await list.reload();
    list.look(5_980, 6_000);
    await vi.waitFor(() => expect(list.row(5_999)).toBeDefined());
    for (let top = 100; top < 5_900; top += 200) {
      list.look(top, top + 10);
      await vi.waitFor(() => expect(list.row(top)).toBeDefined());
    }
    const here = Array.from({ length: 6_000 }, (_, index) => list.row(index)).filter((one) => one !== undefined);
    expect(here.length).toBeLessThanOrEqual(12 * 200);
  });

  it("says how many calls a day had once the whole day is known", async () => {
    const { list } = office(30);
    await list.reload();
    expect(list.days.map((day) => list.dayCount(day))).toEqual([12, 12, 6]);
  });

  it("shows the calls of every kind that answer to a text", async () => {
    const { asked, list } = office(100);
    list.choose("missed");
    list.search("Морозова ");
    await settle();
    expect(asked.at(-1)).toEqual({ text: "Морозова", filter: "all", limit: 60 });
    expect(list.row(0)?.party.name).toBe("Морозова Ольга");
  });

  it("shows the answer to the last question, whatever answer comes last", async () => {
    const answers = [later<CallsPage>(), later<CallsPage>()];
    let next = 0;
    const list = new CallList({ listCalls: () => (answers[next++] as (typeof answers)[0]).promise });
    list.choose("missed");
    list.choose("all");
    answers[1]?.resolve({ rows: [row(2)] });
    await settle();
    answers[0]?.resolve({ rows: [row(1)] });
    await settle();
    expect(list.row(0)?.call.id).toBe("call2");
  });

  it("tells why it could not be had, and gets well again", async () => {
    let broken = true;
    const listCalls = async () => {
      if (broken) throw failure("storage");
      return { rows: [row(1)] };
    };
    const list = new CallList({ listCalls });
    await list.reload();
    expect(list.error?.code).toBe("storage");
    broken = false;
    await list.reload();
    expect([list.error, list.total]).toEqual([undefined, 1]);
  });

  it("tells of a search that failed, and shows what was found before", async () => {
    let broken = false;
    const list = new CallList({
      listCalls: async () => {
        if (broken) throw failure("unreachable");
        return { rows: [row(1)] };
      },
    });
    await list.reload();
    broken = true;
    list.search("М");
    await settle();
    expect([list.error?.code, list.row(0)?.call.id]).toEqual(["unreachable", "call1"]);
  });

  it("counts the questions that were answered, since each answer is read from its top", async () => {
    const { list } = office(100);
    await list.reload();
    const before = list.generation;
    list.changed([row(1)]);
    await vi.advanceTimersByTimeAsync(300);
    expect(list.generation).toBe(before);
    list.choose("missed");
    await settle();
    expect(list.generation).toBe(before + 1);
  });

  it("is empty only when the office says so", async () => {
    const { list } = office(0);
    expect(list.empty).toBe(false);
    await list.reload();
    expect(list.empty).toBe(true);
  });
});

describe("changes of calls", () => {
  it("show at once where the call is in the list", async () => {
    const list = new CallList({ listCalls: async () => ({ rows: [row(1), row(2)] }) });
    await list.reload();
    list.changed([row(2, { noted: true })]);
    expect(list.row(1)?.noted).toBe(true);
  });

  it("bring a new call to the top", async () => {
    let rows = [row(1), row(2)];
    const list = new CallList({ listCalls: async () => ({ rows, total: rows.length }) });
    await list.reload();
    rows = [row(0, { state: "ringing" }), ...rows];
    list.changed(rows.slice(0, 1));
    await vi.advanceTimersByTimeAsync(300);
    expect(list.row(0)?.call.id).toBe("call0");
    expect(list.total).toBe(3);
  });

  it("let a pending call go when it got its real name", async () => {
    let rows = [row(0, { call: { office: "o", id: "pending" }, state: "dialling" }), row(1)];
    const list = new CallList({ listCalls: async () => ({ rows }) });
    await list.reload();
    rows = [row(0, { call: { office: "o", id: "real" }, state: "talking" }), row(1)];
    list.changed(rows.slice(0, 1));
    await vi.advanceTimersByTimeAsync(300);
    expect([list.row(0)?.call.id, list.row(1)?.call.id]).toEqual(["real", "call1"]);
  });

  it("ask only once for many changes", async () => {
    let asked = 0;
    const listCalls = async () => {
      asked++;
      return { rows: [row(1)] };
    };
    const list = new CallList({ listCalls });
    await list.reload();
    for (let change = 0; change < 10; change++) list.changed([row(1)]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked).toBe(2);
  });

  it("leave no hole when more calls came than are asked for at once", async () => {
    let newest = 0;
    const numbered = (from: number, limit: number) => ({
      rows: Array.from({ length: limit }, (_, offset) => row(from + offset)),
      next: String(from + limit),
    });
    const list = new CallList({
      listCalls: async ({ before, limit }) => numbered(before === undefined ? newest : Number(before), limit),
    });
    await list.reload();
    newest = -100;
    list.changed([row(-100)]);
    list.look(0, 130);
    await vi.advanceTimersByTimeAsync(300);
    const shown = Array.from({ length: 130 }, (_, index) => list.row(index)?.call.id);
    expect(shown).toEqual(Array.from({ length: 130 }, (_, index) => row(index - 100).call.id));
  });

  it("that are not named let every row that is looked at be fetched anew, without a moment of emptiness", async () => {
    let noted = false;
    const list = new CallList({
      listCalls: async (request) => {
        const page = pageOf(1000, request);
        return { ...page, rows: page.rows.map((one) => ({ ...one, noted })) };
      },
    });
    await list.reload();
    list.look(300, 310);
    await vi.waitFor(() => expect(list.row(309)?.noted).toBe(false));
    noted = true;
    list.changed([]);
    for (let turn = 0; turn < 300 && list.row(309)?.noted !== true; turn++) {
      expect(list.row(309)).toBeDefined();
      await vi.advanceTimersByTimeAsync(1);
    }
    expect(list.row(309)?.noted).toBe(true);
  });

  it("are asked for one at a time, so that no older answer comes last", async () => {
    const answers: ReturnType<typeof later<CallsPage>>[] = [];
    const list = new CallList({
      listCalls: () => {
        const answer = later<CallsPage>();
        answers.push(answer);
        return answer.promise;
      },
    });
    void list.reload();
    answers[0]?.resolve({ rows: [row(2)] });
    await settle();
    list.changed([row(1)]);
    await vi.advanceTimersByTimeAsync(150);
    list.changed([row(0)]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(answers).toHaveLength(2);
    answers[1]?.resolve({ rows: [row(1), row(2)] });
    await vi.advanceTimersByTimeAsync(150);
    answers[2]?.resolve({ rows: [row(0), row(1), row(2)] });
    await settle();
    expect(list.row(0)?.call.id).toBe("call0");
  });
});
