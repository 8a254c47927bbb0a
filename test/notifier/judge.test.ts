import { describe, expect, test } from "vitest";
import type { Notice } from "../../src/alerts/notices.ts";
import { noPushes } from "../../src/alerts/pushes.ts";
import type { DestinationRecord, DestinationSettings } from "../../src/alerts/subscription.ts";
import { judge, judgeNotice } from "../../src/notifier/judge.ts";
import { aRecord } from "../store/subscriptions.ts";
import { aDelivery, now } from "./builders.ts";

const minuteMs = 60_000;
const usefulMs = 10 * minuteMs;
const about = (record: DestinationRecord | undefined) => ({
  destination: "console",
  record,
  pushes: noPushes,
});
const stopped = aRecord({ disabled: { reason: "kicked", at: 1, ownerTold: true } });

describe("what was addressed to a place", () => {
  const judgeAt = (ageMs: number, at = now, record?: DestinationRecord) =>
    judge(aDelivery(), about(record), { now: at, ageMs, usefulMs });

  test("is news for ten minutes, and then part of a summary", () => {
    expect(judgeAt(usefulMs)).toMatchObject({ kind: "push", silent: false });
    expect(judgeAt(usefulMs + 1)).toMatchObject({ kind: "hold", why: "late" });
  });

  test("that is late is gathered by the half minute, never so near that the next could miss it", () => {
    const waits = Array.from({ length: 60 }, (_, second) => {
      const at = now + second * 1_000;
      const judged = judgeAt(usefulMs + 1, at);
      return judged.kind === "hold" ? { until: judged.until, waitMs: judged.until - at } : undefined;
    });
    expect(new Set(waits.map((wait) => wait?.until)).size).toBe(3);
    for (const wait of waits) {
      expect(wait?.waitMs).toBeGreaterThanOrEqual(60_000);
      expect(wait?.waitMs).toBeLessThan(90_000);
    }
  });

  test("isn't sent where it was stopped", () => {
    expect(judgeAt(0, now, stopped)).toEqual({ kind: "skip", reason: "disabled" });
  });
});

test("a message that stands is kept true, but where nothing may be written any more", () => {
  const moment = { now, ageMs: usefulMs + 1, usefulMs };
  const edit = aDelivery({ messageId: "m1" });
  expect(judge(edit, about(undefined), moment)).toEqual({ kind: "edit", messageId: "m1" });
  expect(judge(edit, about(aRecord()), moment)).toEqual({ kind: "edit", messageId: "m1" });
  expect(judge(edit, about(stopped), moment)).toEqual({ kind: "skip", reason: "disabled" });
});

describe("a notice", () => {
  const common = { version: 1, time: now } as const;
  const summary: Notice = { ...common, kind: "summary", why: "late", alerts: [] };
  const feed: Notice = { ...common, kind: "feed-lost", symbol: "BTC", since: now };
  const ended: Notice = { ...common, kind: "disabled", destination: "console:2", reason: "kicked" };
  const muted = { mutedUntil: now + 1 };
  // noon in UTC is one o'clock in Madrid
  const quiet = { quietHours: { from: 780, to: 840 }, zone: "Europe/Madrid" };
  const loudly = { kind: "push", silent: false };
  const silently = { kind: "push", silent: true };
  const leftOut = { kind: "skip", reason: "muted" };

  test.each<readonly [string, Notice, Partial<DestinationSettings>, object]>([
    ["a summary", summary, {}, loudly],
    ["a summary to a muted place", summary, muted, leftOut],
    ["a summary once the mute is over", summary, { mutedUntil: now }, loudly],
    [
      "a summary in quiet hours",
      summary,
      quiet,
      { kind: "hold", why: "quiet-hours", until: now + 60 * minuteMs },
    ],
    ["a summary beside them", summary, { quietHours: quiet.quietHours }, loudly],
    ["lost data", feed, {}, loudly],
    ["lost data to a muted place", feed, muted, leftOut],
    ["lost data in quiet hours", feed, quiet, silently],
    ["a stopped place", ended, {}, loudly],
    ["a stopped place to a muted owner", ended, muted, silently],
    ["a stopped place in quiet hours", ended, quiet, silently],
  ])("of %s", (_what, notice, settings, expected) => {
    const delivery = aDelivery({ alert: { ...aDelivery().alert, content: JSON.stringify(notice) } });
    const record = aRecord({ settings: { kind: "direct", ...settings } });
    expect(judgeNotice(delivery, about(record), now)).toMatchObject(expected);
    expect(judgeNotice(delivery, about(undefined), now)).toMatchObject(loudly);
    expect(judgeNotice(delivery, about(stopped), now)).toEqual({ kind: "skip", reason: "disabled" });
  });
});
