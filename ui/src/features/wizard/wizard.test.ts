import type { CallRow } from "$generated/CallRow";
import type { OfficeView } from "$generated/OfficeView";
import { mainPlatform } from "$platform/browser";
import { RIGHT_KEY } from "$platform/fake/connecting";
import { mainView } from "$platform/fake/views";
import { rowAt } from "$platform/fake/rows";
import App from "$features/shell/App.svelte";
import { Desk } from "$features/shell/desk.svelte";
import { objections } from "$tests/axe";
import { failure, preview, settle, way } from "$tests/build";
import { fetchParts } from "$tests/parts";
import { render, screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, onTestFinished, vi } from "vitest";

fetchParts();

async function show(stage: "welcome" | "office" = "welcome") {
  const platform = mainPlatform();
  const shown = { ...mainView(), stage, offices: [] };
  platform.startMain = async () => ({ view: shown });
  platform.mainSnapshot = async () => shown;
  const desk = new Desk(platform);
  render(App, { desk });
  await desk.start();
  return { desk, platform, user: userEvent.setup() };
}

type Shown = Awaited<ReturnType<typeof show>>;

/** From the first screen to the check, with this key. */
async function untilCheck({ user }: Shown, key: string) {
  await user.click(screen.getByTestId("connect-own"));
  await user.click(await screen.findByTestId("wizard-make-mango-client"));
  await user.type(await screen.findByTestId("wizard-key-token"), key);
  await user.click(screen.getByTestId("wizard-next"));
  await user.type(await screen.findByTestId("wizard-phone"), "202");
  await user.click(screen.getByTestId("wizard-next"));
}

/** On the last page, connected, with what main shows from then on. */
async function untilDone(shown: Shown) {
  await untilCheck(shown, RIGHT_KEY);
  await vi.waitFor(async () => expect(await state("live")).toBe("passed"));
  await shown.user.click(screen.getByTestId("wizard-save"));
  await screen.findByTestId("wizard-call");
  const view = shown.desk.view;
  if (!view) throw new Error("nothing is shown");
  const row = { state: "live" as const, refused: [], warnings: [], drained: 0, holes: [], abilities: [] };
  const title = { ru: "MANGO OFFICE", en: "MANGO OFFICE" };
  const connections = [{ ...row, id: "mango-client-1", title }];
  const offices = [
    { id: "own", name: "own", demo: false, admin: false, link: "live" as const, clockOffsetMs: 0, connections },
  ];
  let revision = view.revision;
  const shows = async (open: CallRow[], cards: CallRow[] = []) => {
    const now = { ...view.now, open };
    revision += 1;
    const next = { ...view, revision, offices, now, cards: cards.map(({ call }) => call) };
    shown.platform.wire.send("main", next);
    await vi.waitFor(() => expect(shown.desk.view?.revision).toBe(revision));
  };
  await shows([]);
  const call: CallRow = {
    ...rowAt(0),
    call: { office: "own", id: "c1" },
    connection: "mango-client-1",
    direction: "incoming",
    state: "ringing",
    startedAt: new Date(Date.now() + 1000).toISOString(),
  };
  return { shows, call };
}

const stepStatus = (testid: string) => screen.queryByTestId(testid)?.dataset["state"];

const state = async (step: string) => (await screen.findByTestId(`wizard-check-${step}`)).dataset["state"];

describe("connecting a PBX", () => {
  it("says of each make what will work, by words and marks", async () => {
    const { user } = await show();
    await user.click(screen.getByTestId("connect-own"));
    const make = await screen.findByTestId("wizard-make-rostelecom");
    expect(make.textContent).toContain("нет без адреса; звонки в списке позже");
    expect(make.textContent).toContain("только позвонить");
    expect(await objections()).toEqual([]);
  });

  it("warns of a key that acts for others before it is entered", async () => {
    const { user } = await show();
    await user.click(screen.getByTestId("connect-own"));
    await user.click(await screen.findByTestId("wizard-make-mango-client"));
    await screen.findByTestId("wizard-key-token");
    expect(screen.getByTestId("wizard").textContent).toMatch(
      /от имени каждого пользователя интеграции.*место на шлюзе/u,
    );
  });

  it("opens the step that fails with the field that mends it, and goes on from there", async () => {
    const shown = await show();
    await untilCheck(shown, "wrong");
    await vi.waitFor(async () => expect(await state("key")).toBe("failed"));
    expect(await state("address")).toBe("passed");
    expect(await state("live")).toBe("waiting");
    expect(screen.getByTestId<HTMLButtonElement>("wizard-save").disabled).toBe(true);
    const failed = screen.getByTestId("wizard-check-key");
    expect(within(failed).getByRole("alert").textContent).toContain("не приняла ключ");
    expect(await objections()).toEqual([]);
    await shown.user.type(within(failed).getByTestId("wizard-key-token"), `${RIGHT_KEY}{Enter}`);
    await vi.waitFor(async () => expect(await state("live")).toBe("passed"));
    await shown.user.click(screen.getByTestId("wizard-save"));
    expect((await screen.findByTestId("wizard-call")).dataset["came"]).toBe("false");
  });

  it("ends with the first call that comes, in the same second too", async () => {
    // A PBX tells times in whole seconds.
    vi.setSystemTime("2026-11-20T12:00:00.700Z");
    onTestFinished(() => void vi.useRealTimers());
    const shown = await show();
    await untilCheck(shown, RIGHT_KEY);
    await vi.waitFor(async () => expect(await state("live")).toBe("passed"));
    await shown.user.click(screen.getByTestId("wizard-save"));
    await screen.findByTestId("wizard-call");
    const view = shown.desk.view;
    if (!view) throw new Error("nothing is shown");
    const call = {
      ...rowAt(0),
      call: { office: "own", id: "c1" },
      connection: "mango-client-1",
      direction: "incoming" as const,
      startedAt: "2026-11-20T12:00:00Z",
    };
    const shows = (open: CallRow[], later: number) =>
      shown.platform.wire.send("main", { ...view, revision: view.revision + later, now: { ...view.now, open } });
    // Neither another PBX's call nor one that was placed here proves that calls come in.
    shows(
      [
        { ...call, connection: "era-1" },
        { ...call, direction: "outgoing" },
      ],
      1,
    );
    await vi.waitFor(() => expect(shown.desk.view?.now.open.length).toBe(2));
    expect(screen.getByTestId("wizard-call").dataset["came"]).toBe("false");
    shows([call], 2);
    await vi.waitFor(() => expect(screen.getByTestId("wizard-call").dataset["came"]).toBe("true"));
  });

  it("ends with a real card: it says when the call came and when its card was up", async () => {
    const shown = await show();
    const { shows, call } = await untilDone(shown);
    expect([stepStatus("wizard-connected"), stepStatus("wizard-call"), stepStatus("wizard-card")]).toEqual([
      "passed",
      "running",
      "waiting",
    ]);
    await shows([call]);
    expect([stepStatus("wizard-call"), stepStatus("wizard-card")]).toEqual(["passed", "running"]);
    expect(screen.queryByTestId("wizard-works")).toBeNull();
    await shows([call], [call]);
    expect(stepStatus("wizard-card")).toBe("passed");
    // The card goes with the call, and was there all the same.
    await shows([{ ...call, state: "ended" }]);
    expect([stepStatus("wizard-card"), screen.getByTestId("wizard-works").textContent]).toEqual([
      "passed",
      "Всё работает.",
    ]);
    expect(await objections()).toEqual([]);
  });

  it("says why a call that came had no card", async () => {
    const shown = await show();
    const { shows, call } = await untilDone(shown);
    await shows([{ ...call, state: "ended" }]);
    expect(stepStatus("wizard-card")).toBe("failed");
    expect(screen.getByTestId("wizard-card").textContent).toContain("не на вашем телефоне 202");
    expect(screen.queryByTestId("wizard-works")).toBeNull();
  });

  it("calls the person himself once the number was shown, and tells how far it came", async () => {
    const shown = await show();
    const { shows, call } = await untilDone(shown);
    const placed = vi.spyOn(shown.platform, "placeCall");
    shown.platform.previewDial = async ({ text }) =>
      preview(text, {
        ways: [way({ office: "own", connection: "mango-client-1", title: { ru: "M", en: "M" }, from: "202" })],
      });
    await shown.user.type(screen.getByTestId("wizard-mobile"), "89001234567{Enter}");
    expect(await screen.findByTestId("dial-number")).toBeTruthy();
    expect(placed).not.toHaveBeenCalled();
    await shown.user.keyboard("{Enter}");
    await vi.waitFor(() => expect(placed).toHaveBeenCalledOnce());
    expect(placed.mock.calls[0]?.[0]).toMatchObject({ office: "own", connection: "mango-client-1" });
    const mine: CallRow = { ...call, direction: "outgoing", state: "dialling" };
    await shows([mine], [mine]);
    expect([stepStatus("wizard-call"), stepStatus("wizard-talk"), stepStatus("wizard-card")]).toEqual([
      "passed",
      "running",
      "passed",
    ]);
    // It proves that calls go out, not that they come in.
    expect(screen.getByTestId("wizard-call").dataset["came"]).toBe("false");
    await shows([{ ...mine, state: "talking", answeredAt: call.startedAt }]);
    expect(stepStatus("wizard-talk")).toBe("passed");
    expect(screen.getByTestId("wizard-works")).toBeTruthy();
  });

  it("asks once more before it calls a number abroad, and Escape puts that away and not the wizard", async () => {
    const shown = await show();
    await untilDone(shown);
    const placed = vi.spyOn(shown.platform, "placeCall");
    shown.platform.previewDial = async ({ text }) => preview(text, { asks: true, warnings: ["international"] });
    await shown.user.type(screen.getByTestId("wizard-mobile"), "+441632960961{Enter}");
    await screen.findByTestId("dial-number");
    await shown.user.keyboard("{Enter}");
    expect(placed).not.toHaveBeenCalled();
    await shown.user.keyboard("{Escape}");
    expect(screen.queryByTestId("dial-number")).toBeNull();
    expect(screen.getByTestId("wizard")).toBeTruthy();
    await shown.user.keyboard("{Enter}");
    await screen.findByTestId("dial-number");
    await shown.user.keyboard("{Control>}{Enter}{/Control}");
    await vi.waitFor(() => expect(placed).toHaveBeenCalledOnce());
  });

  it("keeps the filled pages when it is closed, and never shows a key again", async () => {
    const shown = await show();
    await untilCheck(shown, "wrong");
    await vi.waitFor(async () => expect(await state("key")).toBe("failed"));
    await shown.user.keyboard("{Escape}");
    expect(screen.queryByTestId("wizard")).toBeNull();
    expect(document.activeElement).toBe(screen.getByTestId("connect-own"));
    await shown.user.click(screen.getByTestId("connect-own"));
    const key = await screen.findByTestId<HTMLInputElement>("wizard-key-token");
    expect([key.value, key.placeholder]).toEqual(["", "Введён. Чтобы заменить, введите новый."]);
    await shown.user.click(screen.getByTestId("wizard-next"));
    expect((await screen.findByTestId<HTMLInputElement>("wizard-phone")).value).toBe("202");
  });

  it("is reached from the settings, where connections are paused and removed", async () => {
    const { platform, user } = await show("office");
    await platform.beginConnection({ office: "own", make: "mango-client" });
    await platform.saveConnection({ office: "own", connection: "mango-client-1" });
    const paused = vi.spyOn(platform, "pauseConnection");
    await user.click(screen.getByTestId("nav-settings"));
    await user.click(await screen.findByTestId("own-pause"));
    expect(paused).toHaveBeenCalledWith({ office: "own", connection: "mango-client-1", paused: true });
    await user.click(screen.getByTestId("own-remove"));
    await user.click(screen.getByTestId("own-remove-confirm"));
    await vi.waitFor(() => expect(screen.queryByTestId("own-connection")).toBeNull());
    await user.click(screen.getByTestId("own-add"));
    expect((await screen.findByTestId("wizard")).dataset["step"]).toBe("make");
  });

  it("leaves the way to the demo open once a PBX is connected", async () => {
    const { platform, user } = await show("office");
    const started = vi.spyOn(platform, "startDemo");
    await user.click(screen.getByTestId("nav-settings"));
    await user.click(await screen.findByTestId("demo-open"));
    await vi.waitFor(() => expect(started).toHaveBeenCalledWith({ makes: [] }));
  });

  it("offers to enter a key that is gone, where the connection is listed", async () => {
    const { platform, user } = await show("office");
    await platform.beginConnection({ office: "own", make: "mango-client" });
    await platform.saveConnection({ office: "own", connection: "mango-client-1" });
    const { officeConnections } = platform;
    platform.officeConnections = async (request) => {
      const own = await officeConnections(request);
      return { ...own, connections: own.connections.map((one) => ({ ...one, problem: "keyMissing" as const })) };
    };
    await user.click(screen.getByTestId("nav-settings"));
    const listed = await screen.findByTestId("own-connection");
    expect(listed.textContent).toContain("Ключа нет в хранилище паролей");
    await user.click(within(listed).getByRole("button", { name: "Ввести ключ" }));
    expect((await screen.findByTestId("wizard")).dataset["step"]).toBe("keys");
  });

  it("begins anew where a change of a connection was left, and changes only what is asked for", async () => {
    const { platform, user } = await show("office");
    await platform.beginConnection({ office: "own", make: "mango-client" });
    await platform.saveConnection({ office: "own", connection: "mango-client-1" });
    await user.click(screen.getByTestId("nav-settings"));
    await user.click(await screen.findByTestId("own-change"));
    expect((await screen.findByTestId("wizard")).dataset["step"]).toBe("keys");
    await user.keyboard("{Alt>}{ArrowLeft}{/Alt}");
    expect(screen.queryByTestId("wizard")).toBeNull();
    await user.click(await screen.findByTestId("own-add"));
    expect((await screen.findByTestId("wizard")).dataset["step"]).toBe("make");
    expect(screen.queryByTestId("wizard-give-up")).toBeNull();
  });

  it("gives up what was begun, also while it is checked", async () => {
    const shown = await show();
    const { platform, user } = shown;
    platform.checkConnection = async () => new Promise(() => {});
    const dropped = vi.spyOn(platform, "dropDraft");
    await untilCheck(shown, RIGHT_KEY);
    await vi.waitFor(async () => expect(await state("address")).toBe("running"));
    await user.click(screen.getByTestId("wizard-give-up"));
    expect(dropped).toHaveBeenCalledWith({ office: "own", connection: "mango-client-1" });
    await vi.waitFor(() => expect(screen.queryByTestId("wizard")).toBeNull());
    await user.click(screen.getByTestId("connect-own"));
    expect((await screen.findByTestId("wizard")).dataset["step"]).toBe("make");
  });

  it("stays with what could not be given up, and says so", async () => {
    const { desk, platform, user } = await show();
    platform.dropDraft = async () => Promise.reject(failure("storage"));
    await platform.beginConnection({ office: "own", make: "mango-client" });
    await user.click(screen.getByTestId("connect-own"));
    await user.click(await screen.findByTestId("wizard-give-up"));
    expect(await screen.findByRole("alert")).toBeTruthy();
    expect([desk.wizard.shown, desk.wizard.draft?.make]).toEqual([true, "mango-client"]);
  });

  it("shows a check without steps once, and asks nothing over and over", async () => {
    const shown = await show();
    const { fillConnection } = shown.platform;
    shown.platform.fillConnection = async (request) => ({ ...(await fillConnection(request)), steps: [] });
    await untilCheck(shown, RIGHT_KEY);
    await vi.waitFor(() => expect(screen.getByTestId("wizard").dataset["step"]).toBe("check"));
    const checked = vi.spyOn(shown.desk.wizard, "check");
    await settle();
    expect(checked).not.toHaveBeenCalled();
    expect(screen.getByTestId<HTMLButtonElement>("wizard-save").disabled).toBe(true);
  });
});

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
  async function settings() {
    const platform = mainPlatform();
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
    await user.click(screen.getByTestId("wizard-next"));
    await vi.waitFor(async () => expect(await state("live")).toBe("passed"));
    await user.click(screen.getByTestId("wizard-save"));
    expect((await screen.findByTestId("hook-url")).textContent).toContain("/hook/zadarma-1");
    expect(saved).toHaveBeenCalledWith({ office: office.id, connection: "zadarma-1" });
    expect(await objections()).toEqual([]);
    await user.click(screen.getByTestId("wizard-close"));
    await vi.waitFor(() => expect(screen.getAllByTestId("gateway-connection")).toHaveLength(2));
  });

  it.each([
    ["unreachable", /нажмите ещё раз, дважды ничего не подключится/],
    ["changed", /изменил другой администратор. Ничего не сохранено/],
    ["notFound", /удалил другой администратор/],
    ["forbidden", /не разрешено/],
  ] as const)("says what to do where a save fails: %s", async (code, words) => {
    const { platform, user } = await settings();
    await user.click(screen.getByTestId("gateway-add"));
    await user.click(await screen.findByTestId("wizard-make-mango-client"));
    await user.type(screen.getByTestId("wizard-key-token"), RIGHT_KEY);
    await user.click(screen.getByTestId("wizard-next"));
    await user.click(screen.getByTestId("wizard-next"));
    await vi.waitFor(async () => expect(await state("live")).toBe("passed"));
    platform.saveConnection = vi.fn().mockRejectedValueOnce(failure(code)).mockResolvedValueOnce(undefined);
    await user.click(screen.getByTestId("wizard-save"));
    expect((await screen.findByTestId("error")).textContent).toMatch(words);
    await user.click(screen.getByTestId("wizard-save"));
    expect(await screen.findByTestId("wizard-finish")).toBeTruthy();
  });
});
