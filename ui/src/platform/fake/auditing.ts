// What invented administrators changed.
import type { AuditLine } from "$generated/AuditLine";
import type { MainCommands } from "$generated/commands";
import { inLanguage } from "./english";
import { rowAt } from "./rows";

/** Entries of a page. */
const PAGE = 5;

function lines(): AuditLine[] {
  const [anna, pyotr] = [`${inLanguage("Анна")} (t2)`, `${inLanguage("Пётр")} (t1)`];
  const made: Omit<AuditLine, "id" | "at">[] = [
    {
      who: anna,
      action: "changedRights",
      subject: inLanguage("Пётр"),
      detail:
        "token t1; before: agent; extensions: rt1:202; groups: none; now: manager; extensions: rt1:202; groups: sales",
    },
    { who: anna, action: "changedList", subject: "lines", detail: "4 entries" },
    { who: pyotr, action: "revealNumbers", subject: "journal 8" },
    { who: anna, action: "beganTrial", subject: "rt1", detail: "for 2 h" },
    { who: anna, action: "testedAddress", subject: "rt1", detail: "new, 5 s at most" },
    { who: anna, action: "putConnection", subject: "rt1", detail: "rostelecom; secrets entered: client_id, key" },
    { who: pyotr, action: "joined", subject: inLanguage("Пётр"), detail: "agent, invitation i1" },
    { who: "command line", action: "issuedToken", subject: inLanguage("Анна"), detail: "token t2: admin" },
  ];
  return made.map((line, index) => ({ ...line, id: made.length - index, at: rowAt(index * 3 + 1).startedAt }));
}

/** The answers of the audit. */
export function auditing(): Pick<MainCommands, "auditPage"> {
  return {
    auditPage: async ({ before }) => {
      const older = lines().filter(({ id }) => before === undefined || id < before);
      const entries = older.slice(0, PAGE);
      const last = entries.at(-1);
      return { entries, ...(older.length > PAGE && last && { next: last.id }) };
    },
  };
}
