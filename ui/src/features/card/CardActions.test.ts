import { card, failure } from "$tests/build";
import { setUpCardWindow, show, text } from "$tests/cardWindow";
import { fireEvent, screen } from "@testing-library/svelte";
import { tick } from "svelte";
import { describe, expect, it, vi } from "vitest";

setUpCardWindow();

describe("a talk that is over", () => {
  const over = card("ended", { state: "ended", answeredAt: "2025-11-20T12:00:01Z", endedAt: "2025-11-20T12:00:04Z" });

  it("asks how it ended, keeps that at a press, and a second press changes it", async () => {
    const { platform } = await show(over);
    await vi.advanceTimersByTimeAsync(500);
    await fireEvent.click(screen.getByTestId("call-card-outcome-order"));
    await vi.advanceTimersByTimeAsync(0);
    expect(screen.getByTestId("call-card-outcome-order").ariaPressed).toBe("true");
    await fireEvent.click(screen.getByTestId("call-card-outcome-complaint"));
    await vi.advanceTimersByTimeAsync(0);
    expect(screen.getByTestId("call-card-outcome-order").ariaPressed).toBe("false");
    const call = over.call;
    expect(platform.saveCardOutcome.mock.calls).toEqual([
      [{ call, outcome: "order" }],
      [{ call, outcome: "complaint" }],
    ]);
  });

  it("says so when that was not kept, and shows nothing as chosen", async () => {
    const { platform } = await show(over);
    platform.saveCardOutcome.mockRejectedValueOnce(failure("storage"));
    await vi.advanceTimersByTimeAsync(500);
    await fireEvent.click(screen.getByTestId("call-card-outcome-order"));
    await vi.advanceTimersByTimeAsync(0);
    expect(text("error")).toBe("Не получилось, попробуйте ещё раз");
    expect(screen.queryByTestId("call-card-outcome-order")).toBeNull();
  });

  it("asks nothing where nobody has talked", async () => {
    await show(card("ended", { state: "ended" }));
    expect(screen.queryByTestId("call-card-outcome-order")).toBeNull();
    expect(screen.getByTestId("call-card-open")).toBeDefined();
  });
});

describe("a call-back that fails", () => {
  it.each([
    ["refused", "Не получилось, попробуйте ещё раз"],
    ["unknownOutcome", "АТС не подтвердила. Проверьте телефон, прежде чем повторять."],
  ] as const)("with %s says what to do", async (code, words) => {
    const { platform } = await show(card("missed"));
    platform.callBack.mockRejectedValueOnce(failure(code));
    await vi.advanceTimersByTimeAsync(500);
    await fireEvent.click(screen.getByTestId("call-card-call-back"));
    await tick();
    expect(text("error")).toBe(words);
  });
});

describe("what can be done with a call", () => {
  const hold = { ability: "hold" } as const;
  const hangup = { ability: "hangup" } as const;

  it("acts by a press, once", async () => {
    const { platform } = await show(card("talking", { controls: [hold, { ability: "transferBlind" }, hangup] }));
    await vi.advanceTimersByTimeAsync(500);
    await fireEvent.click(screen.getByTestId("call-card-hold"));
    await fireEvent.click(screen.getByTestId("call-card-hangup"));
    const sent = platform.actOnCard.mock.calls.map(([request]) => request.action);
    expect(sent.slice(0, 1)).toEqual(["hold"]);
    expect(screen.getByTestId("call-card-transfer").textContent).toContain("Перевести");
  });

  it("leads a ringing call to where it is sent on", async () => {
    const { platform } = await show(card("ringing", { controls: [{ ability: "route", toColleagues: true }] }));
    expect(screen.getByTestId("call-card-transfer").textContent).toContain("Направить");
    expect(text("call-card")).toContain("Ответьте на телефоне");
    await vi.advanceTimersByTimeAsync(500);
    await fireEvent.click(screen.getByTestId("call-card-transfer"));
    expect([platform.transferCall.mock.calls.length, platform.showCall.mock.calls.length]).toEqual([1, 0]);
  });

  it("leaves the reason of what is missing", async () => {
    const onPhone = (ability: "answer" | "retrieve" | "hangup") => ({ ability, cannot: "onPhone" as const });
    await show(card("talking", { controls: [hold, onPhone("hangup")] }));
    expect(screen.queryByTestId("call-card-hangup")).toBeNull();
    expect(text("call-card")).toContain("Завершить можно только на телефоне");
    await show(card("onHold", { controls: [onPhone("retrieve"), hangup], call: { office: "o", id: "2" } }));
    expect(screen.getAllByTestId("call-card").at(-1)?.textContent).toContain("Вернуться можно только на телефоне");
  });

  it("says that it is not known whether the PBX did it", async () => {
    const { platform } = await show(card("talking", { controls: [hold] }));
    platform.actOnCard.mockRejectedValueOnce(failure("unknownOutcome"));
    await vi.advanceTimersByTimeAsync(500);
    await fireEvent.click(screen.getByTestId("call-card-hold"));
    await tick();
    expect(text("error")).toBe("АТС не подтвердила. Проверьте телефон, прежде чем повторять.");
  });
});
