import type { AuditAction } from "$generated/AuditAction";
import { language } from "$lib/language.svelte";
import { audited, auditor, auditText } from "$messages/audit";
import { mainPlatform } from "$platform/browser";
import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Audit } from "./audit.svelte";
import AuditView from "./AuditView.svelte";
// What the program writes, so that a word that is missing at run time is found as well.
import generated from "$generated/AuditAction.ts?raw";

beforeEach(() => (language.code = "ru"));

function shown(platform = mainPlatform()) {
  const audit = new Audit(platform);
  render(AuditView, { audit, office: "demo" });
  return { user: userEvent.setup(), audit };
}

const rows = () => screen.queryAllByTestId("audit-row");
const actions = () => rows().map((row) => row.dataset["action"]);

describe("The audit", () => {
  it("says who did what to which object, newest first, under its day", async () => {
    shown();
    await screen.findAllByTestId("audit-row");
    expect(actions().slice(0, 3)).toEqual(["changedRights", "changedList", "revealNumbers"]);
    expect(rows()[0]?.textContent).toMatch(/\d\d:\d\d\s*Анна\s*Права изменены\s*Пётр/);
    expect(rows()[1]?.textContent).toContain("Линии");
    expect(rows()[2]?.textContent).toContain("Запись 8");
    expect(screen.getAllByTestId("audit-day")[0]?.textContent).toMatch(/^(Сегодня|Вчера|\p{Lu}[\p{Ll}]+), \d/u);
    language.code = "en";
    await vi.waitFor(() => expect(rows()[0]?.textContent).toContain("Rights changed"));
  });

  it("goes on page by page to its end", async () => {
    const { user } = shown();
    await user.click(await screen.findByTestId("audit-more"));
    await vi.waitFor(() => expect(rows()).toHaveLength(8));
    expect(rows().at(-1)?.textContent).toContain("Командная строка шлюза");
    expect(screen.queryByTestId("audit-more")).toBeNull();
  });

  it("opens an entry as it was written, by keys alone", async () => {
    const { user } = shown();
    const [first, second] = await screen.findAllByTestId("audit-row");
    first?.focus();
    await user.keyboard("{ArrowDown}");
    expect(document.activeElement).toBe(second);
    await user.keyboard("{ArrowUp}{Enter}");
    expect(screen.getByTestId("audit-whole").textContent).toContain("Анна (t2) · Пётр · token t1; before: agent");
    await user.keyboard("{Enter}");
    expect(screen.queryByTestId("audit-whole")).toBeNull();
  });

  it("says that it is being opened, that nothing is there, and why it could not be read", async () => {
    const platform = mainPlatform();
    const asked = vi.spyOn(platform, "auditPage").mockRejectedValueOnce({ code: "unreachable", message: "" });
    const { user } = shown(platform);
    expect(screen.getByText("Открываем изменения…")).toBeTruthy();
    asked.mockResolvedValueOnce({ entries: [] });
    await user.click(await screen.findByRole("button"));
    expect(await screen.findByText("Изменений пока нет")).toBeTruthy();
    await user.keyboard("r");
    expect(await screen.findAllByTestId("audit-row")).toHaveLength(5);
  });

  it("passes over the answer of an office that is not looked at any more", async () => {
    const platform = mainPlatform();
    const audit = new Audit(platform);
    let resolve: (page: { entries: [] }) => void = () => undefined;
    vi.spyOn(platform, "auditPage").mockReturnValueOnce(new Promise((answer) => (resolve = answer)));
    const first = audit.show("other");
    await audit.show("demo");
    resolve({ entries: [] });
    await first;
    expect(audit.entries).toHaveLength(5);
  });

  it.each(["ru", "en"] as const)("has a word for every action that is written, in %s", (code) => {
    language.code = code;
    const known = [...generated.matchAll(/"(\w+)"/g)].map(([, name]) => name as AuditAction);
    expect(known.length).toBeGreaterThan(20);
    expect(Object.keys(auditText().action).sort()).toEqual([...known].sort());
    const words = known.map((action) => auditText().action[action]);
    expect(new Set(words).size).toBe(words.length);
    expect(words.every((word) => /^\p{Lu}/u.test(word))).toBe(true);
  });

  it("names whoever did it without the id of his token, and the computer where he gave no name", () => {
    expect(auditor("Ольга (Склад) (t1)")).toBe("Ольга (Склад)");
    expect(auditor(" (own)")).toBe("Этот компьютер");
    expect(audited("changedList", "other")).toBe("other");
    expect(audited("clearJournal", "journal")).toBe("");
    expect(audited("invited", undefined)).toBe("");
  });
});
