import type { JournalLine } from "$generated/JournalLine";
import type { SignatureCheck } from "$generated/SignatureCheck";
import { language } from "$lib/language.svelte";
import { mainPlatform } from "$platform/browser";
import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Journal } from "./journal.svelte";
import JournalView from "./JournalView.svelte";

beforeEach(() => (language.code = "ru"));

async function opened() {
  const platform = mainPlatform();
  render(JournalView, { journal: new Journal(platform), office: "demo", showPath: vi.fn() });
  await screen.findAllByTestId("journal-row");
  return { user: userEvent.setup(), platform };
}

const methods = () => screen.queryAllByTestId("journal-row").map((row) => row.dataset["method"]);

describe("What is done with the request journal", () => {
  it("says that a signature is being checked, and calls that of our own request by another name", async () => {
    const { user, platform } = await opened();
    let answer: (check: SignatureCheck) => void = () => undefined;
    vi.spyOn(platform, "checkSignature").mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
    const rows = screen.getAllByTestId("journal-row");
    await user.click(rows[1] as HTMLElement);
    const button = await screen.findByTestId("journal-signature");
    expect(button.textContent?.trim()).toBe("Проверить подпись");
    await user.click(button);
    await vi.waitFor(() => expect(button.textContent?.trim()).toBe("Проверяем…"));
    await user.click(button);
    await user.click(screen.getByTestId("journal-again"));
    expect(platform.checkSignature).toHaveBeenCalledOnce();
    expect(screen.queryByTestId("journal-replay")).toBeNull();
    answer({ kind: "right" });
    await vi.waitFor(() => expect(button.textContent?.trim()).toBe("Проверить подпись"));
    expect(document.activeElement).toBe(screen.getByTestId("journal-again"));
    await user.click(rows[4] as HTMLElement);
    await vi.waitFor(() => expect(screen.getByTestId("journal-signature").textContent?.trim()).toBe("Чем подписан"));
  });

  it("names what has a name of ours in the language of the reader, also in the choice of methods", async () => {
    const platform = mainPlatform();
    const page = await platform.journalPage({ office: "demo", filter: { errors: false } });
    const [line] = page.entries as [JournalLine];
    const of = (method: string, id: number): JournalLine => ({ ...line, method, id });
    const names = ["test notification", "late test notification", "call_events", "brand_new_method"];
    const entries = names.map((method, index) => of(method, names.length - index));
    vi.spyOn(platform, "journalPage").mockResolvedValue({ entries, methods: entries.map(({ method }) => method) });
    render(JournalView, { journal: new Journal(platform), office: "demo", showPath: vi.fn() });
    const rows = await screen.findAllByTestId("journal-row");
    expect(rows[0]?.textContent).toContain("Тестовое уведомление");
    expect(rows[1]?.textContent).toContain("Тестовое уведомление, опоздало");
    expect(rows[2]?.textContent).toContain("Событие звонка call_events");
    expect(rows[2]?.querySelector("code")?.textContent).toBe("call_events");
    expect(rows[3]?.textContent).toContain("brand_new_method");
    expect(rows[3]?.querySelector("code")).toBeNull();
    const { options } = screen.getByTestId<HTMLSelectElement>("journal-method");
    const offered = [...options].map(({ textContent }) => textContent?.trim());
    expect(offered).toContain("Тестовое уведомление");
    expect(offered).toContain("Событие звонка (call_events)");
    language.code = "en";
    await vi.waitFor(() => expect(rows[0]?.textContent).toContain("Test notification"));
  });

  it("asks the PBX once more and shows the answer, or says why not", async () => {
    const { user, platform } = await opened();
    const [repeat, page] = [vi.spyOn(platform, "repeatRequest"), vi.spyOn(platform, "journalPage")];
    const rows = screen.getAllByTestId("journal-row");
    await user.click(rows[3] as HTMLElement);
    const button = await screen.findByTestId<HTMLButtonElement>("journal-again");
    expect(button.disabled).toBe(true);
    expect(screen.getByTestId("journal-again-why").textContent).toContain("звонит или что-то меняет");
    expect(button.getAttribute("aria-describedby")).toBe(screen.getByTestId("journal-again-why").id);
    await user.click(rows[4] as HTMLElement);
    await vi.waitFor(() => expect(screen.getByTestId("journal-again").dataset["how"]).toBe("ask"));
    await user.click(screen.getByTestId("journal-again"));
    const says = await screen.findByTestId("journal-asked");
    expect(says.textContent).toContain("АТС такого не нашла");
    expect(screen.getByTestId("journal-asked-answer").textContent).toContain("404");
    expect(repeat).toHaveBeenCalledExactlyOnceWith({ office: "demo", id: 5 });
    expect(page, "the new request is in the list").toHaveBeenCalled();
    await user.click(rows[1] as HTMLElement);
    await vi.waitFor(() => expect(screen.queryByTestId("journal-asked")).toBeNull());
  });

  it("reads a webhook once more and shows what it meant then beside what it means now", async () => {
    const { user, platform } = await opened();
    const rows = screen.getAllByTestId("journal-row");
    await user.click(rows[1] as HTMLElement);
    await user.click(await screen.findByTestId("journal-again"));
    expect((await screen.findByTestId("journal-replay")).dataset["same"]).toBe("true");
    await user.click(rows[2] as HTMLElement);
    await vi.waitFor(() => expect(screen.queryByTestId("journal-replay")).toBeNull());
    await user.click(screen.getByTestId("journal-again"));
    await vi.waitFor(() => expect(screen.getByTestId("journal-replay").dataset["same"]).toBe("false"));
    expect(screen.getByTestId("journal-before").textContent).toContain("подпись не совпала");
    expect(screen.getByTestId("journal-now").textContent).toContain("начало звонка, звонит телефон");
    vi.spyOn(platform, "replayWebhook").mockRejectedValueOnce({ code: "gone", message: "" });
    await user.click(screen.getByTestId("journal-again"));
    expect(await screen.findByTestId("error")).toBeTruthy();
  });

  it("says that a body was cut, where there is no command for it", async () => {
    const { user, platform } = await opened();
    const detail = await platform.journalEntry({ office: "demo", id: 8, reveal: false });
    const { curl, ...without } = detail;
    expect(curl).toBeTruthy();
    vi.spyOn(platform, "journalEntry").mockResolvedValueOnce({ ...without, cut: true });
    await user.click(screen.getAllByTestId("journal-row")[1] as HTMLElement);
    expect((await screen.findByTestId("journal-cut")).textContent).toContain("обрезано");
    expect(screen.queryByTestId("journal-curl")).toBeNull();
  });

  it("puts what the filter shows into a file, and leads to its folder", async () => {
    const { user, platform } = await opened();
    const [save, show] = [vi.spyOn(platform, "exportJournal"), vi.spyOn(platform, "showFile")];
    await user.click(screen.getByTestId("journal-errors"));
    await vi.waitFor(() => expect(methods()).toHaveLength(2));
    await user.click(screen.getByTestId("journal-export"));
    expect((await screen.findByTestId("journal-exported")).textContent).toContain("2 запроса");
    const [request] = save.mock.calls[0] as Parameters<typeof platform.exportJournal>;
    expect(request.filter).toEqual({ errors: true });
    expect(request.words.separator).toBe("semicolon");
    expect(request.words.columns).toHaveLength(10);
    expect(request.words.methods["test notification"]).toBe("Тестовое уведомление");
    const { textContent: file } = screen.getByTestId("journal-file");
    show.mockRejectedValueOnce({ code: "unsupported", message: "" });
    await user.click(screen.getByTestId("journal-file-show"));
    expect(await screen.findByTestId("journal-file-failed")).toBeTruthy();
    await user.click(screen.getByTestId("journal-file-show"));
    await vi.waitFor(() => expect(screen.queryByTestId("journal-file-failed")).toBeNull());
    expect(show).toHaveBeenLastCalledWith({ file });
    vi.spyOn(platform, "exportJournal").mockRejectedValueOnce({ code: "storage", message: "" });
    await user.click(screen.getByTestId("journal-export"));
    expect(await screen.findByTestId("error")).toBeTruthy();
    expect(screen.queryByTestId("journal-exported")).toBeNull();
  });
});
