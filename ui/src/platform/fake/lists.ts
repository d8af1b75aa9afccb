// The made-up program's side of an office's lists: a line of the gateway's file, and what is added.
import type { OfficeLists } from "$generated/OfficeLists";
import type { MainCommands } from "$generated/commands";
import { asked, inLanguage } from "./english";
import { hasLongNames, LONG } from "./rows";

/** Who calls, for pictures. */
function contacts(): OfficeLists["contacts"] {
  if (!asked.has("admin")) return [];
  const contact = (number: string, name: string) => ({ number, name, responsible: {}, scenario: {}, fixed: false });
  return [
    {
      ...contact("+79001234567", inLanguage(hasLongNames ? LONG.name : "Морозова Ольга")),
      responsible: { rt1: "102" },
      scenario: { rt1: "0-1" },
    },
    { ...contact("+79031234567", inLanguage("Лебедев Павел")), blocked: "busy" as const },
  ];
}

export function lists(): Pick<MainCommands, "officeLists" | "saveList" | "exportSetup"> {
  let told: OfficeLists = {
    revision: 1,
    lines: [
      {
        connection: "rt1",
        number: "+74951234567",
        title: inLanguage(hasLongNames ? LONG.line : "Продажи"),
        groups: ["sales"],
        fixed: true,
      },
    ],
    groups: [{ id: "sales", rings: true, fixed: true }],
    people: [{ connection: "rt1", extension: "102", name: inLanguage("Пётр Волков"), fixed: false }],
    contacts: contacts(),
  };
  return {
    officeLists: async () => told,
    exportSetup: async () => ({ file: "/home/belova/Downloads/trubka-office-2025-11-20-143600.toml" }),
    saveList: async ({ list }) => {
      const merged = { [list.kind]: [...told[list.kind].filter(({ fixed }) => fixed), ...list.rows] };
      told = { ...told, ...merged, revision: told.revision + 1 };
      return told;
    },
  };
}
