import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import { takesKeyboard } from "./takesKeyboard";

const html = (row: string) => `<ul><li>${row}</li><li><button data-testid="other">other</button></li></ul>`;
const find = (testid: string) => document.querySelector<HTMLElement>(`[data-testid="${testid}"]`);
const here = () => (document.activeElement as HTMLElement).dataset["testid"];

/** A row whose button makes room for a question. */
async function ask(): Promise<{ row: HTMLElement; gone: () => void }> {
  document.body.innerHTML = html('<button data-testid="remove">Remove</button>');
  const row = document.querySelector("li") as HTMLElement;
  await userEvent.setup().click(find("remove") as HTMLElement);
  row.innerHTML = '<p><button data-testid="yes">Yes</button><button data-first data-testid="no">No</button></p>';
  return { row, gone: takesKeyboard(row.firstElementChild as HTMLElement) };
}

afterEach(() => void (document.body.innerHTML = ""));

it("has the keyboard as it comes, and gives it back to the button that stands there again", async () => {
  const { row, gone } = await ask();
  expect(here()).toBe("no");
  gone();
  row.innerHTML = '<button data-testid="remove">Remove</button>';
  await vi.waitFor(() => expect(here()).toBe("remove"));
});

it("gives it to what stands next where its row has gone", async () => {
  const { row, gone } = await ask();
  gone();
  row.remove();
  await vi.waitFor(() => expect(here()).toBe("other"));
});

it("leaves it where somebody has put it meanwhile", async () => {
  const { row, gone } = await ask();
  find("other")?.focus();
  gone();
  row.innerHTML = '<button data-testid="remove">Remove</button>';
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(here()).toBe("other");
});
