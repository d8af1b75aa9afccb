import { language } from "$lib/language.svelte";
import { mainPlatform } from "$platform/browser";
import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { exported, Journal } from "./journal.svelte";
import JournalView from "./JournalView.svelte";

beforeEach(() => (language.code = "ru"));

async function opened() {
  const platform = mainPlatform();
  const [journal, showPath] = [new Journal(platform), vi.fn()];
  const { unmount } = render(JournalView, { journal, office: "demo", showPath });
  await screen.findAllByTestId("journal-row");
  return { user: userEvent.setup(), platform, journal, showPath, unmount };
}

const methods = () => screen.queryAllByTestId("journal-row").map((row) => row.dataset["method"]);

describe("The request journal", () => {
  it("is narrowed by direction and errors, and widened again", async () => {
    const { user } = await opened();
    expect(methods()).toEqual(["end", "new", "call_events", "call_back", "get_record", "new"]);
    await user.click(screen.getByTestId("journal-outgoing"));
    await vi.waitFor(() => expect(methods()).toEqual(["call_back", "get_record"]));
    await user.click(screen.getByTestId("journal-errors"));
    await vi.waitFor(() => expect(methods()).toEqual(["get_record"]));
    await user.click(screen.getByTestId("journal-unfilter"));
    await vi.waitFor(() => expect(methods()).toHaveLength(6));
  });

  it("offers every method that it met, and shows those of one", async () => {
    const { user } = await opened();
    const select = screen.getByTestId<HTMLSelectElement>("journal-method");
    await user.selectOptions(select, "new");
    await vi.waitFor(() => expect(methods()).toEqual(["new", "new"]));
    expect([...select.options].map((option) => option.value)).toEqual([
      "",
      "call_back",
      "call_events",
      "end",
      "get_record",
      "new",
    ]);
  });

  it("says that nothing fits where nothing does", async () => {
    const { user } = await opened();
    await user.selectOptions(screen.getByTestId("journal-method"), "new");
    await user.click(screen.getByTestId("journal-errors"));
    expect(await screen.findByText("Запросов не нашлось")).toBeTruthy();
  });

  it("opens an entry, reveals its number only when asked to, and leads to its call", async () => {
    const { user, showPath } = await opened();
    const row = screen.getAllByTestId("journal-row")[1] as HTMLElement;
    await user.click(row);
    const body = await screen.findByTestId("journal-request");
    expect(body.textContent).toContain("+7921•••••41");
    expect(row.getAttribute("aria-expanded")).toBe("true");
    await user.click(screen.getByTestId("journal-reveal"));
    await vi.waitFor(() => expect(screen.getByTestId("journal-request").textContent).toContain("+79213300841"));
    expect(screen.queryByTestId("journal-reveal")).toBeNull();
    await user.click(screen.getByTestId("journal-call"));
    expect(showPath).toHaveBeenCalledExactlyOnceWith("call1");
    await user.click(row);
    expect(screen.queryByTestId("journal-bodies")).toBeNull();
  });

  it("says why a row failed in the language of the reader, and when it was by its day", async () => {
    const { user } = await opened();
    const rows = screen.getAllByTestId("journal-row");
    expect(rows[2]?.textContent).toContain("подпись не совпала");
    expect(rows[4]?.textContent).toContain("АТС такого не нашла");
    expect(screen.getAllByTestId("journal-day")[0]?.textContent).toMatch(/^(Сегодня|Вчера|\p{Lu}[\p{Ll}]+), \d/u);
    await user.click(rows[2] as HTMLElement);
    const outcome = await screen.findByTestId("journal-outcome");
    expect(outcome.textContent).toBe("Причина: подпись не совпала");
    language.code = "en";
    await vi.waitFor(() => expect(outcome.textContent).toBe("Reason: signature did not match"));
  });

  it("checks the signature of the open entry, and says nothing of it at the next", async () => {
    const { user, platform } = await opened();
    const rows = screen.getAllByTestId("journal-row");
    const says = () => screen.getByTestId("journal-signature-says");
    await user.click(rows[2] as HTMLElement);
    await user.click(await screen.findByTestId("journal-signature"));
    await vi.waitFor(() => expect(says().dataset["kind"]).toBe("wrong"));
    expect(says().textContent).toContain("подпись не совпала");
    await user.click(rows[1] as HTMLElement);
    await vi.waitFor(() => expect(says().dataset["kind"]).toBeUndefined());
    await user.click(screen.getByTestId("journal-signature"));
    await vi.waitFor(() => expect(says().textContent).toContain("Подпись верна"));
    vi.spyOn(platform, "checkSignature").mockRejectedValueOnce({ code: "unreachable", message: "" });
    await user.click(screen.getByTestId("journal-signature"));
    expect(await screen.findByTestId("error")).toBeTruthy();
  });

  it("gives the request as a line of curl, with the numbers once they are revealed", async () => {
    const { user } = await opened();
    await user.click(screen.getAllByTestId("journal-row")[3] as HTMLElement);
    const line = async () => {
      await user.click(screen.getByTestId("journal-curl-copy"));
      await vi.waitFor(() => expect(screen.getByTestId("journal-curl-copy").dataset["done"]).toBe("copied"));
      return navigator.clipboard.readText();
    };
    await screen.findByTestId("journal-curl");
    expect(await line()).toMatch(/^curl .*\$TRUBKA_X_CLIENT_SIGN.*\+7921•••••41/);
    await user.click(screen.getByTestId("journal-reveal"));
    await vi.waitFor(() => expect(screen.getByTestId("journal-curl").textContent).toContain("+79213300841"));
    expect(await line()).toContain("+79213300841");
  });

  it("is walked with arrows, and has the focus where one comes back from a call", async () => {
    const { user, journal, showPath, unmount } = await opened();
    const rows = screen.getAllByTestId("journal-row");
    rows[0]?.focus();
    await user.keyboard("{ArrowDown}{Enter}");
    expect(document.activeElement).toBe(rows[1]);
    await user.click(await screen.findByTestId("journal-call"));
    unmount();
    render(JournalView, { journal, office: "demo", showPath });
    await vi.waitFor(() => expect(document.activeElement?.getAttribute("aria-expanded")).toBe("true"));
    expect(await screen.findByTestId("journal-bodies")).toBeTruthy();
  });

  it("keeps the list where one entry cannot be had, and looks further where nothing fitted so far", async () => {
    const { user, platform } = await opened();
    const entry = vi.spyOn(platform, "journalEntry").mockRejectedValueOnce({ code: "notFound", message: "gone" });
    const rows = screen.getAllByTestId("journal-row");
    await user.click(rows[0] as HTMLElement);
    expect(await screen.findByTestId("error")).toBeTruthy();
    await user.click(rows[1] as HTMLElement);
    expect(await screen.findByTestId("journal-bodies")).toBeTruthy();
    expect(entry).toHaveBeenCalledTimes(2);
    vi.spyOn(platform, "journalPage").mockResolvedValueOnce({ entries: [], methods: [], next: 4 });
    await user.click(screen.getByTestId("journal-refresh"));
    expect(await screen.findByText(/можно смотреть дальше/)).toBeTruthy();
    await user.click(screen.getByTestId("journal-more"));
    await vi.waitFor(() => expect(methods()).toHaveLength(6));
  });

  it("is cleared only after it was asked", async () => {
    const { user, platform } = await opened();
    const clear = vi.spyOn(platform, "clearJournal");
    await user.click(screen.getByTestId("journal-clear"));
    expect(clear).not.toHaveBeenCalled();
    await user.click(screen.getByTestId("journal-clear-confirm"));
    await vi.waitFor(() => expect(methods()).toEqual([]));
    expect(clear).toHaveBeenCalledExactlyOnceWith({ office: "demo" });
  });

  it("is copied as it is shown, a line of JSON each", async () => {
    const { user, journal } = await opened();
    await user.click(screen.getByTestId("journal-copy"));
    await vi.waitFor(() => expect(screen.getByTestId("journal-copy").dataset["done"]).toBe("copied"));
    const text = await navigator.clipboard.readText();
    expect(text).toBe(exported(journal.entries));
    const lines = text.trim().split("\n");
    expect(lines.map((line) => JSON.parse(line).id)).toEqual([9, 8, 7, 6, 5, 4]);
  });

  it("asks anew by its key", async () => {
    const { user, platform } = await opened();
    const page = vi.spyOn(platform, "journalPage");
    expect(document.activeElement).toBe(document.body);
    await user.keyboard("r");
    expect(page).toHaveBeenCalledOnce();
  });
});
