//! What of a page breaks the rules of its look: small targets and letters, borders that are hardly seen, words that are cut.

import type { Browser } from 'webdriverio';

/** What breaks them, each with what it is. */
export async function unfit(browser: Browser): Promise<string[]> {
  return browser.execute(() => {
    const found: string[] = [];
    const shown = [...document.body.querySelectorAll<HTMLElement>('*')].filter((element) => {
      const { width, height } = element.getBoundingClientRect();
      return width > 0 && height > 0 && element.checkVisibility() && !element.closest('.visually-hidden, svg');
    });
    const what = (element: Element) => element.outerHTML.replace(/\s+/g, ' ').slice(0, 160);

    const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!;
    const read = (colour: string): number[] => {
      context.clearRect(0, 0, 1, 1);
      context.fillStyle = colour;
      context.fillRect(0, 0, 1, 1);
      return [...context.getImageData(0, 0, 1, 1).data];
    };
    const light = (colour: string) => {
      const [red = 0, green = 0, blue = 0] = read(colour).map((part) => {
        const share = part / 255;
        return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const contrast = (one: string, other: string) => {
      const [dark = 0, bright = 0] = [light(one), light(other)].sort((a, b) => a - b);
      return (bright + 0.05) / (dark + 0.05);
    };
    /** The colour behind an element. */
    const ground = (element: Element | null): string => {
      for (let at = element; at; at = at.parentElement) {
        const colour = getComputedStyle(at).backgroundColor;
        if (read(colour)[3] === 255) return colour;
      }
      return 'white';
    };

    for (const element of shown) {
      const style = getComputedStyle(element);
      const { width, height } = element.getBoundingClientRect();
      const isBox = element.matches('[type=checkbox]');
      const isField = element.matches('input:not([type=checkbox]), select, textarea');
      const acts = isField || element.matches('button, a[href]');
      const fieldOf = element.matches('.command input') ? element.closest('.box') : element;
      if (acts && !element.closest('[aria-hidden]') && (width < 24 || height < 16 || (height < 20 && !isField))) {
        found.push(`a target of ${Math.round(width)} × ${Math.round(height)}: ${what(element)}`);
      }
      if ((isField || (isBox && !(element as HTMLInputElement).checked)) && fieldOf) {
        const edge = getComputedStyle(fieldOf).borderTopColor;
        const seen = Math.min(contrast(edge, ground(fieldOf)), contrast(edge, ground(fieldOf.parentElement)));
        if (seen < 3) found.push(`a border of ${seen.toFixed(2)} : 1: ${what(fieldOf)}`);
      }
      const words = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim());
      if (!words) continue;
      const size = parseFloat(style.fontSize);
      const mayBeSmall =
        element.matches('kbd, .hour, .initials, .avatar') || element.closest('[data-testid="card-preview"]');
      if (size < (mayBeSmall ? 10 : 12)) found.push(`letters of ${size}: ${what(element)}`);
      const cut = element.scrollWidth > element.clientWidth + 1 && style.overflowX !== 'visible';
      if (cut && style.textOverflow !== 'ellipsis' && !/auto|scroll/.test(style.overflowX) && !isField) {
        found.push(`words that are cut: ${what(element)}`);
      }
    }
    return found;
  });
}
