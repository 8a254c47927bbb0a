import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Edit } from "../../src/alerts/change.ts";
import {
  changeSubscription,
  noteOwnerTold,
  type Place,
  start,
  subscribe,
  unsubscribe,
  wishKey,
} from "../../src/alerts/edits.ts";
import { type Limits, mostNotionals, mostSubscriptions, type Wish } from "../../src/alerts/limits.ts";
import {
  setCrosspost,
  setFeedNotices,
  setLanguage,
  setLoudPerDay,
  setMute,
  setQuietHours,
  setStyle,
  setZone,
} from "../../src/alerts/settings.ts";
import type { DestinationRecord } from "../../src/alerts/subscription.ts";

const place: Place = { destination: "telegram:1", kind: "group", owner: "telegram:7" };
const limits: Limits = { symbols: ["BTC", "ETH"], notionalsInUse: new Set() };
const now = Date.UTC(2026, 10, 22);

/** The record after all edits; throws at the first that is refused. */
function after(...edits: readonly Edit[]): DestinationRecord {
  const record = edits.reduce<DestinationRecord | undefined>((kept, edit) => {
    const change = edit(kept);
    if (change.kind === "refuse") throw new Error(change.reason);
    return change.record;
  }, undefined);
  if (record === undefined) throw new Error("no edits");
  return record;
}

const btc = subscribe(place, { symbol: "BTC", ratio: 2 }, limits);

describe("subscribing", () => {
  it("begins a record with what the place says of itself, and the usual wishes", () => {
    expect(after(btc)).toEqual({
      version: 1,
      destination: "telegram:1",
      settings: { kind: "group", owner: "telegram:7" },
      subscriptions: [
        {
          id: 1,
          symbol: "BTC",
          ratio: 2,
          direction: "both",
          notionalUsd: "auto",
          confidence: 50,
          mode: "loud",
        },
      ],
      nextId: 2,
    });
  });

  it("sets thresholds and sums to what is watched", () => {
    const odd = subscribe(place, { symbol: "BTC", ratio: 2.52, notionalUsd: 1_137_000_000 }, limits);
    expect(after(odd).subscriptions).toMatchObject([{ ratio: 2.5, notionalUsd: 1_100_000_000 }]);
    expect(after(subscribe(place, { symbol: "BTC", ratio: 7.3 }, limits)).subscriptions).toMatchObject([
      { ratio: 7.5 },
    ]);
  });

  it("again for the same changes it, and adds none", () => {
    const again = subscribe(place, { symbol: "BTC", ratio: 2, mode: "silent", cooldownMs: 60_000 }, limits);
    const record = after(btc, again);
    expect(record.subscriptions).toMatchObject([{ id: 1, mode: "silent", cooldownMs: 60_000 }]);
    expect(record.nextId).toBe(2);
  });

  it("goes on where sending was stopped", () => {
    const disabled = { ...after(btc), disabled: { reason: "kicked", at: 1, ownerTold: true } };
    expect(subscribe(place, { symbol: "ETH", ratio: 2 }, limits)(disabled)).not.toHaveProperty(
      "record.disabled",
    );
    expect(start(place)(disabled)).toEqual({ kind: "keep", record: after(btc) });
  });

  const refusals: readonly [string, Wish, Limits, string][] = [
    ["a symbol that isn't polled", { symbol: "DOGE", ratio: 2 }, limits, "refused-symbol"],
    ["a threshold under 1.1", { symbol: "BTC", ratio: 1.09 }, limits, "refused-threshold"],
    ["a threshold over 20", { symbol: "BTC", ratio: 20.1 }, limits, "refused-threshold"],
    ["a threshold that is no number", { symbol: "BTC", ratio: Number.NaN }, limits, "refused-threshold"],
    ["a sum of nothing", { symbol: "BTC", ratio: 2, notionalUsd: 0 }, limits, "refused-notional"],
    ["an endless sum", { symbol: "BTC", ratio: 2, notionalUsd: Infinity }, limits, "refused-notional"],
    ["no pause at all", { symbol: "BTC", ratio: 2, cooldownMs: 0 }, limits, "refused-cooldown"],
    [
      "a seventeenth sum",
      { symbol: "BTC", ratio: 2, notionalUsd: 5e9 },
      {
        ...limits,
        notionalsInUse: new Set(Array.from({ length: mostNotionals }, (_, index) => (index + 1) * 1e8)),
      },
      "refused-too-many-notionals",
    ],
  ];

  it.each(refusals)("to %s is refused", (_name, wish, given, reason) => {
    expect(subscribe(place, wish, given)(undefined)).toMatchObject({ kind: "refuse", reason });
  });

  it("more often than allowed is refused, and said how often", () => {
    const many = Array.from({ length: mostSubscriptions }, (_, index) =>
      subscribe(place, { symbol: "BTC", ratio: 1.1 + index * 0.05 }, limits),
    );
    const record = after(...many);
    expect(subscribe(place, { symbol: "ETH", ratio: 2 }, limits)(record)).toEqual({
      kind: "refuse",
      reason: "refused-too-many-subscriptions",
      arguments: { most: "50" },
    });
    expect(subscribe(place, { symbol: "BTC", ratio: 1.1, mode: "off" }, limits)(record).kind).toBe("keep");
  });
});

describe("changing a subscription", () => {
  const eth = subscribe(place, { symbol: "ETH", ratio: 3, cooldownMs: 60_000 }, limits);

  it("changes what is named and leaves the rest, the id as well", () => {
    const record = after(btc, eth, changeSubscription(2, { ratio: 3.5, direction: "up" }, limits));
    expect(record.subscriptions[1]).toEqual({
      id: 2,
      symbol: "ETH",
      ratio: 3.5,
      direction: "up",
      notionalUsd: "auto",
      confidence: 50,
      cooldownMs: 60_000,
      mode: "loud",
    });
  });

  it("can go back to the installation's own pause", () => {
    const record = after(btc, eth, changeSubscription(2, { cooldownMs: "usual" }, limits));
    expect(record.subscriptions[1]).not.toHaveProperty("cooldownMs");
  });

  it.each([
    [9, { ratio: 3 }, "refused-no-such-subscription"],
    [1, { ratio: 30 }, "refused-threshold"],
    [1, { ratio: 2.5 }, "refused-there-already"],
  ])("%i to %o is refused", (id, change, reason) => {
    const record = after(btc, subscribe(place, { symbol: "BTC", ratio: 2.5 }, limits));
    expect(changeSubscription(id, change, limits)(record)).toMatchObject({ kind: "refuse", reason });
  });

  it("that the configuration asks for can be silenced, not bent", () => {
    const [one] = after(btc).subscriptions;
    const record = {
      ...after(btc),
      subscriptions: one === undefined ? [] : [{ ...one, fromConfig: true as const }],
    };
    expect(changeSubscription(1, { mode: "silent" }, limits)(record).kind).toBe("keep");
    expect(changeSubscription(1, { ratio: 3 }, limits)(record)).toMatchObject({
      reason: "refused-from-config",
    });
    expect(unsubscribe("all")(record)).toMatchObject({
      record: { subscriptions: [{ id: 1, mode: "off", fromConfig: true }] },
    });
  });
});

describe("unsubscribing", () => {
  const eth = subscribe(place, { symbol: "ETH", ratio: 3 }, limits);

  it.each([
    [{ symbol: "BTC" }, ["ETH"]],
    [{ id: 2 }, ["BTC"]],
    ["all" as const, []],
  ])("%o leaves the others", (which, left) => {
    expect(after(btc, eth, unsubscribe(which)).subscriptions.map((one) => one.symbol)).toEqual(left);
  });

  it("from what isn't there is refused", () => {
    expect(unsubscribe("all")(undefined)).toMatchObject({ reason: "refused-no-such-subscription" });
    expect(unsubscribe({ symbol: "SOL" })(after(btc))).toMatchObject({
      reason: "refused-no-such-subscription",
    });
  });

  it("frees no id", () => {
    expect(after(btc, unsubscribe("all"), eth).subscriptions).toMatchObject([{ id: 2 }]);
  });
});

describe("settings", () => {
  const kept: readonly [string, Edit, object][] = [
    ["quiet hours", setQuietHours(place, { from: 1_320, to: 420 }), { quietHours: { from: 1_320, to: 420 } }],
    ["a zone", setZone(place, "Asia/Kolkata"), { zone: "Asia/Kolkata" }],
    ["a language", setLanguage(place, "en"), { language: "en" }],
    ["a mute", setMute(place, now + 1, now), { mutedUntil: now + 1 }],
    ["a budget", setLoudPerDay(place, 3), { loudPerDay: 3 }],
    ["feed notices", setFeedNotices(place, true), { feedNotices: true }],
    ["embeds", setStyle(place, "embed"), { style: "embed" }],
    ["publishing", setCrosspost(place, true), { crosspost: true }],
  ];

  it.each(kept)("take %s, also before there is anything else", (_name, edit, settings) => {
    expect(after(edit).settings).toEqual({ kind: "group", owner: "telegram:7", ...settings });
    expect(after(btc, edit).subscriptions).toHaveLength(1);
  });

  it("are taken back one by one", () => {
    const all = kept.map(([, edit]) => edit);
    const back = [
      setQuietHours(place, undefined),
      setMute(place, now, now),
      setLoudPerDay(place, undefined),
      setFeedNotices(place, false),
      setStyle(place, undefined),
      setCrosspost(place, false),
    ];
    expect(after(...all, ...back).settings).toEqual({
      kind: "group",
      owner: "telegram:7",
      zone: "Asia/Kolkata",
      language: "en",
    });
  });

  it.each([
    ["hours of no length", setQuietHours(place, { from: 60, to: 60 }), "refused-quiet-hours"],
    [
      "a minute after midnight of the next day",
      setQuietHours(place, { from: 0, to: 1_440 }),
      "refused-quiet-hours",
    ],
    ["half a minute", setQuietHours(place, { from: 0.5, to: 60 }), "refused-quiet-hours"],
    ["a zone that doesn't exist", setZone(place, "Mars/Olympus"), "refused-zone"],
    ["a language nobody wrote", setLanguage(place, "tlh"), "refused-language"],
    ["a mute for ever", setMute(place, Infinity, now), "refused-mute"],
    ["a budget of none", setLoudPerDay(place, 0), "refused-loud-per-day"],
    ["half an alert", setLoudPerDay(place, 1.5), "refused-loud-per-day"],
  ])("refuse %s", (_name, edit, reason) => {
    expect(edit(undefined)).toMatchObject({ kind: "refuse", reason });
  });

  it("note once that an owner was told", () => {
    const disabled = { reason: "kicked", at: 1, ownerTold: false };
    expect(noteOwnerTold({ ...after(btc), disabled })).toMatchObject({
      record: { disabled: { ownerTold: true } },
    });
    expect(noteOwnerTold(after(btc))).toMatchObject({ kind: "refuse" });
  });
});

describe("whatever is edited in whatever order", () => {
  const wish: fc.Arbitrary<Wish> = fc.record({
    symbol: fc.constantFrom("BTC", "ETH"),
    ratio: fc.double({ min: 1, max: 21, noNaN: true }),
    direction: fc.constantFrom("both", "up", "down"),
    notionalUsd: fc.oneof(fc.constant("auto" as const), fc.double({ min: 1e4, max: 1e13, noNaN: true })),
    confidence: fc.constantFrom(50, 80, 90),
    mode: fc.constantFrom("loud", "silent", "off"),
  });
  const id = fc.nat({ max: 12 });
  const edit: fc.Arbitrary<Edit> = fc.oneof(
    wish.map((one) => subscribe(place, one, limits)),
    id.map((one) => unsubscribe({ id: one })),
    fc
      .tuple(id, wish)
      .map(([one, { symbol: _symbol, ...change }]) => changeSubscription(one, change, limits)),
  );

  it("no two subscriptions are the same, no id comes twice, and none is beyond its limits", () => {
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 80 }), (edits) => {
        const record = edits.reduce<DestinationRecord | undefined>((kept, one) => {
          const change = one(kept);
          return change.kind === "keep" ? change.record : kept;
        }, undefined);
        const subscriptions = record?.subscriptions ?? [];
        expect(new Set(subscriptions.map(wishKey)).size).toBe(subscriptions.length);
        expect(new Set(subscriptions.map((one) => one.id)).size).toBe(subscriptions.length);
        expect(subscriptions.length).toBeLessThanOrEqual(mostSubscriptions);
        for (const { ratio, id: given } of subscriptions) {
          expect(ratio).toBeGreaterThanOrEqual(1.1);
          expect(ratio).toBeLessThanOrEqual(20);
          expect(given).toBeLessThan(record?.nextId ?? 0);
        }
      }),
    );
  });
});
