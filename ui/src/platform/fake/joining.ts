// The made-up program's side of invitations: what an invitation is for, or what is wrong, stands in its code.
import type { JoinProblem } from "$generated/JoinProblem";
import { asked, inLanguage } from "./english";
import { hasLongNames, LONG } from "./rows";
import type { JoinPlatform } from "$features/join/joining.svelte";

/** A link whose invitation can be used; with `?problem=codeUsed` and the like, why it cannot. */
export const LINK = "trubka://join/calls.ladoga.example/01234-56789-ABCDE-FGHJK";

/** What another program handed over: with `?invited=ca` from a gateway with its own certificate, and the like. */
function link(): string {
  const more = asked.get("invited");
  return more ? `${LINK}?${more}` : LINK;
}

export function joining(joined: (host: string) => void, handedOver = link()): JoinPlatform {
  let host = "";
  return {
    readInvitation: async ({ link = handedOver }) => {
      const url = new URL(link.trim());
      const problem = url.searchParams.get("problem") as JoinProblem | null;
      if (problem) return { problem };
      host = url.pathname.split("/")[1] ?? "";
      return {
        invitation: {
          id: 1,
          office: inLanguage(hasLongNames ? LONG.name : "Ладога"),
          person: inLanguage(hasLongNames ? LONG.agent : "Пётр Волков"),
          extensions: ["102"],
          host,
          ownCertificate: url.searchParams.has("ca"),
          expiresAt: new Date(Date.now() + 7 * 86_400_000).toISOString(),
        },
      };
    },
    joinOffice: async () => {
      joined(host);
      return {};
    },
  };
}
