/** JSON with its fields below each other, anything else as it is. */
export function laidOut(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), undefined, 1);
  } catch {
    return body;
  }
}
