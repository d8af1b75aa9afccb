// The made-up program's side of invitations: what an invitation is for, or what is wrong, stands in its code.
import type { JoinProblem } from "$generated/JoinProblem";
import { inLanguage } from "./english";
import type { JoinPlatform } from "$features/join/joining.svelte";

/** A link whose invitation can be used; with `?problem=codeUsed` and the like, why it cannot. */
export const LINK = "trubka://join/calls.ladoga.example/01234-56789-ABCDE-FGHJK";

export function joining(joined: (host: string) => void, handedOver = LINK): JoinPlatform {
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
          office: inLanguage("Ладога"),
          person: inLanguage("Пётр Волков"),
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
