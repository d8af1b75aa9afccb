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

/** `rt1:201 mg1:5`. */
const pairs = (map: Record<string, string>): string =>
  Object.entries(map)
    .map(([connection, value]) => `${connection}:${value}`)
    .join(" ");

const mapOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    words(text).map((word) => {
      const [connection = "", ...rest] = word.split(":");
      return [connection, rest.join(":")];
    }),
  );
