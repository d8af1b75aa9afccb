// The made-up program's side of an office's lists: a line of the gateway's file, and what is added.
import type { OfficeLists } from "$generated/OfficeLists";
import type { MainCommands } from "$generated/commands";
import { inLanguage } from "./english";

export function lists(): Pick<MainCommands, "officeLists" | "saveList"> {
  let told: OfficeLists = {
    revision: 1,
    lines: [
      { connection: "rt1", number: "+74951234567", title: inLanguage("Продажи"), groups: ["sales"], fixed: true },
    ],
    groups: [{ id: "sales", rings: true, fixed: true }],
    people: [{ connection: "rt1", extension: "102", name: inLanguage("Пётр Волков"), fixed: false }],
    contacts: [],
  };
  return {
    officeLists: async () => told,
    saveList: async ({ list }) => {
      const merged = { [list.kind]: [...told[list.kind].filter(({ fixed }) => fixed), ...list.rows] };
      told = { ...told, ...merged, revision: told.revision + 1 };
      return told;
    },
  };
}
