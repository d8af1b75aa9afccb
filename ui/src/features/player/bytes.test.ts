import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fetchBytes } from "./bytes";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const quiet = () => {};
const body = (length: number) => new Uint8Array(length).map((_, index) => index);

function answers(...responses: Response[]) {
  return vi.spyOn(globalThis, "fetch").mockImplementation(async () => responses.shift() as Response);
}

describe("bytes of a recording", () => {
  it("are asked for by range", async () => {
    const asked = answers(new Response(body(4), { status: 206 }));
    const bytes = await fetchBytes("audio://o/r", [8, 11], new AbortController().signal, quiet);
    expect(bytes.byteLength).toBe(4);
    expect(asked.mock.calls[0]?.[1]?.headers).toEqual({ Range: "bytes=8-11" });
  });

  it("are cut out where ranges are ignored", async () => {
    answers(new Response(body(100), { status: 200 }));
    const bytes = await fetchBytes("audio://o/r", [8, 11], new AbortController().signal, quiet);
    expect([...new Uint8Array(bytes)]).toEqual([8, 9, 10, 11]);
  });

  it("are waited for while they are being prepared", async () => {
    answers(
      new Response(null, { status: 202, headers: { "Retry-After": "2" } }),
      new Response(body(1), { status: 206 }),
    );
    const said: boolean[] = [];
    const bytes = fetchBytes("audio://o/r", [0, 0], new AbortController().signal, (is) => said.push(is));
    await vi.advanceTimersByTimeAsync(1900);
    expect(said).toEqual([true]);
    await vi.advanceTimersByTimeAsync(200);
    expect((await bytes).byteLength).toBe(1);
    expect(said).toEqual([true, false]);
  });

  it.each([
    [410, "gone"],
    [404, "notFound"],
    [502, "unreachable"],
  ])("that do not come with status %i are %s", async (status, code) => {
    answers(new Response(null, { status }));
    const bytes = fetchBytes("audio://o/r", [0, 0], new AbortController().signal, quiet);
    await expect(bytes).rejects.toMatchObject({ code });
  });

  it("end the waiting when nobody wants them any more", async () => {
    answers(new Response(null, { status: 202 }));
    const stop = new AbortController();
    const bytes = fetchBytes("audio://o/r", [0, 0], stop.signal, quiet);
    const ended = expect(bytes).rejects.toMatchObject({ name: "AbortError" });
    await vi.advanceTimersByTimeAsync(100);
    stop.abort();
    await ended;
  });

  it("that are none are no sound, not a loop", async () => {
    answers(new Response(null, { status: 206 }));
    const bytes = fetchBytes("audio://o/r", [0, 9], new AbortController().signal, quiet);
    await expect(bytes).rejects.toMatchObject({ code: "notPlayable" });
  });
});
