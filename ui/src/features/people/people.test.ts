import type { OfficeView } from "$generated/OfficeView";
import { people } from "$platform/fake/people";
import { language } from "$lib/language.svelte";
import { objections } from "$tests/axe";
import { failure } from "$tests/build";
import { render, screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import PeopleView from "./PeopleView.svelte";

const OFFICE: OfficeView = {
  id: "calls.ladoga.example",
  name: "Ладога",
  address: "https://calls.ladoga.example/",
  demo: false,
  admin: true,
  link: "live",
  clockOffsetMs: 0,
  connections: [
    {
      id: "rt1",
      title: { ru: "Ростелеком", en: "Rostelecom" },
      state: "live",
      refused: [],
      warnings: [],
      drained: 0,
      holes: [],
      abilities: [],
    },
  ],
};

async function show() {
  const platform = people();
  const main = document.querySelector("main") ?? document.body.appendChild(document.createElement("main"));
  render(PeopleView, { target: main, props: { offices: [OFFICE], platform } });
  await screen.findAllByTestId("person-row");
  return { platform, user: userEvent.setup() };
}

beforeEach(() => (language.code = "ru"));

describe("people and desks", () => {
  it("are listed with what they see, their computer, and when they were here", async () => {
    await show();
    const [here, gone] = screen.getAllByTestId("person-row").map((row) => row.textContent ?? "");
    expect(here).toMatch(/Марина Белова.*Все звонки и настройки · 110.*BELOVA-PC · Trubka\/0\.3\.0.*На связи/s);
    expect(gone).toMatch(/Пётр Волков.*Свои звонки · 102 · sales.*Был на связи/s);
    expect(await objections()).toEqual([]);
  });

  it("are invited by a link that is shown once", async () => {
    const { platform, user } = await show();
    const invite = vi.spyOn(platform, "invitePerson");
    await user.click(screen.getByTestId("people-invite"));
    await user.type(screen.getByTestId("invite-name"), "Олег");
    await user.type(screen.getByTestId("invite-extension-rt1"), "104, 105");
    await user.click(screen.getByTestId("rights-save"));
    const extensions = ["104", "105"].map((extension) => ({ connection: "rt1", extension }));
    const rights = { role: "agent", extensions, groups: [] };
    expect(invite).toHaveBeenCalledWith({ office: OFFICE.id, name: "Олег", rights });
    const link = await screen.findByTestId<HTMLInputElement>("invited-link");
    expect(link.value).toContain("trubka://join/");
    expect(await objections()).toEqual([]);
    await user.click(screen.getByTestId("invited-done"));
    expect(screen.queryByTestId("invited-link")).toBeNull();
    expect(screen.getAllByTestId("invitation-row")).toHaveLength(2);
  });

  it("lose their invitation, their rights and their place", async () => {
    const { platform, user } = await show();
    await user.click(screen.getByTestId("invitation-revoke"));
    expect((await screen.findByText("Отозвано")).closest("li")?.dataset.state).toBe("revoked");
    const change = vi.spyOn(platform, "changeRights");
    const [first, second] = screen.getAllByTestId("person-row");
    await user.click(within(second!).getByTestId("person-change"));
    await user.selectOptions(screen.getByTestId("invite-role"), "manager");
    await user.click(screen.getByTestId("rights-save"));
    expect(change.mock.calls[0]?.[0]).toMatchObject({ person: "t2", rights: { role: "manager", groups: ["sales"] } });
    await user.click(within(second!).getByTestId("person-remove"));
    await user.click(screen.getByTestId("person-remove-confirm"));
    await vi.waitFor(() => expect(screen.getAllByTestId("person-row")).toHaveLength(1));
    vi.spyOn(platform, "removePerson").mockRejectedValueOnce(failure("ended"));
    await user.click(within(first!).getByTestId("person-remove"));
    await user.click(screen.getByTestId("person-remove-confirm"));
    expect((await screen.findByTestId("error")).textContent).toContain("последний администратор");
  });
});
