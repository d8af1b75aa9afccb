import { RIGHT_KEY } from "$platform/fake/connecting";
import { objections } from "$tests/axe";
import { failure } from "$tests/build";
import { fetchParts } from "$tests/parts";
import { show, state, type Shown } from "$tests/wizard";
import { screen } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";

fetchParts();

/** At the page of keys, with the choice to have the PBX make one. */
async function chosen(): Promise<Shown> {
  const shown = await show();
  await shown.user.click(screen.getByTestId("connect-own"));
  await shown.user.click(await screen.findByTestId("wizard-make-mango-client"));
  expect(await screen.findByTestId("wizard-key-token")).toBeTruthy();
  await shown.user.selectOptions(screen.getByTestId("wizard-key-source"), "make");
  return shown;
}

describe("a key that the PBX gives", () => {
  it("is asked for at the address that was entered, and need not be typed", async () => {
    const { platform, user } = await chosen();
    const asked = vi.spyOn(platform, "introduceConnection");
    const filled = vi.spyOn(platform, "fillConnection");
    expect(screen.queryByTestId("wizard-key-token")).toBeNull();
    expect(screen.getByTestId<HTMLButtonElement>("wizard-next").disabled).toBe(true);
    expect(await objections()).toEqual([]);
    await user.type(screen.getByTestId("wizard-address"), "https://pbx.example.org");
    await user.clear(screen.getByTestId("wizard-program-name"));
    await user.type(screen.getByTestId("wizard-program-name"), "Ладога{Enter}");
    await vi.waitFor(() => expect(screen.getByTestId("wizard-introduction").dataset["state"]).toBe("given"));
    expect(filled.mock.calls[0]?.[0].address).toBe("https://pbx.example.org");
    const connection = "mango-client-1";
    expect(asked.mock.calls).toEqual([[{ office: "own", connection, name: "Ладога", again: false }]]);
    expect(screen.getByTestId("wizard-introduction").textContent).toContain("в хранилище паролей");
    expect(screen.getByTestId("wizard").textContent).not.toContain(RIGHT_KEY);
    await user.click(screen.getByTestId("wizard-next"));
    await user.type(await screen.findByTestId("wizard-phone"), "202{Enter}");
    await vi.waitFor(async () => expect(await state("live")).toBe("passed"));
  });

  it("is asked for once more only where the person says that he has looked", async () => {
    const { platform, user } = await chosen();
    const { introduceConnection } = platform;
    platform.introduceConnection = async (request) => {
      const draft = await introduceConnection(request);
      return request.again ? draft : { ...draft, keys: [], introduction: "asked" as const };
    };
    const asked = vi.spyOn(platform, "introduceConnection");
    await user.click(screen.getByTestId("wizard-introduce"));
    expect((await screen.findByRole("alert")).textContent).toMatch(/неизвестно, удалось ли создать .?интеграцию/);
    expect(await objections()).toEqual([]);
    expect(screen.getByTestId("wizard-introduce").textContent).toContain("В кабинете пусто");
    await user.click(screen.getByTestId("wizard-introduce"));
    await vi.waitFor(() => expect(screen.getByTestId("wizard-introduction").dataset["state"]).toBe("given"));
    expect(asked.mock.calls.map(([{ again }]) => again)).toEqual([false, true]);
  });

  it.each([
    [failure("refused"), /АТС отказала.*Ничего не создано/],
    [{ ...failure("changed"), part: "mango-client-2" }, /К этой АТС офис уже подключён/],
    [failure("keyringLocked"), /дважды ничего не создастся/],
    [failure("storage"), /База на диске/],
  ])("says what to do where there is none: %j", async (why, words) => {
    const { platform, user } = await chosen();
    platform.introduceConnection = async () => Promise.reject(why);
    await user.click(screen.getByTestId("wizard-introduce"));
    expect((await screen.findByTestId("error")).textContent).toMatch(words);
    // What is wrong with something else is said in its own words.
    platform.fillConnection = async () => Promise.reject({ ...failure("invalidRequest"), field: "address" });
    await user.click(screen.getByTestId("wizard-introduce"));
    await vi.waitFor(() => expect(screen.getByTestId("error").textContent).toContain("Адрес"));
  });
});
