import axe from "axe-core";

/** What axe objects to on the page; colours and the drawn shape of text can only be judged in a real browser. */
export async function objections(): Promise<string[]> {
  const rules = { "color-contrast": { enabled: false }, "label-content-name-mismatch": { enabled: false } };
  const { violations } = await axe.run(document.body, { rules });
  return violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html ?? ""}`);
}
