import { objections } from "$tests/axe";
import { card, failure } from "$tests/build";
import { roomFor, setUpCardWindow, show, text } from "$tests/cardWindow";
import { fireEvent, screen } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";

setUpCardWindow();

describe("cards", () => {
  it("say who answered instead of missed", async () => {
    await show(card("answeredBy", { answeredBy: "Ирина · 101", state: "talking" }));
    expect(text("call-card-state")).toBe("Ответила Ирина · 101");
    expect(screen.queryByText("Пропущен")).toBeNull();
  });

  it("fold into one line where the screen has no room for them", async () => {
    roomFor(768);
    const calls = ["a", "b", "c", "d"].map((id) => card("ringing", { call: { office: "o", id } }));
    await show(...calls);
    expect(screen.getAllByTestId("call-card")).toHaveLength(2);
    expect(screen.getByText("+2").tagName).toBe("P");
  });

  it("are counted also where more calls ring than a desk ever shows at once", async () => {
    roomFor(1050);
    await show(...["a", "b", "c", "d", "e", "f"].map((id) => card("ringing", { call: { office: "o", id } })));
    expect(screen.getAllByTestId("call-card")).toHaveLength(4);
    expect(text("cards-folded")).toBe("+2");
  });

  it("stand one below the other, one element each", async () => {
    await show(card("ringing"), card("talking", { call: { office: "o", id: "2" } }));
    expect(screen.getAllByTestId("call-card")).toHaveLength(2);
  });

  it("say so when the demo phone does not do what it is told", async () => {
    const { platform, change } = await show(card("ringing"));
    platform.demoPhone.mockRejectedValueOnce(failure("internal"));
    await change(card("ringing"));
    await fireEvent.click(screen.getByText("Ответить"));
    await vi.advanceTimersByTimeAsync(0);
    expect(text("error")).toBe("Не получилось, попробуйте ещё раз");
  });

  it("say that this is the demo", async () => {
    await show(card("ringing"));
    expect(screen.getByText("Демо")).toBeDefined();
  });

  it.each(["ringing", "pickUpYourPhone", "talking", "answeredBy", "missed", "unknownOutcome"] as const)(
    "in phase %s have nothing that axe objects to",
    async (phase) => {
      await show(card(phase, phase === "answeredBy" ? { answeredBy: "Ирина" } : {}));
      vi.useRealTimers();
      expect(await objections()).toEqual([]);
    },
  );
});
