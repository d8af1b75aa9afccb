import type { TestCause } from "$generated/TestCause";
import { language } from "$lib/language.svelte";
import { addressTestText } from "$messages/addressTest";
import { mainPlatform } from "$platform/browser";
import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { AddressTest as Test } from "./addressTest.svelte";
import AddressTest from "./AddressTest.svelte";

beforeEach(() => (language.code = "ru"));

const messages = [
  { name: "new", titles: { ru: "новый вызов", en: "new call" } },
  { name: "end", titles: { ru: "завершение", en: "end" } },
];

function opened() {
  const platform = mainPlatform();
  const asked = vi.spyOn(platform, "testAddress");
  const test = new Test(platform, "demo", "rt1");
  render(AddressTest, { test, messages });
  return { user: userEvent.setup(), asked, test };
}

const stages = () =>
  screen.getAllByTestId("test-stage").map(({ dataset }) => `${dataset["place"]} ${dataset["state"]}`);

describe("A test of the address that a PBX posts to", () => {
  it("sends the chosen message, waits as long as was said, and shows each place with its time", async () => {
    const { user, asked } = opened();
    await user.click(screen.getByTestId("test-open"));
    const seconds = screen.getByTestId("test-seconds");
    expect(document.activeElement).toBe(seconds);
    await user.clear(seconds);
    await user.type(seconds, "3{Enter}");
    await screen.findByTestId("test-passed");
    expect(asked).toHaveBeenCalledWith({ office: "demo", connection: "rt1", message: "new", seconds: 3 });
    expect(stages()).toEqual(
      ["name", "connection", "tls", "answer", "arrival", "signature", "kept"].map((place) => `${place} passed`),
    );
    expect(screen.getByTestId("test-report").textContent).toContain("/hook/rt1");
    expect(screen.getByTestId("test-report").textContent).toMatch(/код 200, \d+ мс/);
  });

  it("names where it stopped, why, and what to do", async () => {
    const { user } = opened();
    await user.click(screen.getByTestId("test-open"));
    await user.selectOptions(screen.getByTestId("test-message"), "end");
    await user.click(screen.getByTestId("test-send"));
    expect((await screen.findByTestId("test-cause")).textContent).toContain("там чужой сервер");
    expect(screen.getByTestId("test-mend").textContent).toContain("public_url");
    expect(stages()).toContain("arrival stopped");
    expect(screen.queryByTestId("test-passed")).toBeNull();
  });

  it("takes no time but whole seconds from 1 to 30", async () => {
    const { user, asked } = opened();
    await user.click(screen.getByTestId("test-open"));
    const seconds = screen.getByTestId("test-seconds");
    for (const wrong of ["0", "31", "1.5", ""]) {
      await user.clear(seconds);
      if (wrong) await user.type(seconds, wrong);
      expect((screen.getByTestId("test-send") as HTMLButtonElement).disabled).toBe(true);
      expect(seconds.getAttribute("aria-invalid")).toBe("true");
      await user.type(seconds, "{Enter}");
    }
    expect(asked).not.toHaveBeenCalled();
  });

  it("sends one at a time, and says why one could not be sent", async () => {
    const { user, asked, test } = opened();
    await user.click(screen.getByTestId("test-open"));
    let refuse: (why: unknown) => void = () => undefined;
    asked.mockReturnValueOnce(new Promise((_, reject) => (refuse = reject)));
    await user.click(screen.getByTestId("test-send"));
    expect((screen.getByTestId("test-send") as HTMLButtonElement).disabled).toBe(true);
    await test.send("end");
    expect(asked).toHaveBeenCalledTimes(1);
    refuse({ code: "noAddress", message: "x" });
    expect((await screen.findByTestId("error")).textContent).toContain("public_url");
    await user.click(screen.getByTestId("test-send"));
    await screen.findByTestId("test-passed");
    expect(screen.queryByTestId("error")).toBeNull();
  });

  it("has for each cause what happened and what to do, in both languages", () => {
    for (const code of ["ru", "en"] as const) {
      language.code = code;
      const causes = Object.entries(addressTestText().causes) as [TestCause, { what: string; mend: string }][];
      expect(causes.length).toBeGreaterThan(15);
      for (const [cause, { what, mend }] of causes)
        expect([cause, what.length > 20 && mend.length > 20]).toEqual([cause, true]);
    }
  });
});
