import { language } from "$lib/language.svelte";
import { people as platformOf } from "$platform/fake/people";
import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import ImportPeople from "./ImportPeople.svelte";
import { People } from "./people.svelte";

describe("the example of a table of people", () => {
  it.each([
    ["ru", "Анна Смирнова;сотрудник;mango-2:201;sales", "сотрудник, руководитель, администратор"],
    ["en", "Anna Smirnova;agent;mango-2:201;sales", "agent, manager, admin"],
  ] as const)("can be taken in as it stands, in %s, with a connection of this office", async (code, line, roles) => {
    language.code = code;
    const platform = platformOf();
    const preview = vi.spyOn(platform, "previewPeople");
    render(ImportPeople, { people: new People(platform, "office"), connection: "mango-2", done: vi.fn() });
    const form = screen.getByTestId("people-import-form").textContent;
    expect(form).toContain("mango-2:201 mango-2:202");
    expect(form).toContain(roles);
    const field = screen.getByTestId<HTMLTextAreaElement>("import-text");
    const user = userEvent.setup();
    await user.type(field, field.placeholder);
    await user.click(screen.getByTestId("import-look"));
    expect(await screen.findByTestId("import-row")).toBeTruthy();
    expect(preview.mock.calls[0]?.[0].table).toBe(line);
  });
});
