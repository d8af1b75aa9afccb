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

async function show(platform = people()) {
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
    expect(gone).toMatch(/Пётр Волков.*Свои звонки · 102 · sales.*Последний раз/s);
    expect(await objections()).toEqual([]);
  });

  it("are read anew where nobody knows whether somebody was invited, which is said", async () => {
    const { platform, user } = await show();
    const made = platform.importPeople.bind(platform);
    vi.spyOn(platform, "importPeople").mockImplementationOnce(async (request) => {
      await made(request);
      throw failure("unknownOutcome");
    });
    await user.click(screen.getByTestId("people-import"));
    await user.type(screen.getByTestId("import-text"), "Олег;agent;rt1:104;");
    await user.click(screen.getByTestId("import-look"));
    await user.click(await screen.findByTestId("import-invite"));
    expect((await screen.findByTestId("error")).textContent).toContain("выпустите новую ссылку");
    expect(screen.queryByTestId("imported-links")).toBeNull();
    const rows = screen.getAllByTestId("invitation-row").map((row) => row.textContent ?? "");
    expect(rows.some((row) => row.includes("Олег"))).toBe(true);
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
    await user.click(screen.getByTestId("invitation-confirm"));
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
    vi.spyOn(platform, "removePerson").mockRejectedValueOnce(failure("lastAdmin"));
    await user.click(within(first!).getByTestId("person-remove"));
    await user.click(screen.getByTestId("person-remove-confirm"));
    expect((await screen.findByTestId("error")).textContent).toContain("последний администратор");
    // What failed before is not said of what is tried now.
    let answered = () => {};
    vi.spyOn(platform, "changeRights").mockImplementationOnce(() => new Promise((resolve) => (answered = resolve)));
    await user.click(within(first!).getByTestId("person-change"));
    await user.click(screen.getByTestId("rights-save"));
    expect(screen.queryByTestId("error")).toBeNull();
    answered();
    await vi.waitFor(() => expect(screen.queryByTestId("rights-form")).toBeNull());
  });

  it("lose the extensions of a PBX that was removed with their next change, and are told so before", async () => {
    const platform = people();
    const { people: listed, invitations } = await platform.officePeople({ office: OFFICE.id });
    const old = listed[1]!;
    const extensions = [...old.rights.extensions, { connection: "rt9", extension: "901" }];
    const told = { people: [{ ...old, rights: { ...old.rights, extensions } }], invitations };
    platform.officePeople = async () => told;
    const change = vi.spyOn(platform, "changeRights");
    const { user } = await show(platform);
    await user.click(screen.getByTestId("person-change"));
    expect(screen.getByTestId("rights-gone").textContent).toContain("rt9:901");
    await user.selectOptions(screen.getByTestId("invite-role"), "manager");
    await user.click(screen.getByTestId("rights-save"));
    expect(change.mock.calls[0]?.[0].rights.extensions).toEqual([{ connection: "rt1", extension: "102" }]);
  });

  it("are found among ten thousand, of whom the first are drawn", async () => {
    const platform = people();
    const rights = { role: "agent" as const, extensions: [], groups: [] };
    const all = Array.from({ length: 10_000 }, (_, place) => {
      const extension = { connection: "rt1", extension: `${10_000 + place}` };
      return {
        id: `t${place}`,
        name: `Сотрудник ${place}`,
        rights: { ...rights, extensions: [extension] },
        online: false,
      };
    });
    platform.officePeople = async () => ({ people: all, invitations: [] });
    const { user } = await show(platform);
    expect(screen.getAllByTestId("person-row")).toHaveLength(100);
    expect(screen.getByText("Показано 100 из 10000")).toBeTruthy();
    await user.click(screen.getByTestId("people-more"));
    expect(screen.getAllByTestId("person-row")).toHaveLength(200);
    await user.type(screen.getByTestId("people-search"), "сотрудник 19999");
    expect(screen.getAllByTestId("person-row").map((row) => row.textContent)).toEqual([
      expect.stringContaining("Сотрудник 9999"),
    ]);
    await user.type(screen.getByTestId("people-search"), "9");
    expect(screen.getByText("Никого не нашли.")).toBeTruthy();
  });

  it("are invited by a table in the encoding of a spreadsheet, everybody or nobody", async () => {
    const { platform, user } = await show();
    await user.click(screen.getByTestId("people-import"));
    await user.type(screen.getByTestId("import-text"), "Анна;agent;rt1:201;sales{enter}Борис;boss;;");
    await user.click(screen.getByTestId("import-look"));
    expect((await screen.findByTestId("import-problem")).textContent).toMatch(/Строка 2: «boss» — не роль.*Никто/);
    const imported = vi.spyOn(platform, "importPeople");
    // «Анна;agent;rt1:201;\nЁж;admin;;» in Windows-1251.
    const bytes = Uint8Array.of(
      ...[0xc0, 0xed, 0xed, 0xe0],
      ...code(";agent;rt1:201;\n"),
      ...[0xa8, 0xe6],
      ...code(";admin;;"),
    );
    await user.upload(screen.getByTestId("import-file"), new File([bytes], "people.csv", { type: "text/csv" }));
    const rows = await screen.findAllByTestId("import-row");
    expect(rows.map((row) => row.textContent?.replace(/\s+/g, " ").trim())).toEqual([
      "Анна Свои звонки · rt1:201",
      "Ёж Все звонки и настройки",
    ]);
    expect(imported).not.toHaveBeenCalled();
    expect(await objections()).toEqual([]);
    await user.click(screen.getByTestId("import-invite"));
    expect(await screen.findByText("Готово: 2 приглашения")).toBeTruthy();
    await user.click(screen.getByTestId("imported-keep"));
    expect((await screen.findByTestId("imported-file")).textContent).toContain("Downloads/trubka-");
    expect(await objections()).toEqual([]);
    await user.click(screen.getByTestId("imported-done"));
    expect(screen.queryByTestId("imported-links")).toBeNull();
  });

  it("is not looked at where it is no list of people, and the reason is said", async () => {
    const platform = people();
    const preview = vi.spyOn(platform, "previewPeople");
    const { user } = await show(platform);
    await user.click(screen.getByTestId("people-import"));
    const choose = (file: File) => user.upload(screen.getByTestId("import-file"), file);
    const told = async () => (await screen.findByTestId("import-fault")).textContent;
    const file = (bytes: Uint8Array<ArrayBuffer>) => new File([bytes], "people.csv", { type: "text/csv" });
    await choose(file(new Uint8Array(4 * 1024 * 1024 + 1).fill(59)));
    expect(await told()).toContain("больше 4 МБ");
    await choose(file(Uint8Array.of(...code("PK"), 3, 4, 0, 0, 0)));
    await vi.waitFor(async () => expect(await told()).toContain("как CSV"));
    // It fits as it is, and not as it is sent.
    await choose(file(new Uint8Array(3 * 1024 * 1024).fill(34)));
    await vi.waitFor(async () => expect(await told()).toContain("больше 4 МБ"));
    const gone = file(Uint8Array.of(...code("Anna;agent;;")));
    const read = vi.spyOn(FileReader.prototype, "readAsArrayBuffer").mockImplementationOnce(function (
      this: FileReader,
    ) {
      queueMicrotask(() => this.onerror?.(new ProgressEvent("error") as ProgressEvent<FileReader>));
    });
    await choose(gone);
    await vi.waitFor(async () => expect(await told()).toContain("не читается"));
    read.mockRestore();
    expect(await objections()).toEqual([]);
    expect(preview).not.toHaveBeenCalled();
    await choose(gone);
    expect(await screen.findAllByTestId("import-row")).toHaveLength(1);
    expect(screen.queryByTestId("import-fault")).toBeNull();
  });
});

describe("an open invitation", () => {
  it("gets another link where its link was lost", async () => {
    const platform = people();
    const { user } = await show(platform);
    const reissued = vi.spyOn(platform, "reissueInvitation");
    await user.click(screen.getByTestId("invitation-reissue"));
    await user.click(screen.getByTestId("invitation-cancel"));
    expect(screen.queryByTestId("invitation-confirm")).toBeNull();
    await user.click(screen.getByTestId("invitation-reissue"));
    await user.click(screen.getByTestId("invitation-confirm"));
    expect((await screen.findByTestId<HTMLInputElement>("invited-link")).value).toContain("98765-43210");
    expect(reissued).toHaveBeenCalledWith({ office: OFFICE.id, invitation: "i1" });
    expect(await objections()).toEqual([]);
    await user.click(screen.getByTestId("invitation-revoke"));
    await user.click(screen.getByTestId("invitation-confirm"));
    await vi.waitFor(() => expect(screen.queryByTestId("invitation-reissue")).toBeNull());
  });
});

const code = (text: string) => [...text].map((letter) => letter.charCodeAt(0));
