import { language } from "$lib/language.svelte";
import { RIGHT_KEY } from "$platform/fake/connecting";
import { fetchParts } from "$tests/parts";
import { show, state, stepStatus } from "$tests/wizard";
import { screen } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";

fetchParts();

describe("the pages of the wizard", () => {
  it("say how long a PBX takes that is asked once a minute, and let the person go on", async () => {
    const { platform, user } = await show();
    // It is connected, and has not answered yet.
    platform.saveConnection = async () => {};
    await user.click(screen.getByTestId("connect-own"));
    await user.click(await screen.findByTestId("wizard-make-ringcloud"));
    for (const key of ["api_key", "password"])
      await user.type(await screen.findByTestId(`wizard-key-${key}`), RIGHT_KEY);
    await user.click(screen.getByTestId("wizard-next"));
    await user.type(await screen.findByTestId("wizard-phone"), "202{Enter}");
    await vi.waitFor(async () => expect(await state("live")).toBe("passed"));
    await user.click(screen.getByTestId("wizard-save"));
    await screen.findByTestId("wizard-finish");
    expect(stepStatus("wizard-connected")).toBe("running");
    expect(screen.getByTestId("wizard-connected").textContent).toMatch(/до трёх минут.*Ждать не нужно/);
    await user.click(screen.getByTestId("wizard-finish"));
    expect(screen.queryByTestId("wizard")).toBeNull();
  });

  it("let the time zone of a PBX be chosen, where it tells none", async () => {
    const { platform, user } = await show();
    const filled = vi.spyOn(platform, "fillConnection");
    await user.click(screen.getByTestId("connect-own"));
    await user.click(await screen.findByTestId("wizard-make-zadarma"));
    await screen.findByTestId("wizard-key-secret");
    expect(screen.queryByTestId("wizard-zone")).toBeNull();
    await user.click(screen.getByTestId("wizard-back"));
    await user.click(await screen.findByTestId("wizard-make-mango-client"));
    await user.type(await screen.findByTestId("wizard-key-token"), RIGHT_KEY);
    await user.selectOptions(screen.getByTestId("wizard-zone"), "UTC");
    await user.click(screen.getByTestId("wizard-next"));
    await screen.findByTestId("wizard-phone");
    expect(filled.mock.calls[0]?.[0].zone).toBe("UTC");
  });

  it("call a key what the vendor's account calls it, in the language of the reader", async () => {
    const { user } = await show();
    await user.click(screen.getByTestId("connect-own"));
    await user.click(await screen.findByTestId("wizard-make-mango-vpbx"));
    await screen.findByTestId("wizard-key-api_salt");
    const labels = () =>
      ["api_key", "api_salt"].map(
        (key) => screen.getByTestId(`wizard-key-${key}`).closest("label")?.querySelector(".label")?.textContent,
      );
    expect(labels()).toEqual(["Уникальный код вашей АТС", "Ключ для создания подписи"]);
    language.code = "en";
    await vi.waitFor(() => expect(labels()).toEqual(["Unique code of your PBX", "Key for the signature"]));
  });
});
