import { describe, expect, test } from "vitest";
import type { FiringContent } from "../../../src/alerts/content.ts";
import { alertContent } from "../../../src/alerts/content.ts";
import type { Direction } from "../../../src/alerts/data.ts";
import type { RuleState, SymbolRules } from "../../../src/alerts/ruleState.ts";
import type { DestinationRecord, Subscription } from "../../../src/alerts/subscription.ts";
import { aftermath } from "../../../src/bots/shared/aftermath.ts";
import { alertState, awayFrom, type AlertState } from "../../../src/bots/shared/alertState.ts";
import { alertsReply } from "../../../src/bots/shared/replies/alerts.ts";
import { chooseRatioReply, subscribedReply } from "../../../src/bots/shared/replies/subscribe.ts";
import { replyText } from "../../../src/bots/shared/reply.ts";
import type { HistoryPoint } from "../../../src/store/contracts/symbols.ts";
import { textsIn } from "../../../src/texts/texts.ts";
import { firedUp, imbalanceOf, mirrored, referenceImbalance } from "../../alerts/examples.ts";

const now = Date.UTC(2026, 10, 22, 23, 30);
const minute = 60_000;
const hour = 60 * minute;

const subscription: Subscription = {
  id: 1,
  symbol: "BTC",
  ratio: 2.5,
  direction: "both",
  notionalUsd: "auto",
  confidence: 50,
  mode: "loud",
};
const record: DestinationRecord = {
  version: 1,
  destination: "telegram:1",
  settings: { kind: "direct", zone: "UTC" },
  subscriptions: [subscription],
  nextId: 2,
};
const calm: SymbolRules = { stateOf: () => undefined };
const imbalance = imbalanceOf(2);

/** What `/alerts` says of it. */
function said(
  over: {
    readonly subscription?: Partial<Subscription>;
    readonly record?: Partial<DestinationRecord>;
    readonly watch?: SymbolRules;
    readonly imbalance?: typeof imbalance | undefined;
  } = {},
): string {
  const one = { ...subscription, ...over.subscription };
  const kept = { ...record, ...over.record };
  const watched = {
    record: kept,
    imbalance: "imbalance" in over ? over.imbalance : imbalance,
    watch: over.watch ?? calm,
    isPolled: true,
    now,
  };
  const listed = [{ subscription: one, state: alertState(one, watched) }];
  return replyText(alertsReply(textsIn("en"), listed, kept, {})).split("\n")[3] ?? "";
}

const leansDown = mirrored(imbalance);

/** What its rules do by direction. */
function oneWay(states: Readonly<Partial<Record<Direction, RuleState>>>): SymbolRules {
  return { stateOf: ({ direction }) => states[direction] };
}

describe("the state of a subscription", () => {
  const settings = record.settings;
  const firing: SymbolRules = {
    stateOf: ({ direction }) =>
      direction === "up" ? { status: "firing", since: now - hour, level: 0 } : undefined,
  };
  const coolingDown: SymbolRules["stateOf"] = ({ direction }) =>
    direction === "down" ? { status: "cooling-down", until: now + hour } : undefined;
  test.each([
    ["waits for its threshold", said(), "🟢 armed, 25% away"],
    [
      "is beyond it, not held yet",
      said({ imbalance: imbalanceOf(3) }),
      "🟢 beyond the threshold, waiting for it to hold",
    ],
    ["knows no figures", said({ imbalance: undefined }), "🟢 armed"],
    ["has a sum of its own", said({ subscription: { notionalUsd: 5e8 } }), "🟢 armed"],
    [
      "fires",
      said({ watch: firing, imbalance: imbalanceOf(2.8) }),
      "🔴 firing since Nov 22, 22:30, ratio 2.8×",
    ],
    [
      "crossed a minute ago",
      said({ watch: { stateOf: () => ({ status: "pending", since: now - minute }) } }),
      "🟡 crossed at Nov 22, 23:29, must hold a little longer",
    ],
    [
      "is beyond it one way, and rests after an alert the other way",
      said({ imbalance: imbalanceOf(3), watch: { stateOf: coolingDown } }),
      "🟢 beyond the threshold, waiting for it to hold",
    ],
    [
      "has crossed one way, and rests after an alert the other way",
      said({
        imbalance: imbalanceOf(1 / 3),
        watch: {
          stateOf: ({ direction }) =>
            direction === "up"
              ? { status: "cooling-down", until: now + hour }
              : { status: "pending", since: now - minute },
        },
      }),
      "🟡 crossed at Nov 22, 23:29, must hold a little longer",
    ],
    [
      "fired lately",
      said({ watch: { stateOf: () => ({ status: "cooling-down", until: now + hour }) } }),
      "🔕 quiet after its last alert until Nov 23, 00:30",
    ],
    [
      "fired lately the other way",
      said({ watch: oneWay({ up: { status: "cooling-down", until: now + hour } }), imbalance: leansDown }),
      "🟢 armed, 25% away",
    ],
    [
      "crossed the other way than it fired lately",
      said({
        watch: oneWay({
          up: { status: "cooling-down", until: now + hour },
          down: { status: "pending", since: now - minute },
        }),
        imbalance: leansDown,
      }),
      "🟡 crossed at Nov 22, 23:29, must hold a little longer",
    ],
    [
      "crossed before its data was lost",
      said({ watch: { ...oneWay({ up: { status: "pending", since: now - hour } }), hold: "stale" } }),
      "⏳ held: no fresh data",
    ],
    [
      "may not decide",
      said({ watch: { ...calm, hold: "contradiction" } }),
      "⏳ held: the venues contradict each other",
    ],
    ["warms up", said({ watch: { ...calm, hold: "warming-up" } }), "⏳ held: warming up after a start"],
    [
      "sleeps through quiet hours, whatever the market does",
      said({ watch: firing, record: { settings: { ...settings, quietHours: { from: 1_320, to: 420 } } } }),
      "🔕 held: quiet hours until Nov 23, 07:00",
    ],
    [
      "is muted",
      said({ record: { settings: { ...settings, mutedUntil: now + hour } } }),
      "🔕 left out: muted until Nov 23, 00:30",
    ],
    [
      "was muted once",
      said({ record: { settings: { ...settings, mutedUntil: now - 1 } } }),
      "🟢 armed, 25% away",
    ],
    ["is paused", said({ subscription: { mode: "off" } }), "⏸ paused"],
    [
      "can't be delivered",
      said({ record: { disabled: { reason: "blocked", at: 1, ownerTold: true } } }),
      "⛔ stopped: blocked. It goes on once I may write there, or with your next /subscribe.",
    ],
  ])("that %s", (_what, text, expected) => expect(text).toBe(expected));
});

test("the time of a crossing has its day, and Spanish says so", () => {
  const state = { kind: "pending", since: now, ratio: 2.6 } as const;
  const reply = alertsReply(textsIn("es"), [{ subscription, state }], record, {});
  expect(replyText(reply)).toContain("🟡 cruzó el 22 nov, 23:30, debe mantenerse un poco más");
});

describe("how far a threshold is away", () => {
  test.each([
    ["up", imbalanceOf(2), 0.25],
    ["down", imbalanceOf(2), 4],
    ["both", imbalanceOf(2), 0.25],
    ["both", mirrored(imbalanceOf(2)), 0.25],
    ["up", mirrored(imbalanceOf(2)), 4],
  ] as const)("%s", (direction, measured, away) => {
    expect(awayFrom({ ...subscription, direction }, measured)).toBeCloseTo(away, 10);
  });
  test("asks the percentile that the subscription asks for", () => {
    const ratioPercentiles = { p10: 1.25, p20: 1.5, p50: 2, p80: 2.6, p90: 3 };
    const sure = { ...imbalanceOf(2), ratioPercentiles };
    expect(awayFrom({ ...subscription, direction: "up", confidence: 90 }, sure)).toBeCloseTo(1, 10);
  });
});

test("beside each ratio stands how often it would have fired, and whether that was reconstructed", () => {
  const counts = new Map([[2, 4]]);
  const wish = { symbol: "BTC" };
  const reply = chooseRatioReply(textsIn("en"), wish, { days: 30, isReconstructed: true, counts }, {});
  const labels = (reply.rows ?? []).flat().map(({ label }) => label);
  expect(labels).toContain("2.0× · 4 in 30\u00a0d");
  expect(labels).toContain("3.0×");
  expect(replyText(reply)).toContain("reconstructed from the venues' history");
});

describe("who subscribes", () => {
  const asked = { subscription, typed: 2.5, isNew: true, zone: undefined, test: undefined, testReason: "" };
  const answered = (away: number, isFiring: boolean): string => {
    const state: AlertState = isFiring
      ? { kind: "firing", since: now, ratio: undefined }
      : { kind: "armed", away };
    return replyText(subscribedReply(textsIn("en"), { ...asked, away, state }, {}));
  };
  test.each([
    ["well below", answered(0.25, false), "Now it is 2.0×, 25% away."],
    ["beyond, and it is new", answered(-0.1, false), "beyond that already: if it holds, you hear soon."],
    ["beyond, and told to others", answered(-0.1, true), "that alert is out already. You hear of the next"],
    [
      "just below, and told to others and not over",
      answered(0.05, true),
      "Now it is 2.4×, and that alert is out already. You hear of the next one.",
    ],
  ])("hears what can be promised: %s", (_where, text, promised) => expect(text).toContain(promised));
});

describe("what came after an alert", () => {
  const content = alertContent(referenceImbalance, firedUp) as FiringContent;
  const { firedAt, markPrice } = content;
  const at = (hours: number, share: number): HistoryPoint => ({
    time: firedAt + hours * hour,
    markPrice: markPrice * (1 + share),
    ratio: null,
    ratioLow: null,
    ratioHigh: null,
    notionalUsd: null,
  });
  const later = firedAt + 48 * hour;
  test.each([
    ["shorts were reached", [at(0.5, 0.01), at(1, -0.05)], later, { direction: "up", afterMs: hour / 2 }],
    ["longs were reached", [at(2, -0.03), at(3, 0.02)], later, { direction: "down", afterMs: 2 * hour }],
    ["neither was", [at(1, 0.005), at(24, -0.01)], later, undefined],
    ["a day later doesn't count", [at(30, 0.5)], later, undefined],
    ["nothing was recorded", [], later, undefined],
  ] as const)("%s", (_what, points, until, reached) => {
    expect(aftermath(content, points, until).reached).toEqual(reached);
  });
  test("an escalation is looked at from its own moment on, not from its episode's first", () => {
    const escalation: FiringContent = { ...content, level: 1, time: firedAt + 3 * hour };
    const points = [at(0.5, -0.05), at(1, -0.05), at(3.5, 0.005), at(4, 0.01), at(27, -0.02)];
    const told = aftermath(escalation, points, later);
    expect(told.reached).toEqual({ direction: "up", afterMs: hour });
    expect(told.afterHour).toBeCloseTo(0.01, 10);
    expect(told.afterDay).toBeCloseTo(-0.02, 10);
  });
  test("changes are told once their time is over, from the nearest minute", () => {
    const points = [at(1.05, 0.01), at(24, -0.02)];
    const told = aftermath(content, points, later);
    expect(told.afterHour).toBeCloseTo(0.01, 10);
    expect(told.afterDay).toBeCloseTo(-0.02, 10);
    expect(aftermath(content, points, firedAt + 2 * hour)).not.toHaveProperty("afterDay");
    expect(aftermath(content, [at(3, 0.01)], later)).not.toHaveProperty("afterHour");
  });
});
