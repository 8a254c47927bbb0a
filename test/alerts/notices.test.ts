import { describe, expect, test } from "vitest";
import { alertContent } from "../../src/alerts/content.ts";
import { noticeMessage } from "../../src/alerts/notices.ts";
import type { Notice } from "../../src/alerts/notices.ts";
import { heldAlert } from "../../src/alerts/summary.ts";
import type { Language } from "../../src/texts/texts.ts";
import { firedUp, referenceImbalance } from "./examples.ts";

function summaryOf(firedAt: readonly number[], why: "quiet-hours" | "late" = "quiet-hours"): Notice {
  const alerts = firedAt.map((at) => ({
    symbol: "BTC",
    direction: "up" as const,
    ratio: 2.6,
    firedAt: at,
    episodeId: "",
  }));
  return { version: 1, kind: "summary", why, time: firedAt[0] ?? 0, alerts };
}

function linesOf(notice: Notice, language: Language, zone?: string): readonly string[] {
  const message = noticeMessage(notice, language, zone);
  return message.kind === "line" ? (message.lines ?? []) : [];
}

describe("a summary", () => {
  test.each([
    ["winter in Berlin", "2026-11-22T12:00Z", "en", "Europe/Berlin", "Nov 22, 13:00 GMT+1"],
    ["the day can be another one", "2026-11-22T23:40Z", "en", "Asia/Kolkata", "Nov 23, 05:10 GMT+5:30"],
    ["in the reader's language", "2026-11-22T12:00Z", "es", "Europe/Madrid", "22 nov, 13:00 CET"],
    [
      "the last minute before the hour is left out",
      "2026-03-29T00:59Z",
      "en",
      "Europe/Berlin",
      "01:59 GMT+1",
    ],
    ["and the first one after it", "2026-03-29T01:00Z", "en", "Europe/Berlin", "03:00 GMT+2"],
    ["an hour that comes twice, first", "2026-10-25T00:30Z", "en", "Europe/Berlin", "02:30 GMT+2"],
    ["and again", "2026-10-25T01:30Z", "en", "Europe/Berlin", "02:30 GMT+1"],
    [
      "half an hour that comes twice, first",
      "2026-04-04T14:45Z",
      "en",
      "Australia/Lord_Howe",
      "01:45 GMT+11",
    ],
    ["and again, half an hour on", "2026-04-04T15:15Z", "en", "Australia/Lord_Howe", "01:45 GMT+10:30"],
    ["nobody's zone is UTC", "2026-11-22T12:00Z", "en", undefined, "Nov 22, 12:00 UTC"],
  ] as const)("says when on the destination's clock: %s", (_name, at, language, zone, said) => {
    for (const why of ["quiet-hours", "late"] as const) {
      const [line] = linesOf(summaryOf([Date.parse(at)], why), language, zone);
      expect(line).toContain(said);
    }
  });

  test("counts what it lists: an episode that grew stronger meanwhile is one alert", () => {
    const fired = { symbol: "BTC", direction: "up", ratio: 2.6, firedAt: 1, episodeId: "a" } as const;
    const alerts = [fired, { ...fired, ratio: 4 }, { ...fired, ratio: 5.2 }, { ...fired, episodeId: "b" }];
    const notice: Notice = { version: 1, kind: "summary", why: "quiet-hours", time: 2, alerts };
    expect(linesOf(notice, "en")).toHaveLength(2);
    expect(noticeMessage(notice, "en").headline).toBe("While it was quiet here: 2 held back");
  });

  test("says of an escalation when it was as strong as that, not when its episode began", () => {
    const escalation = {
      ...alertContent(referenceImbalance, firedUp),
      time: Date.parse("2026-11-22T13:55Z"),
    };
    const alerts = [heldAlert({ ...escalation, firedAt: Date.parse("2026-11-22T12:40Z") }, "a")];
    const notice: Notice = { version: 1, kind: "summary", why: "quiet-hours", time: 2, alerts };
    expect(linesOf(notice, "en")).toEqual(["BTC 2.6× lopsided up, Nov 22, 13:55 UTC"]);
  });

  test("lists an hour that comes twice in the order in which it went by", () => {
    const [first, second] = [Date.parse("2026-10-25T00:30Z"), Date.parse("2026-10-25T01:10Z")];
    const lines = linesOf(summaryOf([second, first]), "en", "Europe/Berlin");
    expect(lines.map((line) => /\d\d:\d\d GMT\+\d/.exec(line)?.[0])).toEqual(["02:30 GMT+2", "02:10 GMT+1"]);
  });
});

test("word of lost data says since when on the destination's clock", () => {
  const since = Date.parse("2026-07-01T22:30Z");
  const notice: Notice = { version: 1, kind: "feed-lost", time: since + 120_000, symbol: "BTC", since };
  expect(noticeMessage(notice, "en", "Europe/Berlin").headline).toContain("Jul 2, 00:30 GMT+2");
});

test.each([
  ["en", 3, "BTC: the data is back after 3\u00a0min. Alerts can come again."],
  ["en", 902, "BTC: the data is back after 15\u00a0h. Alerts can come again."],
  ["es", 902, "BTC: los datos han vuelto tras 15\u00a0h. Puede haber alertas de nuevo."],
] as const)("word of data that is back says how long it was gone: %s, %i min", (language, minutes, said) => {
  const notice: Notice = { version: 1, kind: "feed-back", time: minutes * 60_000, symbol: "BTC", since: 0 };
  expect(noticeMessage(notice, language).headline).toBe(said);
});
