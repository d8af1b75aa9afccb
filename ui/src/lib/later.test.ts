import type { Component } from "svelte";
import { describe, expect, it, vi } from "vitest";
import { Later } from "./later.svelte";

describe("a part that is fetched later", () => {
  const drawn: Component<Record<string, unknown>> = () => ({});

  it("is fetched once, when it is wanted first", async () => {
    const load = vi.fn(async () => ({ default: drawn }));
    const part = new Later(load);
    expect(load).not.toHaveBeenCalled();
    expect(part.component).toBeUndefined();
    expect(part.component).toBeUndefined();
    await part.fetch();
    expect(part.component).toBe(drawn);
    expect(load).toHaveBeenCalledTimes(1);
  });

  it("is asked for again where it could not be fetched", async () => {
    const load = vi.fn(async () => ({ default: drawn })).mockRejectedValueOnce(new Error("gone"));
    const part = new Later(load);
    await part.fetch();
    expect(part.component).toBeUndefined();
    await part.fetch();
    expect(part.component).toBe(drawn);
  });
});
