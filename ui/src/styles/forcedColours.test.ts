import { describe, expect, it } from "vitest";

const FILES = import.meta.glob<string>("../**/*.svelte", { eager: true, query: "?raw", import: "default" });

interface Rule {
  selector: string;
  body: string;
}

/** The rules of a style sheet that lie within no `@` block, and those that hold where the system chooses the colours. */
function rulesOf(css: string): { usual: Rule[]; forced: Rule[] } {
  const flat = css.replace(/\/\*.*?\*\//gs, "");
  const blocks = [...flat.matchAll(/@media \(forced-colors: active\) \{((?:[^{}]*\{[^{}]*\})*)\s*\}/g)];
  const usual = flat.replace(/@[^{}]+\{(?:[^{}]*\{[^{}]*\})*\s*\}/g, "");
  const rules = (text: string) =>
    [...text.matchAll(/([^{}]+)\{([^{}]*)\}/g)].flatMap(([, selectors = "", body = ""]) =>
      selectors.split(",").map((selector) => ({ selector: selector.trim(), body })),
    );
  return { usual: rules(usual), forced: rules(blocks.map(([, inner]) => inner).join("\n")) };
}

/** Tags of elements with nothing in them: such a one is seen by its colour alone. */
function emptyTags(template: string): string[] {
  return [...template.matchAll(/<((?:span|i|div|b)\b(?:[^>"]|"[^"]*"|=>)*)><\/(?:span|i|div|b)>/g)].map(
    ([, tag = ""]) => tag,
  );
}

/** Whether the last part of a selector can mean an element of this tag. */
function fits(selector: string, tag: string, template: string): boolean {
  const last = selector.split(/[\s>+~]+/).at(-1) ?? "";
  const [name] = tag.split(/\s/, 1);
  const classes = [...last.matchAll(/\.([\w-]+)/g)].map(([, one]) => one as string);
  const element = /^[a-z]+/.exec(last)?.[0];
  if (/:/.test(last) || (element === undefined && classes.length === 0)) return false;
  const given = /class="([^"]*)"/.exec(tag)?.[1] ?? "";
  // A class that is chosen by the script is written nowhere else in the template.
  const isChosen = (one: string) => given.includes("{") && !new RegExp(`class="[^"]*\\b${one}\\b`).test(template);
  const has = (one: string) => tag.includes(`class:${one}`) || given.split(/\s+/).includes(one) || isChosen(one);
  return (element === undefined || element === name) && classes.every(has);
}

const isDrawn = ({ body }: Rule): boolean => /background(-color)?:\s*(?!none|transparent|inherit)/.test(body);

describe.each(Object.entries(FILES))("%s", (_, source) => {
  const css = [...source.matchAll(/<style>(.*?)<\/style>/gs)].map(([, inner]) => inner).join("\n");
  const template = source.replace(/<(script|style).*?<\/\1>/gs, "");
  const { usual, forced } = rulesOf(css);

  it("keeps what is seen by its colour alone where the system chooses the colours", () => {
    const tags = emptyTags(template);
    const shapes = usual.filter(
      (rule) =>
        isDrawn(rule) &&
        (/::(before|after)/.test(rule.selector) || tags.some((tag) => fits(rule.selector, tag, template))),
    );
    const last = (selector: string) => selector.split(/[\s>+~]+/).at(-1);
    const lost = shapes.filter(({ selector }) => !forced.some((rule) => last(rule.selector) === last(selector)));
    expect(lost.map(({ selector }) => selector)).toEqual([]);
  });

  it("says what is chosen by more than a colour", () => {
    const chosen = [
      ...template.matchAll(/<[a-z]+\b(?:[^>"]|"[^"]*"|=>)*class:(?:here|selected|chosen)=(?:[^>"]|"[^"]*"|=>)*>/g),
    ];
    const byColour = chosen.filter(
      ([tag]) => !/aria-(current|selected|pressed)/.test(tag) && !/role="gridcell"/.test(tag),
    );
    expect(byColour.map(([tag]) => tag)).toEqual([]);
  });
});
