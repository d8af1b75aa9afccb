import type { Blocking } from "$generated/Blocking";
import type { OfficeList } from "$generated/OfficeList";
import type { OfficeLists } from "$generated/OfficeLists";

/** The lists of an office, in the order in which they are shown. */
export type Kind = OfficeList["kind"];
export const KINDS: Kind[] = ["lines", "groups", "people", "contacts"];

/** How a field is entered. */
export type Field = "text" | "connection" | "rings" | "blocked";

/** A row as it is edited: the texts of its fields by their names. */
export interface Row {
  cells: Record<string, string>;
  /** It stands in the gateway's file. */
  fixed: boolean;
}

/** The fields of each list. */
export const FIELDS: Record<Kind, [name: string, field: Field][]> = {
  lines: [
    ["number", "text"],
    ["title", "text"],
    ["connection", "connection"],
    ["groups", "text"],
  ],
  groups: [
    ["id", "text"],
    ["rings", "rings"],
  ],
  people: [
    ["extension", "text"],
    ["name", "text"],
    ["connection", "connection"],
  ],
  contacts: [
    ["number", "text"],
    ["name", "text"],
    ["responsible", "text"],
    ["scenario", "text"],
    ["blocked", "blocked"],
  ],
};

const RINGS = "rings";

/** The rows of a list. */
export function rowsOf(lists: OfficeLists, kind: Kind): Row[] {
  if (kind === "lines")
    return lists.lines.map(({ fixed, groups, ...cells }) => ({ fixed, cells: { ...cells, groups: groups.join(" ") } }));
  if (kind === "groups")
    return lists.groups.map(({ fixed, id, rings }) => ({ fixed, cells: { id, rings: rings ? RINGS : "" } }));
  if (kind === "people") return lists.people.map(({ fixed, ...cells }) => ({ fixed, cells }));
  return lists.contacts.map(({ fixed, number, name, responsible, scenario, blocked = "" }) => ({
    fixed,
    cells: { number, name, responsible: pairs(responsible), scenario: pairs(scenario), blocked },
  }));
}

/** What a gateway is told of the rows that are not fixed. */
export function listOf(kind: Kind, rows: Row[]): OfficeList {
  const own = rows
    .filter((row) => !row.fixed)
    .map(
      ({ cells }) =>
        (name: string) =>
          (cells[name] ?? "").trim(),
    );
  const fixed = false;
  if (kind === "lines")
    return {
      kind,
      rows: own.map((cell) => ({
        connection: cell("connection"),
        number: cell("number"),
        title: cell("title"),
        groups: words(cell("groups")),
        fixed,
      })),
    };
  if (kind === "groups")
    return { kind, rows: own.map((cell) => ({ id: cell("id"), rings: cell("rings") === RINGS, fixed })) };
  if (kind === "people")
    return {
      kind,
      rows: own.map((cell) => ({
        connection: cell("connection"),
        extension: cell("extension"),
        name: cell("name"),
        fixed,
      })),
    };
  return {
    kind,
    rows: own.map((cell) => ({
      number: cell("number"),
      name: cell("name"),
      responsible: mapOf(cell("responsible")),
      scenario: mapOf(cell("scenario")),
      ...(cell("blocked") && { blocked: cell("blocked") as Blocking }),
      fixed,
    })),
  };
}

const words = (text: string): string[] => text.split(/[\s,;]+/).filter(Boolean);

/** What is wrong with the rows, so that nothing of them can be saved: the first that is found. */
export interface RowFault {
  /** What names the row. */
  row: string;
  field: string;
  kind: "pair" | "twice" | "double";
  /** The word that it is about. */
  part: string;
}

/** What a gateway would take in another way than it was typed, or not at all. */
export function faultOf(kind: Kind, rows: Row[]): RowFault | undefined {
  const [name = ""] = FIELDS[kind][0] ?? [];
  const known = new Set<string>();
  for (const { cells, fixed } of rows) {
    const cell = (field: string): string => (cells[field] ?? "").trim();
    const row = cell(name);
    const key = [row, ...(kind === "lines" || kind === "people" ? [cell("connection")] : [])].join("\n");
    if (row && known.has(key)) return { row, field: name, kind: "double", part: row };
    known.add(key);
    if (fixed || kind !== "contacts") continue;
    for (const field of ["responsible", "scenario"]) {
      const fault = pairsFault(cell(field));
      if (fault) return { row: row || cell("name"), field, ...fault };
    }
  }
  return undefined;
}

/** A word that is no pair, as behind a blank within a scenario, or a connection that is named twice. */
function pairsFault(text: string): Pick<RowFault, "kind" | "part"> | undefined {
  const connections = new Set<string>();
  for (const word of words(text)) {
    const [connection, value] = pairOf(word);
    if (!connection || !value) return { kind: "pair", part: word };
    if (connections.has(connection)) return { kind: "twice", part: connection };
    connections.add(connection);
  }
  return undefined;
}

/** `rt1:201 mg1:5`. */
const pairs = (map: Record<string, string>): string =>
  Object.entries(map)
    .map(([connection, value]) => `${connection}:${value}`)
    .join(" ");

const pairOf = (word: string): [connection: string, value: string] => {
  const [connection = "", ...rest] = word.split(":");
  return [connection, rest.join(":")];
};

const mapOf = (text: string): Record<string, string> => Object.fromEntries(words(text).map(pairOf));
