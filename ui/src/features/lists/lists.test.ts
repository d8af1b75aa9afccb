import { lists } from "$platform/fake/lists";
import { language } from "$lib/language.svelte";
import { objections } from "$tests/axe";
import { failure } from "$tests/build";
import { render, screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { faultOf, listOf, rowsOf } from "./kinds";
import OfficeLists from "./OfficeLists.svelte";

const row = { state: "live" as const, refused: [], warnings: [], drained: 0, holes: [], abilities: [] };
const CONNECTIONS = [{ ...row, id: "rt1", title: { ru: "Ростелеком", en: "Rostelecom" } }];

async function show() {
  const platform = { ...lists(), showFile: vi.fn(async () => {}) };
  const main = document.querySelector("main") ?? document.body.appendChild(document.createElement("main"));
  render(OfficeLists, { target: main, props: { office: "o", connections: CONNECTIONS, platform } });
  await screen.findAllByTestId("list-row");
  return { platform, user: userEvent.setup() };
}

beforeEach(() => (language.code = "ru"));

describe("the lists of an office", () => {
  it("show what is fixed, and are saved whole onto what was seen", async () => {
    const { platform, user } = await show();
    const save = vi.spyOn(platform, "saveList");
    const [fixed] = screen.getAllByTestId("list-row");
    expect(fixed?.textContent).toMatch(/\+74951234567.*Продажи.*в файле шлюза/s);
    expect(within(fixed!).queryByTestId("list-remove")).toBeNull();
    await user.click(screen.getByTestId("lists-add"));
    await user.type(screen.getByTestId("list-number"), "+74951234568");
    await user.type(screen.getByTestId("list-groups"), "sales, support");
    // What is begun in one list is not lost by looking at another.
    expect(screen.getByTestId<HTMLButtonElement>("lists-groups").disabled).toBe(true);
    expect(await objections()).toEqual([]);
    await user.click(screen.getByTestId("lists-save"));
    const line = { connection: "rt1", number: "+74951234568", title: "", groups: ["sales", "support"], fixed: false };
    expect(save).toHaveBeenCalledWith({ office: "o", revision: 1, list: { kind: "lines", rows: [line] } });
    expect(await screen.findByTestId("lists-saved")).toBeTruthy();
  });

  it("stay as they were typed where another administrator was quicker, until they are read anew", async () => {
    const { platform, user } = await show();
    await user.click(screen.getByTestId("lists-people"));
    await user.clear(screen.getByTestId("list-name"));
    await user.type(screen.getByTestId("list-name"), "Пётр");
    platform.saveList = vi.fn().mockRejectedValueOnce(failure("changed"));
    await user.click(screen.getByTestId("lists-save"));
    const told = await screen.findByTestId("error");
    expect(told.textContent).toContain("другой администратор");
    expect(screen.getByTestId<HTMLInputElement>("list-name").value).toBe("Пётр");
    await user.click(within(told).getByRole("button"));
    await vi.waitFor(() => expect(screen.getByTestId<HTMLInputElement>("list-name").value).toBe("Пётр Волков"));
  });

  it("say what would not be taken as it was typed, and are not saved until it is mended", async () => {
    const { platform, user } = await show();
    const save = vi.spyOn(platform, "saveList");
    await user.click(screen.getByTestId("lists-contacts"));
    await user.click(screen.getByTestId("lists-add"));
    const [number] = screen.getAllByTestId("list-number");
    const [scenario] = screen.getAllByTestId("list-scenario");
    await user.type(number!, "+79001234599");
    await user.type(scenario!, "rt1:главное меню");
    await user.click(screen.getByTestId("lists-save"));
    expect((await screen.findByTestId("error")).textContent).toMatch(/\+79001234599.*Сценарий.*меню.*не сохранено/su);
    expect(save).not.toHaveBeenCalled();
    await user.clear(scenario!);
    expect(screen.queryByTestId("error")).toBeNull();
    await user.type(scenario!, "rt1:0-1");
    await user.click(screen.getByTestId("lists-save"));
    await vi.waitFor(() => expect(save).toHaveBeenCalled());
  });

  it("have a fault wherever a word or a row would be lost", () => {
    const row = (cells: Record<string, string>, fixed = false) => ({ cells, fixed });
    const contact = (responsible: string, scenario = "") => [row({ number: "+7900", responsible, scenario })];
    const of = (rows: ReturnType<typeof contact>) => {
      const fault = faultOf("contacts", rows);
      return fault && [fault.field, fault.kind, fault.part];
    };
    expect(of(contact("rt1:201 mg1:5", "rt1:a:b"))).toBeUndefined();
    expect(of(contact("rt1:201 rt1:202"))).toEqual(["responsible", "twice", "rt1"]);
    expect(of(contact("201"))).toEqual(["responsible", "pair", "201"]);
    expect(of(contact("", "rt1: 5"))).toEqual(["scenario", "pair", "rt1:"]);
    expect(of([...contact(""), ...contact("")])).toEqual(["number", "double", "+7900"]);
    const line = (connection: string, fixed = false) => row({ number: "+7495", connection }, fixed);
    expect(faultOf("lines", [line("rt1"), line("mg1")])).toBeUndefined();
    expect(faultOf("lines", [line("rt1", true), line("rt1")])?.kind).toBe("double");
    expect(faultOf("groups", [row({ id: "sales" }), row({ id: "sales " })])?.part).toBe("sales");
    // An empty row is for the gateway to refuse.
    expect(faultOf("people", [row({}), row({})])).toBeUndefined();
  });

  it("go to a gateway as they came from it", async () => {
    const contacts = [
      {
        number: "+79001234567",
        name: "Олег",
        responsible: { rt1: "201", mg1: "5" },
        scenario: { rt1: "0-1" },
        blocked: "busy" as const,
        fixed: false,
      },
      { number: "+79001234568", name: "", responsible: {}, scenario: {}, fixed: false },
    ];
    const told = { ...(await lists().officeLists({ office: "o" })), contacts };
    expect(listOf("contacts", rowsOf(told, "contacts"))).toEqual({ kind: "contacts", rows: contacts });
    expect(listOf("people", rowsOf(told, "people"))).toEqual({ kind: "people", rows: told.people });
    expect(listOf("lines", rowsOf(told, "lines"))).toEqual({ kind: "lines", rows: [] });
  });

  it("are kept with the rest of the setup in a TOML file, which says where it is or why there is none", async () => {
    const { platform, user } = await show();
    const save = vi.spyOn(platform, "exportSetup").mockRejectedValueOnce(failure("storage"));
    await user.click(screen.getByTestId("setup-export"));
    expect(await screen.findByTestId("error")).toBeTruthy();
    await user.click(screen.getByTestId("setup-export"));
    const file = (await screen.findByTestId("setup-file")).textContent;
    expect(file).toMatch(/\.toml$/);
    expect(screen.queryByTestId("error")).toBeNull();
    expect(save).toHaveBeenCalledWith({ office: "o" });
    await user.click(screen.getByTestId("setup-file-show"));
    expect(platform.showFile).toHaveBeenCalledWith({ file });
    expect(await objections()).toEqual([]);
  });
});
