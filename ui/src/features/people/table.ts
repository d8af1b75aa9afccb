/** A gateway takes no longer request. */
const LARGEST = 4 * 1024 * 1024;

/** Why a file or a text is not looked at as a table. */
export type FileFault = "tooLarge" | "unreadable" | "noText";

/** The text of a table as a spreadsheet saves it: UTF-8, UTF-16 with its mark, or else Windows-1251. */
export function tableText(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1251").decode(bytes);
  }
}

/** A table that is too long to be sent. */
export function isTooLong(table: string): boolean {
  return new TextEncoder().encode(JSON.stringify({ csv: table })).length > LARGEST;
}

/** The table in a file, or why there is none. */
export async function tableIn(file: File): Promise<{ table: string } | { fault: FileFault }> {
  if (file.size > LARGEST) return { fault: "tooLarge" };
  let bytes: Uint8Array;
  try {
    bytes = await bytesOf(file);
  } catch {
    // It was removed meanwhile, may not be read, or is a folder.
    return { fault: "unreadable" };
  }
  const text = tableText(bytes);
  // A workbook or a picture has such letters; a table has none.
  if (text.includes("\0")) return { fault: "noText" };
  return isTooLong(text) ? { fault: "tooLarge" } : { table: text };
}

function bytesOf(file: File): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(new Uint8Array(reader.result as ArrayBuffer));
    reader.onerror = () => reject(reader.error);
    reader.readAsArrayBuffer(file);
  });
}
