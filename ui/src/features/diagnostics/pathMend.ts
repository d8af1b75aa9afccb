import type { NoCard } from "$generated/NoCard";
import type { OfficeView } from "$generated/OfficeView";

/** What a button mends from the place where a call's way broke. */
export type PathMend = "connections" | "lists" | "people" | "state" | "reconnect" | "again";

/** Who looks: an administrator of a gateway, another person of its office, or whoever has the office in this program. */
export type Reader = "administrator" | "agent" | "own";

export function readerOf(office: Pick<OfficeView, "address" | "admin"> | undefined): Reader {
  if (office && office.address === undefined) return "own";
  return office?.admin ? "administrator" : "agent";
}

/**
 * What mends a cause from here; nothing where no button can, or where only an administrator may. `here` says whether it is
 * this desk's way: another computer cannot be reconnected from this one.
 */
export function pathMendOf(cause: NoCard["kind"], reader: Reader, here: boolean): PathMend | undefined {
  switch (cause) {
    case "refused":
    case "late":
      return reader === "agent" ? undefined : "connections";
    case "lineOfOtherGroups":
      // An office in this program has its lines and phones with its connections.
      return { administrator: "lists" as const, own: "connections" as const, agent: undefined }[reader];
    case "noPhoneHere":
      return { administrator: "people" as const, own: "connections" as const, agent: undefined }[reader];
    case "trial":
      return reader === "administrator" ? "state" : undefined;
    case "deskAway":
    case "rangTooLong":
      return here ? "reconnect" : undefined;
    case "notReported":
      return "again";
    case "onlyInMenu":
    case "rangOthers":
    case "answeredFirst":
    case "placedOnPhone":
    case "over":
    case "noPlace":
      return undefined;
  }
}
