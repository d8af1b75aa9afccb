import type { OfficeView } from "$generated/OfficeView";
import { mainPlatform } from "$platform/browser";
import { RIGHT_KEY } from "$platform/fake/connecting";
import { mainView } from "$platform/fake/views";
import App from "$features/shell/App.svelte";
import { Desk } from "$features/shell/desk.svelte";
import { objections } from "$tests/axe";
import { failure } from "$tests/build";
import { fetchParts } from "$tests/parts";
import { state } from "$tests/wizard";
import { render, screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";

fetchParts();

describe("connecting a PBX to a gateway", () => {
  const office: OfficeView = {
    id: "calls.ladoga.example",
    name: "Ладога",
    address: "https://calls.ladoga.example/",
    demo: false,
    admin: true,
    link: "live",
    clockOffsetMs: 0,
    connections: [],
  };

  /** The settings of an administrator, with what his office is connected to. */
  async function settings(change: (platform: ReturnType<typeof mainPlatform>) => void = () => {}) {
    const platform = mainPlatform();
    change(platform);
    const shown = { ...mainView(), stage: "office" as const, offices: [office] };
    platform.startMain = async () => ({ view: shown });
    platform.mainSnapshot = async () => shown;
    const desk = new Desk(platform);
    render(App, { desk });
    await desk.start();
    const user = userEvent.setup();
    await user.click(screen.getByTestId("nav-settings"));
    await screen.findByTestId("gateway-connection");
    return { desk, platform, user };
  }

  it("shows what stands in its file as fixed, and goes by the same pages to the gateway", async () => {
    const { platform, user } = await settings();
    const listed = screen.getByTestId("gateway-connection");
    expect(within(listed).getByTestId("gateway-fixed").textContent).toContain("файле шлюза");
    expect(within(listed).queryByTestId("gateway-change")).toBeNull();
    expect(within(listed).getByTestId("hook-url").textContent).toBe("https://calls.ladoga.example/hook/rt1");
    const saved = vi.spyOn(platform, "saveConnection");
    await user.click(screen.getByTestId("gateway-add"));
    expect((await screen.findByTestId("wizard-where")).textContent).toBe("Ладога");
    await user.click(await screen.findByTestId("wizard-make-zadarma"));
    expect(screen.getByTestId("hook-url").textContent).toBe("https://calls.ladoga.example/hook/zadarma-1");
    for (const key of ["key", "secret"]) await user.type(screen.getByTestId(`wizard-key-${key}`), RIGHT_KEY);
    expect(await objections()).toEqual([]);
    await user.click(screen.getByTestId("wizard-next"));
    // Whose phones there are is said in invitations.
    expect(screen.queryByTestId("wizard-name")).toBeNull();
    // Its lines are in the lists of the office, so the page is of the phone alone.
    expect(screen.getByTestId("wizard").textContent).not.toContain("Линии и телефон");
    expect(screen.getByRole("heading", { name: "Телефон" })).toBeTruthy();
    await user.click(screen.getByTestId("wizard-next"));
    await vi.waitFor(async () => expect(await state("live")).toBe("passed"));
    await user.click(screen.getByTestId("wizard-save"));
    expect((await screen.findByTestId("hook-url")).textContent).toContain("/hook/zadarma-1");
    expect(saved).toHaveBeenCalledWith({ office: office.id, connection: "zadarma-1" });
    expect(await objections()).toEqual([]);
    await user.click(screen.getByTestId("wizard-close"));
    await vi.waitFor(() => expect(screen.getAllByTestId("gateway-connection")).toHaveLength(2));
  });

  it("leads from its last page to the lists of the office", async () => {
    const { desk, user } = await settings();
    await user.click(screen.getByTestId("gateway-add"));
    await user.click(await screen.findByTestId("wizard-make-mango-client"));
    await user.type(await screen.findByTestId("wizard-key-token"), RIGHT_KEY);
    await user.click(screen.getByTestId("wizard-next"));
    await user.click(await screen.findByTestId("wizard-next"));
    await vi.waitFor(async () => expect(await state("live")).toBe("passed"));
    await user.click(screen.getByTestId("wizard-save"));
    await user.click(await screen.findByTestId("wizard-lists"));
    expect(await screen.findByTestId("office-lists")).toBeTruthy();
    expect(desk.wizard.shown).toBe(false);
  });

  it.each([
    [{ field: "keys", fault: "missing", part: "client_id" }, /Звонки не приходят. Введите: «Идентификационный код»\.$/],
    [{ field: "keys", fault: "invisible", part: "key" }, /Звонки не приходят. «Ключ подписи»: внутри перенос строки/],
    [{ field: "keys", fault: "missing", part: "of_later" }, /Звонки не приходят. Введите: ключ .?of_later.?\.$/],
    [{}, /Настройки: проверьте, что введено \(ответ программы: .?no code.?\)\.$/],
  ] as const)("says in the person's language why a connection is not at work: %j", async (wrong, words) => {
    await settings((platform) => {
      const told = platform.officeConnections;
      platform.officeConnections = async (request) => {
        const { connections } = await told(request);
        const refused = { ...failure("invalidRequest"), message: "no code", ...wrong };
        return { connections: connections.map((connection) => ({ ...connection, wrong: refused })) };
      };
    });
    const said = () => screen.getByTestId("gateway-connection").querySelector(".hint")?.textContent;
    await vi.waitFor(() => expect(said()).toMatch(words));
  });

  it("shows an office at once, and nothing of another whose answer comes late", async () => {
    const { desk, platform } = await settings();
    const { wizard } = desk;
    const answers: (() => void)[] = [];
    const makes = platform.connectableMakes;
    platform.connectableMakes = async (request) => {
      if (request.office === "slow") await new Promise<void>((resolve) => answers.push(resolve));
      return makes(request);
    };
    const first = wizard.open({ office: "slow" });
    await vi.waitFor(() => expect(answers).toHaveLength(1));
    expect([wizard.shown, wizard.office, wizard.busy]).toEqual([true, "slow", true]);
    await wizard.open({ office: office.id });
    const here = { office: wizard.office, makes: wizard.makes, busy: wizard.busy, failure: wizard.failure };
    expect([here.office, here.busy, here.makes.length > 0]).toEqual([office.id, false, true]);
    platform.connectableMakes = async () => Promise.reject(failure("unreachable"));
    answers.forEach((answer) => answer());
    await first;
    expect({ office: wizard.office, makes: wizard.makes, busy: wizard.busy, failure: wizard.failure }).toEqual(here);
    // What was begun there does not come here either.
    let refuse = (_: unknown) => {};
    platform.beginConnection = () => new Promise((_, reject) => (refuse = reject));
    const begun = wizard.choose(here.makes[0]!);
    wizard.close();
    refuse(failure("unreachable"));
    await begun;
    expect([wizard.shown, wizard.busy, wizard.failure, wizard.step]).toEqual([false, false, undefined, "make"]);
  });

  it.each([
    ["unreachable", /нажмите ещё раз, дважды ничего не подключится/],
    ["changed", /изменил другой администратор\. Осталось его изменение/],
    ["notFound", /удалил другой администратор/],
    ["forbidden", /не разрешено/],
    [
      { code: "changed", field: "changedBy", part: "Ольга" },
      /изменил администратор .?Ольга.?\. Осталось его изменение/,
    ],
    [{ code: "notFound", field: "draft" }, /уже закончили, отменили или начали заново/],
  ] as const)("says what to do where a save fails: %j", async (why, words) => {
    const { platform, user } = await settings();
    await user.click(screen.getByTestId("gateway-add"));
    await user.click(await screen.findByTestId("wizard-make-mango-client"));
    await user.type(screen.getByTestId("wizard-key-token"), RIGHT_KEY);
    await user.click(screen.getByTestId("wizard-next"));
    await user.click(screen.getByTestId("wizard-next"));
    await vi.waitFor(async () => expect(await state("live")).toBe("passed"));
    platform.saveConnection = vi
      .fn()
      .mockRejectedValueOnce(typeof why === "string" ? failure(why) : { ...failure(why.code), ...why })
      .mockResolvedValueOnce(undefined);
    await user.click(screen.getByTestId("wizard-save"));
    expect((await screen.findByTestId("error")).textContent).toMatch(words);
    await user.click(screen.getByTestId("wizard-save"));
    expect(await screen.findByTestId("wizard-finish")).toBeTruthy();
  });

  it.each([
    [{ field: "keys", fault: "invisible", part: "token" }, /«Ключ интеграции»: внутри перенос строки/],
    [{ field: "keys", fault: "missing", part: "token" }, /Введите: «Ключ интеграции»/],
    [{ field: "keys", fault: "invisible", part: "api_key" }, /Ключ .?api_key.?: внутри перенос строки/],
    [{ field: "address", fault: "plainHttp" }, /Адрес: нужен https/],
    [{ field: "overrides" }, /Настройки: проверьте, что введено \(ответ программы: .*wrong/],
  ] as const)("says in the person's language what it refused: %j", async (wrong, words) => {
    const { platform, user } = await settings();
    await user.click(screen.getByTestId("gateway-add"));
    await user.click(await screen.findByTestId("wizard-make-mango-client"));
    await user.type(screen.getByTestId("wizard-key-token"), RIGHT_KEY);
    platform.fillConnection = vi
      .fn()
      .mockRejectedValueOnce({ ...failure("invalidRequest"), message: "wrong", ...wrong });
    await user.click(screen.getByTestId("wizard-next"));
    const sentence = (await screen.findByTestId("error")).textContent;
    expect(sentence).toMatch(words);
    expect(sentence?.includes("wrong")).toBe(!("fault" in wrong));
  });
});
