import type { MainStart } from "$generated/MainStart";
import type { MainView } from "$generated/MainView";
import { mainView } from "$platform/fake/views";
import { mainPlatform } from "$platform/browser";
import { failure, later, settle } from "$tests/build";
import { describe, expect, it, vi } from "vitest";
import { Desk } from "./desk.svelte";

describe("the main window", () => {
  it("listens to everything before it asks for anything", async () => {
    const platform = mainPlatform();
    const order: string[] = [];
    const { listen, startMain } = platform;
    platform.listen = (name, handler) => {
      order.push(`listen ${name}`);
      return listen(name, handler);
    };
    platform.startMain = (request) => {
      order.push("start");
      return startMain(request);
    };
    await new Desk(platform).start();
    expect(order).toEqual(["listen main", "listen calls", "start"]);
  });

  it("lets a newer event win over a late snapshot", async () => {
    const platform = mainPlatform();
    const start = later<MainStart>();
    platform.startMain = () => start.promise;
    const desk = new Desk(platform);
    const started = desk.start();
    await settle();
    platform.wire.send("main", { ...mainView(), revision: 9, language: "en" });
    start.resolve({ view: { ...mainView(), revision: 8 } });
    await started;
    expect([desk.view?.revision, document.documentElement.lang]).toEqual([9, "en"]);
  });

  it("shows a number that came before it was there, and dials nothing", async () => {
    const platform = mainPlatform();
    const errand = { id: 7, task: { kind: "dial" as const, text: "tel:+74951234567", fromProgram: true } };
    platform.startMain = async () => ({ view: { ...mainView(), errand } });
    const done = vi.spyOn(platform, "errandDone");
    const placeCall = vi.spyOn(platform, "placeCall");
    const desk = new Desk(platform);
    await desk.start();
    await settle();
    expect([desk.dial.origin, desk.dial.preview?.number.digits]).toEqual(["program", "+74951234567"]);
    expect(placeCall).not.toHaveBeenCalled();
    desk.dial.cancel();
    platform.wire.send("main", { ...mainView(), revision: 9, errand });
    await settle();
    expect([desk.dial.shown, done.mock.calls]).toEqual([false, [[7]]]);
  });

  it("shows a number that comes while it runs", async () => {
    const platform = mainPlatform();
    const desk = new Desk(platform);
    await desk.start();
    platform.wire.send("main", {
      ...mainView(),
      revision: 9,
      errand: { id: 1, task: { kind: "dial", text: "112", fromProgram: false } },
    });
    await settle();
    expect(desk.dial.shown).toBe(true);
  });

  it("opens the call that the card asks for", async () => {
    const platform = mainPlatform();
    const desk = new Desk(platform);
    await desk.start();
    desk.navigation.go("settings");
    const task = { kind: "open" as const, call: { office: "demo", id: "call3" } };
    platform.wire.send("main", { ...mainView(), revision: 9, errand: { id: 1, task } });
    await settle();
    expect([desk.navigation.page, desk.details.current?.row.call.id]).toEqual(["calls", "call3"]);
  });

  it("asks of the call of a card to whom it is to go", async () => {
    const platform = mainPlatform();
    const desk = new Desk(platform);
    await desk.start();
    const task = { kind: "transfer" as const, call: { office: "demo", id: "call3" } };
    platform.wire.send("main", { ...mainView(), revision: 9, errand: { id: 1, task } });
    expect([desk.navigation.page, desk.details.call?.id, desk.details.sending]).toEqual([
      "calls",
      "call3",
      "demo/call3",
    ]);
    await settle();
    expect(desk.details.sending).toBeUndefined();
  });

  it.each<[string, (desk: Desk) => unknown]>([
    ["a call", (desk) => desk.navigation.openCall({ office: "demo", id: "call3" })],
    ["the missed calls", (desk) => desk.navigation.showMissed()],
    ["what is searched for", (desk) => desk.navigation.search("Вектор")],
    ["a section of the settings", (desk) => desk.navigation.goToSettings("offices")],
    ["the command field", (desk) => desk.navigation.find()],
  ])("puts the wizard away to show %s, and keeps what was entered there", async (_, show) => {
    const platform = mainPlatform();
    const desk = new Desk(platform);
    await desk.start();
    await platform.beginConnection({ office: "own", make: "mango-client" });
    await desk.wizard.open();
    expect(desk.wizard.shown).toBe(true);
    show(desk);
    await settle();
    expect(desk.wizard.shown).toBe(false);
    await desk.wizard.open();
    expect([desk.wizard.draft?.make, desk.wizard.step]).toEqual(["mango-client", "keys"]);
  });

  it("puts the wizard away for what the program asks for", async () => {
    const platform = mainPlatform();
    const desk = new Desk(platform);
    await desk.start();
    const tasks = [
      { kind: "dial" as const, text: "tel:+74951234567", fromProgram: true },
      { kind: "open" as const, call: { office: "demo", id: "call3" } },
    ];
    for (const [at, task] of tasks.entries()) {
      await desk.wizard.open();
      platform.wire.send("main", { ...mainView(), revision: 9 + at, errand: { id: 1 + at, task } });
      await settle();
      expect(desk.wizard.shown).toBe(false);
    }
  });

  it("says what failed and gets well by trying again", async () => {
    const platform = mainPlatform();
    const { mainSnapshot } = platform;
    platform.mainSnapshot = async () => Promise.reject(failure("storage"));
    const desk = new Desk(platform);
    await desk.start();
    expect([desk.view, desk.failures.of("snapshot")?.code]).toEqual([undefined, "storage"]);
    platform.mainSnapshot = mainSnapshot;
    await desk.refresh();
    expect([desk.view?.stage, desk.failures.of("snapshot")]).toEqual(["demo", undefined]);
  });

  it("says that it cannot be told of what changes, and listens once it can", async () => {
    const platform = mainPlatform();
    const { listen } = platform;
    platform.listen = async () => Promise.reject(failure("internal"));
    const desk = new Desk(platform);
    await desk.start();
    expect([desk.view, desk.failures.of("snapshot")?.code]).toEqual([undefined, "internal"]);
    platform.listen = listen;
    await desk.refresh();
    expect([desk.view?.stage, desk.failures.of("snapshot")]).toEqual(["demo", undefined]);
    platform.wire.send("main", { ...mainView(), revision: 9, language: "en" });
    expect(desk.view?.revision).toBe(9);
  });

  it("says that the PBXs of the demo could not be read, until they can", async () => {
    const platform = mainPlatform();
    const { demoPbxs } = platform;
    platform.demoPbxs = async () => Promise.reject(failure("internal"));
    const desk = new Desk(platform);
    await desk.start();
    expect([await desk.offices.demoPbxs(), desk.failures.of("demoPbxs")?.code]).toEqual([[], "internal"]);
    platform.demoPbxs = demoPbxs;
    expect((await desk.offices.demoPbxs()).length).toBeGreaterThan(0);
    expect(desk.failures.all).toEqual([]);
  });

  it("lets no late snapshot undo what a new office has told already", async () => {
    const platform = mainPlatform();
    platform.mainSnapshot = async () => ({ ...mainView(), stage: "welcome" });
    const desk = new Desk(platform);
    await desk.start();
    const snapshot = later<MainView>();
    platform.mainSnapshot = () => snapshot.promise;
    const connecting = desk.offices.connect({ address: "https://calls.example.org", token: "t" });
    await settle();
    platform.wire.send("main", { ...mainView(), revision: 9, stage: "office" });
    snapshot.resolve({ ...mainView(), revision: 8, stage: "office" });
    await connecting;
    expect(desk.view?.revision).toBe(9);
  });

  it("keeps the address that was refused apart from other failures", async () => {
    const desk = new Desk(mainPlatform());
    await desk.start();
    const failure = await desk.offices.connect({ address: "http://calls.example.org", token: "t" });
    expect(failure).toMatchObject({ code: "httpsNeeded", field: "address" });
    expect(desk.failures.all).toEqual([]);
  });
});
