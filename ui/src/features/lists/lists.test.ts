import { lists } from "$platform/fake/lists";
import { language } from "$lib/language.svelte";
import { objections } from "$tests/axe";
import { failure } from "$tests/build";
import { render, screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { listOf, rowsOf } from "./kinds";
import OfficeLists from "./OfficeLists.svelte";

const row = { state: "live" as const, refused: [], warnings: [], drained: 0, holes: [], abilities: [] };
const CONNECTIONS = [{ ...row, id: "rt1", title: { ru: "Ростелеком", en: "Rostelecom" } }];

async function show() {
  const platform = lists();
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
});
