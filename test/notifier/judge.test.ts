import { describe, expect, test } from "vitest";
import type { Notice } from "../../src/alerts/notices.ts";
import { edgeOf } from "../../src/alerts/alertId.ts";
import { alertContent } from "../../src/alerts/content.ts";
import { noPushes } from "../../src/alerts/pushes.ts";
import { ruleKey } from "../../src/alerts/rules.ts";
import type { DestinationRecord, DestinationSettings } from "../../src/alerts/subscription.ts";
import { judge, judgeNotice } from "../../src/notifier/judge.ts";
import { firedUp, imbalanceOf, mirrored } from "../alerts/examples.ts";
import { aRecord, aSubscription } from "../store/destinations/subscriptions.ts";
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

describe("what a rule decided", () => {
  const cooldownMs = 6 * 60 * minuteMs;
  const record = aRecord({
    subscriptions: [aSubscription({ cooldownMs }), aSubscription({ id: 2, ratio: 3 })],
  });
  interface Said {
    readonly after: number;
    readonly threshold: number;
    readonly strength: number;
    readonly suffix?: string;
    readonly direction?: "up" | "down";
  }
  const outcomes = (script: readonly Said[]): readonly string[] => {
    let pushes = noPushes;
    return script.map(({ after, threshold: ratio, strength, suffix = "", direction = "up" }) => {
      const rule = ruleKey({ direction, notionalUsd: "auto", confidence: 50, ratio });
      const episodeId = `BTC-${rule}-mi0example-1`;
      const alertId = `${episodeId}${suffix}`;
      const up = imbalanceOf(strength);
      const decision = { ...firedUp, rule, direction, episodeId, alertId, firedAt: now };
      const alert = {
        ...aDelivery().alert,
        alertId,
        episodeId,
        rule,
        content: JSON.stringify(alertContent(direction === "up" ? up : mirrored(up), decision)),
      };
      expect(edgeOf(alertId)).toBe(suffix === "" ? "fire" : "escalate-2");
      const moment = { now: now + after * minuteMs, ageMs: 0, usefulMs };
      const judged = judge(aDelivery({ alert }), { ...about(record), pushes }, moment);
      if (judged.kind === "push") pushes = judged.pushes;
      return judged.kind === "skip" ? judged.reason : judged.kind;
    });
  };

  test.each(["up", "down"] as const)("is not pushed %s again where as much was just said", (direction) => {
    const crossings = [
      { after: 0, threshold: 2, strength: 3.2, direction },
      { after: 1, threshold: 3, strength: 3.3, direction },
    ];
    expect(outcomes(crossings)).toEqual(["push", "floor"]);
  });

  test("is pushed where it has grown stronger", () => {
    const crossings = [
      { after: 0, threshold: 2, strength: 2.9 },
      { after: 1, threshold: 3, strength: 3 },
    ];
    expect(outcomes(crossings)).toEqual(["push", "push"]);
  });

  test("is pushed once more where it doubles, though another rule spoke meanwhile and its own pause is long", () => {
    const growth = [
      { after: 0, threshold: 2, strength: 2.1 },
      { after: 20, threshold: 3, strength: 3.1 },
      { after: 40, threshold: 2, strength: 4.1, suffix: "-x2" },
    ];
    expect(outcomes(growth)).toEqual(["push", "push", "push"]);
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

  const judged = (notice: Notice, record: DestinationRecord, pushes = noPushes) =>
    judgeNotice(
      aDelivery({ alert: { ...aDelivery().alert, content: JSON.stringify(notice) } }),
      { ...about(record), pushes },
      now,
    );

  test.each([
    ["a summary", summary, silently],
    ["lost data", feed, silently],
    ["a stopped place", ended, loudly],
  ])("of %s makes no sound for alerts that make none, its owner's does", (_what, notice, expected) => {
    const subscriptions = [
      aSubscription({ mode: "silent" }),
      aSubscription({ id: 2, ratio: 3, mode: "off" }),
    ];
    expect(judged(notice, aRecord({ subscriptions }))).toMatchObject(expected);
    expect(
      judged(notice, aRecord({ subscriptions: [...subscriptions, aSubscription({ id: 3 })] })),
    ).toMatchObject(loudly);
  });

  test.each([
    ["a summary", summary],
    ["lost data", feed],
  ])(
    "of %s counts among a day's loud messages, and makes no sound after the last of them",
    (_what, notice) => {
      // it is the next day in Auckland
      const record = aRecord({ settings: { kind: "direct", loudPerDay: 1, zone: "Pacific/Auckland" } });
      const first = judged(notice, record);
      expect(first).toMatchObject({ ...loudly, pushes: { loud: { day: "2026-11-23", count: 1 } } });
      const { pushes } = first.kind === "push" ? first : { pushes: noPushes };
      expect(judged(notice, record, pushes)).toEqual({ ...silently, pushes });
    },
  );
});
