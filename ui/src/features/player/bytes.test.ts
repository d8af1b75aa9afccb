import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fetchPart } from "./bytes";

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
    const part = await fetchPart("audio://o/r", [8, 11], new AbortController().signal, quiet);
    expect([part?.bytes.byteLength, part?.total]).toEqual([4, undefined]);
    expect(asked.mock.calls[0]?.[1]?.headers).toEqual({ Range: "bytes=8-11" });
  });

  it("are cut out where ranges are ignored", async () => {
    answers(new Response(body(100), { status: 200 }));
    const part = await fetchPart("audio://o/r", [8, 11], new AbortController().signal, quiet);
    expect([...new Uint8Array(part?.bytes as ArrayBuffer)]).toEqual([8, 9, 10, 11]);
    expect(part?.total).toBe(100);
  });

  it("are waited for while they are being prepared", async () => {
    answers(
      new Response(null, { status: 202, headers: { "Retry-After": "2" } }),
      new Response(body(1), { status: 206 }),
    );
    const said: boolean[] = [];
    const bytes = fetchPart("audio://o/r", [0, 0], new AbortController().signal, (is) => said.push(is));
    await vi.advanceTimersByTimeAsync(1900);
    expect(said).toEqual([true]);
    await vi.advanceTimersByTimeAsync(200);
    expect((await bytes)?.bytes.byteLength).toBe(1);
    expect(said).toEqual([true, false]);
  });

  it("say their kind, and the length of the whole once that is known", async () => {
    const headers = { "Content-Type": "audio/wav; x=y" };
    answers(
      new Response(body(4), { status: 206, headers: { ...headers, "Content-Range": "bytes 0-3/*" } }),
      new Response(body(4), { status: 206, headers: { ...headers, "Content-Range": "bytes 4-7/20" } }),
    );
    const ask = () => fetchPart("audio://o/r", [0, 3], new AbortController().signal, quiet);
    expect(await ask()).toMatchObject({ mime: "audio/wav", total: undefined });
    expect(await ask()).toMatchObject({ mime: "audio/wav", total: 20 });
  });

  it("are none behind the end", async () => {
    answers(new Response(null, { status: 416 }));
    expect(await fetchPart("audio://o/r", [8, 11], new AbortController().signal, quiet)).toBeUndefined();
  });

  it.each([
    [410, "gone"],
    [404, "notFound"],
    [502, "unreachable"],
  ])("that do not come with status %i are %s", async (status, code) => {
    answers(new Response(null, { status }));
    const bytes = fetchPart("audio://o/r", [0, 0], new AbortController().signal, quiet);
    await expect(bytes).rejects.toMatchObject({ code });
  });

  it("end the waiting when nobody wants them any more", async () => {
    answers(new Response(null, { status: 202 }));
    const stop = new AbortController();
    const bytes = fetchPart("audio://o/r", [0, 0], stop.signal, quiet);
    const ended = expect(bytes).rejects.toMatchObject({ name: "AbortError" });
    await vi.advanceTimersByTimeAsync(100);
    stop.abort();
    await ended;
  });

  it("that are none are no sound, not a loop", async () => {
    answers(new Response(null, { status: 206 }));
    const bytes = fetchPart("audio://o/r", [0, 9], new AbortController().signal, quiet);
    await expect(bytes).rejects.toMatchObject({ code: "notPlayable" });
  });
});
