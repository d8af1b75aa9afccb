import { describe, expect, it } from "vitest";
import { Failures } from "./failures.svelte";

const refused = () => Promise.reject({ code: "refused", message: "no" });
const works = () => Promise.resolve();

describe("failures", () => {
  it("keep what failed until the same command works", async () => {
    const failures = new Failures<"save" | "dial">();
    expect(await failures.run("save", refused)).toBe(false);
    expect(await failures.run("dial", works)).toBe(true);
    expect(failures.of("save")?.code).toBe("refused");
    expect(await failures.run("save", works)).toBe(true);
    expect(failures.all).toEqual([]);
  });

  it("show two failures side by side, and each is put away alone", async () => {
    const failures = new Failures<"save" | "dial">();
    await failures.run("save", refused);
    await failures.run("dial", () => Promise.reject(new Error("broken")));
    expect(failures.all.map(([command, error]) => [command, error.code])).toEqual([
      ["save", "refused"],
      ["dial", "internal"],
    ]);
    failures.dismiss("save");
    expect(failures.all.map(([command]) => command)).toEqual(["dial"]);
  });
});
