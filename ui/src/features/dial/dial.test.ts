import type { Ability } from "$generated/Ability";
import type { ControlView } from "$generated/ControlView";
import type { DialPreview } from "$generated/DialPreview";
import type { PlaceCallRequest } from "$generated/PlaceCallRequest";
import { failure, later, preview, settle, dialConnection, type PreviewChanges } from "$tests/build";
import { describe, expect, it, vi } from "vitest";
import { Dial, connectionKey } from "./dial.svelte";

function phone(place: (request: PlaceCallRequest) => Promise<unknown> = async () => {}, changes: PreviewChanges = {}) {
  const placeCall = vi.fn(async (request: PlaceCallRequest) => {
    await place(request);
    return { call: { office: "o", id: "1" } };
  });
  const previewDial = vi.fn(async ({ text }: { text: string }) => preview(text, changes));
  return { dial: new Dial({ placeCall, previewDial }), placeCall, previewDial };
}

describe("dialling", () => {
  it("shows what would be dialled as it is typed, and dials nothing by itself", async () => {
    const { dial, placeCall } = phone();
    await dial.type("8900");
    expect(dial.preview?.display).toBe("shown 8900");
    expect(dial.shown).toBe(true);
    expect(placeCall).not.toHaveBeenCalled();
  });

  it("calls what was shown, through the usual connection, and puts everything away", async () => {
    const { dial, placeCall } = phone();
    await dial.type("89001234567");
    await dial.confirm();
    expect(placeCall).toHaveBeenCalledWith({
      command: expect.any(String),
      number: { kind: "phone", digits: "89001234567" },
      office: "o",
      connection: "rt1",
    });
    expect([dial.text, dial.shown]).toEqual(["", false]);
  });

  it("never calls a text whose preview has not come yet", async () => {
    const answer = later<DialPreview>();
    const placeCall = vi.fn();
    const dial = new Dial({ placeCall, previewDial: () => answer.promise });
    void dial.type("8900");
    await dial.confirm();
    expect(placeCall).not.toHaveBeenCalled();
  });

  it("lets no late preview of another text count", async () => {
    const answers = new Map<string, ReturnType<typeof later<DialPreview>>>();
    const previewDial = ({ text }: { text: string }) => {
      const answer = later<DialPreview>();
      answers.set(text, answer);
      return answer.promise;
    };
    const dial = new Dial({ placeCall: vi.fn(), previewDial });
    void dial.type("112");
    void dial.type("1123");
    answers.get("1123")?.resolve(preview("1123"));
    await settle();
    answers.get("112")?.resolve(preview("112"));
    await settle();
    expect(dial.preview?.number.digits).toBe("1123");
  });

  it("gives one command by a double click", async () => {
    const { dial, placeCall } = phone();
    await dial.show("+79001234567");
    await Promise.all([dial.confirm(), dial.confirm()]);
    expect(placeCall).toHaveBeenCalledTimes(1);
  });

  it("asks again under the same command while it is not known whether the PBX acted", async () => {
    const { dial, placeCall } = phone(async () => Promise.reject(failure("unknownOutcome")));
    await dial.show("+79001234567");
    await dial.confirm();
    expect(dial.error?.code).toBe("unknownOutcome");
    await dial.confirm();
    const [first, second] = placeCall.mock.calls.map(([request]) => request.command);
    expect(second).toBe(first);
  });

  it("lets a number that comes while the last one is called be another command", async () => {
    const placed = later<void>();
    const { dial } = phone(() => placed.promise);
    await dial.show("112");
    const calling = dial.confirm();
    await dial.show("113");
    placed.resolve();
    await calling;
    expect([dial.shown, dial.preview?.number.digits]).toEqual([true, "113"]);
  });

  it("takes a refusal for the end of the command", async () => {
    const { dial, placeCall } = phone(async () => Promise.reject(failure("refused")));
    await dial.show("+79001234567");
    await dial.confirm();
    await dial.confirm();
    const [first, second] = placeCall.mock.calls.map(([request]) => request.command);
    expect(second).not.toBe(first);
  });

  it("does not call where nothing can place calls", async () => {
    const placeCall = vi.fn();
    const dial = new Dial({ placeCall, previewDial: async ({ text }) => preview(text, { connections: [] }) });
    await dial.show("112");
    await dial.confirm();
    expect(dial.ready).toBe(false);
    expect(placeCall).not.toHaveBeenCalled();
  });

  it("goes through the connection that was chosen", async () => {
    const connections = ["north", "south"].map((office) =>
      dialConnection({ office, title: { ru: office, en: office } }),
    );
    const { dial, placeCall } = phone(undefined, { connections });
    await dial.show("112");
    dial.connection = connectionKey({ office: "south", connection: "rt1" });
    await dial.confirm();
    expect(placeCall.mock.calls[0]?.[0]).toMatchObject({ office: "south", connection: "rt1" });
  });

  it("shows a link as people write its number", async () => {
    const { dial } = phone();
    await dial.show("tel:+74951234567", "program");
    expect([dial.text, dial.preview?.number.digits]).toEqual(["shown tel:+74951234567", "tel:+74951234567"]);
  });

  it("says why a text cannot be dialled", async () => {
    const previewDial = async () => Promise.reject(failure("invalidRequest"));
    const dial = new Dial({ placeCall: vi.fn(), previewDial });
    await dial.type("123");
    expect([dial.error?.code, dial.ready]).toEqual(["invalidRequest", false]);
  });

  it("only invites to type when there is no number", async () => {
    const { dial, previewDial } = phone();
    await dial.show("");
    expect(dial.shown).toBe(true);
    expect(previewDial).not.toHaveBeenCalled();
  });

  const able = (...abilities: Ability[]): ControlView[] =>
    (["customerFirst", "groupCallback"] as const).map((ability) =>
      abilities.includes(ability) ? { ability } : { ability, cannot: "notOffered" },
    );
  const support = { number: "500", title: "Support" };

  it("begins with the own phone unless something else is chosen, and says what cannot be", async () => {
    const connections = [dialConnection({ controls: able("customerFirst") })];
    const { dial, placeCall } = phone(undefined, { connections });
    await dial.type("89001234567");
    expect([dial.choosesFirst, dial.groups]).toEqual([true, []]);
    expect(dial.missing).toEqual([{ why: "notOffered", abilities: ["groupCallback"] }]);
    await dial.confirm();
    expect(placeCall.mock.calls[0]?.[0]).not.toHaveProperty("customerFirst");
    expect(placeCall.mock.calls[0]?.[0]).not.toHaveProperty("group");
    await dial.type("89001234567");
    dial.customerFirst = true;
    await dial.confirm();
    expect(placeCall.mock.calls[1]?.[0]).toMatchObject({ customerFirst: true });
    await dial.type("89001234567");
    expect(dial.ringsCustomerFirst).toBe(false);
  });

  it("rings the chosen group, before or after the customer", async () => {
    const connections = [dialConnection({ controls: able("groupCallback"), groups: [support] })];
    const { dial, placeCall } = phone(undefined, { connections });
    await dial.type("89001234567");
    expect(dial.choosesFirst).toBe(false);
    expect(dial.missing).toEqual([{ why: "notOffered", abilities: ["customerFirst"] }]);
    dial.group = "500";
    expect(dial.missing).toEqual([]);
    dial.customerFirst = true;
    expect([dial.ringsGroup, dial.choosesFirst]).toEqual([support, true]);
    await dial.confirm();
    expect(placeCall.mock.calls[0]?.[0]).toMatchObject({ group: "500", customerFirst: true });
  });

  it("takes nothing of a choice to a connection that does not offer it", async () => {
    const connections = [
      dialConnection({ connection: "mg1", controls: able("groupCallback"), groups: [support] }),
      dialConnection({ connection: "zd1", controls: able("customerFirst") }),
      dialConnection({ connection: "rt1", controls: able() }),
    ];
    const alone = phone(undefined, { connections: [dialConnection({ controls: able() })] }).dial;
    await alone.type("89001234567");
    expect(alone.missing).toEqual([]);
    const ungrouped = phone(undefined, { connections: [dialConnection({ controls: able("groupCallback") })] }).dial;
    await ungrouped.type("89001234567");
    expect(ungrouped.lacksGroups).toBe(true);
    const { dial, placeCall } = phone(undefined, { connections });
    await dial.type("89001234567");
    dial.group = "500";
    dial.customerFirst = true;
    dial.connection = connectionKey({ office: "o", connection: "rt1" });
    expect([dial.ringsGroup, dial.ringsCustomerFirst, dial.groups]).toEqual([undefined, false, []]);
    expect(dial.missing).toEqual([{ why: "notOffered", abilities: ["customerFirst", "groupCallback"] }]);
    await dial.confirm();
    expect(Object.keys(placeCall.mock.calls[0]?.[0] ?? {}).sort()).toEqual([
      "command",
      "connection",
      "number",
      "office",
    ]);
  });

  it("calls a colleague from the own phone alone", async () => {
    const connections = [dialConnection({ controls: able("customerFirst", "groupCallback"), groups: [support] })];
    const { dial } = phone(undefined, { connections, number: { kind: "extension" } });
    await dial.type("205");
    dial.customerFirst = true;
    expect([dial.groups, dial.choosesFirst, dial.ringsCustomerFirst, dial.missing]).toEqual([[], false, false, []]);
  });
});
