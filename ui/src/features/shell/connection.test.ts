import type { DownCause } from "$generated/DownCause";
import type { ConnectionRow } from "$generated/ConnectionRow";
import type { ConnectionWarning } from "$generated/ConnectionWarning";
import type { LinkCause } from "$generated/LinkCause";
import type { OfficeView } from "$generated/OfficeView";
import { language } from "$lib/language.svelte";
import { beforeEach, describe, expect, it } from "vitest";
import { rowSummary, summary } from "./connection";

const row = (changes: Partial<ConnectionRow> = {}): ConnectionRow => ({
  id: "rt1",
  title: { ru: "Ростелеком", en: "Rostelecom" },
  state: "live",
  refused: [],
  warnings: [],
  drained: 0,
  holes: [],
  abilities: [],
  ...changes,
});
const office = (link: OfficeView["link"], ...connections: ConnectionRow[]): OfficeView => ({
  id: "o",
  name: "calls.example.org",
  demo: false,
  link,
  admin: false,
  clockOffsetMs: 0,
  connections,
});

beforeEach(() => (language.code = "ru"));

describe("the connection state", () => {
  it("is good when everything is", () => {
    expect(summary([office("live", row())])).toMatchObject({ state: "live", health: "good" });
  });

  it("tells the worst of all", () => {
    const offices = [office("live", row({ state: "draining", drained: 21 })), office("lost")];
    expect(summary(offices)).toMatchObject({ state: "lost", health: "bad" });
  });

  it("names the connection and the cause", () => {
    const down = row({ state: "down", cause: "unauthorized" });
    expect(summary([office("live", down)]).words).toBe("Ростелеком: АТС не принимает ключ");
  });

  it.each<DownCause>(["unauthorized", "unreachable", "rateLimited", "protocol", "storage", "badSignatures"])(
    "has words for %s in both languages",
    (cause) => {
      const offices = [office("live", row({ state: "down", cause }))];
      const russian = summary(offices).words;
      language.code = "en";
      expect(summary(offices).words).not.toBe(russian);
    },
  );

  it("counts what was missed while it is fetched", () => {
    const offices = [office("live", row({ state: "draining", drained: 22 }))];
    expect(summary(offices).words).toBe("Получаем пропущенное: 22 события");
  });

  it.each<LinkCause>([
    "unreachable",
    "tokenRefused",
    "forbidden",
    "tokenMissing",
    "keyringLocked",
    "notAGateway",
    "badAddress",
    "storage",
  ])("has words for an office with %s in both languages", (cause) => {
    const offices = [{ ...office("refused"), cause }];
    const russian = summary(offices).words;
    language.code = "en";
    expect(summary(offices).words).not.toBe(russian);
  });

  it("names what it speaks of where there are several", () => {
    const [north, south] = [
      row({ title: { ru: "MANGO OFFICE", en: "MANGO OFFICE" } }),
      row({ id: "rt2", state: "waiting" }),
    ];
    expect(summary([office("live", north, south)]).words).toBe("Ростелеком: ждём первого звонка от АТС");
    const offices = [office("live"), { ...office("refused"), id: "n", name: "north.example.org" }];
    expect(summary(offices).words).toBe("north.example.org: офис не принимает токен. Введите новый в настройках");
  });

  it("warns of a gap and of a wrong clock, though events arrive", () => {
    expect(summary([office("live", row({ gapSince: "2025-11-20T12:00:00Z" }))]).health).toBe("busy");
    expect(summary([office("live", row({ clockSkewMs: -61_000 }))]).words).toBe(
      "Часы АТС расходятся с нашими на 1 мин",
    );
  });

  it.each<ConnectionWarning>(["wrongZone", "unlistedLine", "unreadCalls"])(
    "warns of %s in both languages",
    (warning) => {
      const offices = [office("live", row({ warnings: [warning] }))];
      const russian = summary(offices);
      expect(russian.health).toBe("busy");
      language.code = "en";
      expect(summary(offices).words).not.toBe(russian.words);
    },
  );

  it("believes nothing that an office said before it was lost", () => {
    expect(rowSummary(office("lost"), row()).health).toBe("bad");
  });
});
