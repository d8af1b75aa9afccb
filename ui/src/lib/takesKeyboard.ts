/** What can have the keyboard. */
const STOPS = "button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), a[href]";

/** Who had the keyboard last; also once he is gone from the page. */
let last: HTMLElement | undefined;

function noteFocus({ target }: Event): void {
  if (target instanceof HTMLElement) last = target;
}

// Not every engine gives the keyboard to a button that is clicked.
function noteClick({ target }: Event): void {
  const button = target instanceof Element && target.closest<HTMLElement>("button");
  if (button) last = button;
}

if (typeof document !== "undefined") {
  document.addEventListener("focusin", noteFocus, true);
  document.addEventListener("click", noteClick, true);
}

/**
 * A question or a form that comes in place of the button that opened it has the keyboard while it is there: what is
 * marked `data-first` in it, or else what comes first. Once it goes,
 * the keyboard goes back to that button, or to the one that stands in its place by then; where its row has gone, to
 * what stands next.
 */
export function takesKeyboard(opened: HTMLElement): () => void {
  const opener = last;
  if (!opened.contains(document.activeElement)) (first(opened, "[data-first]") ?? first(opened, STOPS))?.focus();
  return leaving(opened, () => opener);
}

/** A row that may be removed gives the keyboard, where it has it, to the same button of the row that stands in its place. */
export function leavesKeyboard(row: HTMLElement): () => void {
  return leaving(row, () => last);
}

/** What gives back the keyboard once `element` goes. */
function leaving(element: HTMLElement, openerOf: () => HTMLElement | undefined): () => void {
  const around = ancestors(element);
  return () => {
    // What is torn down is still here, and what comes in its place is not yet.
    const had = element.contains(document.activeElement) || isNowhere();
    const opener = openerOf();
    setTimeout(() => {
      if (!had || !isNowhere()) return;
      const place = around.find((element) => element.isConnected);
      const testid = opener?.dataset["testid"];
      const same = testid === undefined ? undefined : first(place, `[data-testid="${testid}"]`);
      const back = opener?.isConnected ? opener : (same ?? first(place, STOPS));
      back?.focus();
    });
  };
}

function first(within: HTMLElement | undefined, selector: string): HTMLElement | undefined {
  return within?.querySelector<HTMLElement>(selector) ?? undefined;
}

/** What an element is in, within its page: whoever goes to another page has the keyboard there. */
function ancestors(element: HTMLElement): HTMLElement[] {
  const found: HTMLElement[] = [];
  for (let at = element.parentElement; at && at.tagName !== "MAIN"; at = at.parentElement) found.push(at);
  return found;
}

/** Nobody has the keyboard. */
function isNowhere(): boolean {
  const focused = document.activeElement;
  return focused === null || focused === document.body || !focused.isConnected;
}
