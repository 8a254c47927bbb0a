import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { alertIdOf, episodeIdOf, type Edge } from "../../src/alerts/alertId.ts";
import {
  decidePush,
  floorMs,
  type GateDecision,
  type GatedAlert,
  mostBreaks,
} from "../../src/alerts/gate.ts";
import { noPushes, parsePushes, type Pushes } from "../../src/alerts/pushes.ts";
import { ruleKey } from "../../src/alerts/rules.ts";
import type { DestinationRecord, DestinationSettings, Subscription } from "../../src/alerts/subscription.ts";
import { aRecord, aSubscription } from "../store/destinations/subscriptions.ts";

const minute = 60_000;
const hour = 60 * minute;
const noon = Date.UTC(2026, 10, 22, 12);

interface Wanted {
  readonly episode?: number;
  readonly edge?: Exclude<Edge, "update">;
  readonly ratio?: number;
  readonly direction?: "up" | "down";
  readonly symbol?: string;
  /** How lopsided it says it is. */
  readonly told?: number;
  readonly firedAt?: number;
}

function anAlert({
  episode = 1,
  edge = "fire",
  ratio = 2,
  direction = "up",
  symbol = "BTC",
  told,
  firedAt,
}: Wanted = {}): GatedAlert {
  const rule = ruleKey({ direction, notionalUsd: "auto", confidence: 50, ratio });
  const episodeId = episodeIdOf(symbol, rule, noon, episode);
  return { symbol, rule, episodeId, alertId: alertIdOf(episodeId, edge), told, firedAt };
}

function recordWith(
  settings: Partial<DestinationSettings>,
  over: Partial<Subscription> = {},
): DestinationRecord {
  return aRecord({ settings: { kind: "direct", ...settings }, subscriptions: [aSubscription(over)] });
}

/** Alerts one after the other, those that are sent remembered. */
function gate(
  record: DestinationRecord,
  script: readonly (readonly [number, Wanted])[],
): readonly GateDecision[] {
  let pushes = noPushes;
  return script.map(([at, wanted]) => {
    const decision = decidePush(anAlert(wanted), record, pushes, noon + at);
    if (decision.kind === "send") pushes = decision.pushes;
    return decision;
  });
}

describe("a push", () => {
  const cases: readonly [string, DestinationRecord | undefined, object][] = [
    ["to whom nothing is known of", undefined, { kind: "skip", reason: "forgotten" }],
    [
      "to a place that was disabled",
      aRecord({ disabled: { reason: "kicked", at: 1, ownerTold: true } }),
      { kind: "skip", reason: "disabled" },
    ],
    ["that nobody asks for any more", recordWith({}, { ratio: 3 }), { kind: "skip", reason: "unsubscribed" }],
    [
      "in the other direction",
      recordWith({}, { direction: "down" }),
      { kind: "skip", reason: "unsubscribed" },
    ],
    ["of another symbol", recordWith({}, { symbol: "ETH" }), { kind: "skip", reason: "unsubscribed" }],
    ["that is off", recordWith({}, { mode: "off" }), { kind: "skip", reason: "off" }],
    ["to a place that is muted", recordWith({ mutedUntil: noon + 1 }), { kind: "skip", reason: "muted" }],
    ["once the mute is over", recordWith({ mutedUntil: noon }), { kind: "send", loud: true, reason: "loud" }],
    [
      "that is silent",
      recordWith({}, { mode: "silent" }),
      { kind: "send", loud: false, reason: "silent-mode" },
    ],
    [
      "in quiet hours",
      recordWith({ quietHours: { from: 13 * 60, to: 14 * 60 }, zone: "Europe/Madrid" }),
      { kind: "hold", reason: "quiet-hours", until: noon + hour },
    ],
    [
      "beside them",
      recordWith({ quietHours: { from: 780, to: 840 } }),
      { kind: "send", loud: true, reason: "loud" },
    ],
    ["with nothing in its way", recordWith({}), { kind: "send", loud: true, reason: "loud" }],
  ];

  it.each(cases)("%s", (_name, record, expected) => {
    expect(decidePush(anAlert(), record, noPushes, noon)).toMatchObject(expected);
  });

  it("of a rule that can't be read is not sent", () => {
    expect(decidePush({ ...anAlert(), rule: "up" }, aRecord(), noPushes, noon)).toEqual({
      kind: "skip",
      reason: "unknown-rule",
    });
  });
});

describe("a crowd", () => {
  const told = gate(recordWith({}), [[0, {}]])[0];
  const toldOnce = told?.kind === "send" ? told.pushes : noPushes;
  const alone = {
    subscriptions: [aSubscription()],
    settings: { kind: "direct" },
    disabled: undefined,
  } as const;
  const first = { ...alone, alert: anAlert(), pushes: toldOnce, now: noon + 1 };

  interface Asked extends Pick<DestinationRecord, "settings" | "subscriptions"> {
    readonly alert: GatedAlert;
    readonly disabled: DestinationRecord["disabled"];
    readonly pushes: Pushes;
    readonly now: number;
  }
  /** Each differs from the one before in one thing. */
  const steps: readonly Partial<Asked>[] = [
    { alert: anAlert() },
    { alert: anAlert({ edge: "escalate-1" }) },
    { alert: { ...anAlert(), symbol: "ETH" } },
    { alert: { ...anAlert(), episodeId: "another" } },
    { alert: { ...anAlert(), rule: anAlert({ ratio: 3 }).rule } },
    { settings: alone.settings },
    { settings: { kind: "direct", loudPerDay: 0 } },
    { subscriptions: alone.subscriptions },
    { subscriptions: [aSubscription({ mode: "silent" })] },
    { disabled: alone.disabled },
    { disabled: { reason: "kicked", at: 1, ownerTold: true } },
    { pushes: noPushes },
    { pushes: toldOnce },
    { now: noon + 1 },
    { now: noon + floorMs },
  ];
  const decisionOn = ({ alert, pushes, now, disabled, ...parts }: Asked): GateDecision =>
    decidePush(alert, aRecord({ ...parts, ...(disabled !== undefined && { disabled }) }), pushes, now);

  it("is decided for as each of it would be by itself", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...steps), { minLength: 1, maxLength: 20 }), (taken) => {
        const asked: Asked[] = [first];
        for (const step of taken) asked.push({ ...(asked.at(-1) ?? first), ...step });
        const apart = asked.map((one) => decisionOn(structuredClone(one)));
        expect(asked.map(decisionOn)).toEqual(apart);
      }),
      { numRuns: 500 },
    );
  });

  it("shares one decision where all is the same, whosever record it is", () => {
    const [one, another] = ["telegram:1", "telegram:2"].map((destination) => {
      const { settings, subscriptions } = alone;
      return decidePush(anAlert(), aRecord({ settings, subscriptions, destination }), noPushes, noon);
    });
    expect(one).toMatchObject({ kind: "send" });
    expect(another).toBe(one);
  });
});

describe("the floor", () => {
  const others: readonly (readonly [string, readonly (readonly [number, Wanted])[], readonly string[]])[] = [
    [
      "holds back another episode",
      [
        [0, {}],
        [floorMs - 1, { episode: 2 }],
      ],
      ["send", "floor"],
    ],
    [
      "is over after its time",
      [
        [0, {}],
        [floorMs, { episode: 2 }],
      ],
      ["send", "send"],
    ],
    [
      "holds back the other direction",
      [
        [0, {}],
        [minute, { direction: "down" }],
      ],
      ["send", "floor"],
    ],
    [
      "holds back the other direction also where it is stronger",
      [
        [0, { told: 2.1 }],
        [minute, { direction: "down", ratio: 3, told: 3.2 }],
      ],
      ["send", "floor"],
    ],
    [
      "is not ended by another symbol's push",
      [
        [0, {}],
        [1, { symbol: "ETH" }],
        [2, { episode: 2 }],
      ],
      ["send", "send", "floor"],
    ],
    [
      "is of one symbol",
      [
        [0, {}],
        [1, { symbol: "ETH" }],
      ],
      ["send", "send"],
    ],
    [
      "lets escalations through",
      [
        [0, {}],
        [1, { edge: "escalate-1" }],
        [2, { edge: "escalate-2" }],
      ],
      ["send", "send", "send"],
    ],
    [
      "lets a stronger rule through",
      [
        [0, {}],
        [1, { ratio: 3 }],
      ],
      ["send", "send"],
    ],
    [
      "holds back a weaker one",
      [
        [0, { ratio: 3 }],
        [1, {}],
      ],
      ["send", "floor"],
    ],
    [
      "lets a stronger rule through that says no more, where what was said was less than its threshold",
      [
        [0, { told: 2.9 }],
        [1, { ratio: 3, told: 3 }],
      ],
      ["send", "send"],
    ],
    [
      "holds back a stronger rule where as much was said already",
      [
        [0, { told: 3.2 }],
        [minute, { ratio: 3, told: 3.3 }],
      ],
      ["send", "floor"],
    ],
    [
      "lets it through where it has grown by a tenth since",
      [
        [0, { told: 3.2 }],
        [minute, { ratio: 3, told: 3.6 }],
      ],
      ["send", "send"],
    ],
    [
      "holds back an escalation where as much was said already, whoever said it",
      [
        [0, { told: 2.1 }],
        [minute, { ratio: 3, told: 4.1 }],
        [2 * minute, { edge: "escalate-2", told: 4.2 }],
      ],
      ["send", "send", "floor"],
    ],
    [
      "lets no third one through",
      [
        [0, {}],
        [1, { ratio: 3 }],
        [2, { ratio: 4 }],
        [3, { ratio: 5 }],
      ],
      ["send", "send", "send", "floor"],
    ],
    [
      "begins anew with what it let through",
      [
        [0, {}],
        [floorMs - 1, { ratio: 3 }],
        [floorMs, {}],
      ],
      ["send", "send", "floor"],
    ],
    [
      "believes no push from far in the future",
      [
        [0, {}],
        [-hour, { episode: 2 }],
      ],
      ["send", "send"],
    ],
  ];

  it.each(others)("%s", (_name, script, expected) => {
    const everything = aRecord({
      subscriptions: [2, 3, 4, 5].flatMap((ratio, index) => [
        aSubscription({ id: index + 1, ratio }),
        aSubscription({ id: index + 10, ratio, symbol: "ETH" }),
      ]),
    });
    const said = gate(everything, script).map((one) => (one.kind === "send" ? "send" : one.reason));
    expect(said).toEqual(expected);
  });

  it("lets at most three pushes of a symbol through in any ten minutes", () => {
    const wanted = fc.record({
      episode: fc.nat({ max: 3 }),
      edge: fc.constantFrom("fire" as const, "escalate-1" as const, "escalate-2" as const),
      ratio: fc.constantFrom(2, 3),
      direction: fc.constantFrom("up", "down"),
    });
    const script = fc.array(fc.tuple(fc.nat({ max: 3 * minute }), wanted), { maxLength: 60 });
    fc.assert(
      fc.property(script, (steps) => {
        let at = 0;
        const timed = steps.map(([after, one]) => [(at += after), one] as const);
        const record = aRecord({ subscriptions: [aSubscription(), aSubscription({ id: 2, ratio: 3 })] });
        const sent = gate(record, timed).flatMap((one, index) =>
          one.kind === "send" ? [timed[index]?.[0] ?? 0] : [],
        );
        const spans = sent.slice(mostBreaks + 1).map((time, index) => time - (sent[index] ?? 0));
        expect(Math.min(floorMs, ...spans)).toBe(floorMs);
      }),
    );
  });
});

describe("a subscription's own pause", () => {
  const record = recordWith({}, { cooldownMs: 6 * hour });

  it("holds back the next episode, not the escalation of the same", () => {
    const said = gate(record, [
      [0, {}],
      [hour, { edge: "escalate-1" }],
      [2 * hour, { episode: 2 }],
      [7 * hour, { episode: 3 }],
    ]);
    expect(said.map((one) => (one.kind === "send" ? "send" : one.reason))).toEqual([
      "send",
      "send",
      "cooling-down",
      "send",
    ]);
  });
});

describe("a subscription's own pause beside another one's alerts", () => {
  const subscriptions = [aSubscription({ cooldownMs: 6 * hour }), aSubscription({ id: 2, ratio: 3 })];
  const first = { episode: 1, firedAt: noon };

  it("doesn't hold back the escalation of what it was told, whatever came in between", () => {
    const said = gate(aRecord({ subscriptions }), [
      [0, first],
      [20 * minute, { episode: 2, ratio: 3, firedAt: noon + 20 * minute }],
      [40 * minute, { ...first, edge: "escalate-2" }],
    ]);
    expect(said.map(({ kind }) => kind)).toEqual(["send", "send", "send"]);
  });

  it("holds back the escalation of what it wasn't told", () => {
    const later = { episode: 3, firedAt: noon + 2 * hour };
    const said = gate(aRecord({ subscriptions }), [
      [0, first],
      [2 * hour, later],
      [2 * hour + 20 * minute, { episode: 2, ratio: 3, firedAt: noon + 2 * hour + 20 * minute }],
      [2 * hour + 40 * minute, { ...later, edge: "escalate-2" }],
    ]);
    expect(said.map((one) => (one.kind === "send" ? "send" : one.reason))).toEqual([
      "send",
      "cooling-down",
      "send",
      "cooling-down",
    ]);
  });

  it("knows what it was told by a clock that is half a minute behind", () => {
    const said = gate(aRecord({ subscriptions }), [
      [0, { ...first, firedAt: noon + 30_000 }],
      [20 * minute, { episode: 2, ratio: 3 }],
      [40 * minute, { ...first, firedAt: noon + 30_000, edge: "escalate-2" }],
    ]);
    expect(said.map(({ kind }) => kind)).toEqual(["send", "send", "send"]);
  });
});

describe("a budget of loud messages", () => {
  it("makes the rest of the local day silent", () => {
    const record = recordWith({ loudPerDay: 2, zone: "Asia/Tokyo" });
    const said = gate(
      record,
      [0, 1, 2, 3].map((hours) => [hours * hour, { episode: hours }]),
    );
    // 15:00 UTC is midnight in Tokyo
    expect(said.map((one) => one.kind === "send" && one.reason)).toEqual([
      "loud",
      "loud",
      "budget-spent",
      "loud",
    ]);
  });

  it("is not spent by silent ones", () => {
    const [quiet, next] = gate(recordWith({ loudPerDay: 1 }, { mode: "silent" }), [
      [0, {}],
      [hour, { episode: 2 }],
    ]);
    expect([quiet, next]).toMatchObject([{ pushes: { loud: { count: 0 } } }, { reason: "silent-mode" }]);
  });
});

describe("what was pushed", () => {
  it("is read back from its JSON, and what isn't ours counts as none", () => {
    const last = gate(aRecord(), [
      [0, { told: 2.2 }],
      [minute, { edge: "escalate-1", told: 3.1 }],
    ])[1];
    const pushes: Pushes = last?.kind === "send" ? last.pushes : noPushes;
    expect(pushes.symbols["BTC"]).toMatchObject({ told: 3.1, breaks: 1 });
    expect(parsePushes(JSON.stringify(pushes))).toEqual(pushes);
    expect(parsePushes("nonsense")).toEqual(noPushes);
    expect(parsePushes(JSON.stringify({ ...pushes, version: 2 }))).toEqual(noPushes);
  });

  it("of subscriptions is forgotten after the longest pause there is", () => {
    const said = gate(aRecord({ subscriptions: [aSubscription(), aSubscription({ id: 2, ratio: 3 })] }), [
      [0, {}],
      [8 * 24 * hour, { ratio: 3 }],
    ]);
    expect(said[1]).toMatchObject({ pushes: { subscriptions: { 2: noon + 8 * 24 * hour } } });
    expect(said[1]).not.toHaveProperty("pushes.subscriptions.1");
  });
});
