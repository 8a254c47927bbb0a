import { beforeEach, describe, expect, test, vi } from "vitest";
import { createNotifier } from "../../src/notifier/notifier.ts";
import { checkRedis } from "../../src/store/redis/check.ts";
import type { RuleAlert } from "../../src/store/contracts/symbols.ts";
import type { Store } from "../../src/store/contracts/store.ts";
import { createForgetting } from "../../src/store/destinations/forgetting.ts";
import { openStore } from "../../src/store/store.ts";
import { handClock } from "../notifier/builders.ts";
import { aPush, fakeSender } from "../notifier/fakeSender.ts";
import { subscribed } from "../notifier/subscribed.ts";
import { patient } from "../support/patience.ts";
import { silentLog } from "../support/redis.ts";
import { useCluster } from "../support/useCluster.ts";
import { aBar, aCommit, aSpec, anAlert, anObservation, noon } from "./builders.ts";
import { itTakesTurns } from "./ledger/turns.contract.ts";

/** No script leaves its slot, and nobody asks one node for another's keys: both would be refused. */
describe("on a Redis Cluster of three nodes", () => {
  const used = useCluster();
  let store: Store;
  beforeEach(async () => {
    store = await openStore(used.redis, { log: silentLog });
  });

  describe("turns", () => {
    itTakesTurns(() => used.redis);
  });

  test("the whole store works", async () => {
    const { rounds, backfills, symbols, outbox, markets } = store;
    const report = { venue: "okx", slot: 1, at: noon, observation: anObservation() };
    expect(await rounds.report("BTC", report, ["okx"])).toBe("complete");
    expect(await rounds.read("BTC")).toHaveLength(1);
    await backfills.put("BTC", "okx", aSpec(), [aBar()]);
    expect(await rounds.peek("BTC")).toBeUndefined();
    expect((await rounds.outset("BTC")).histories).toHaveLength(1);
    expect(await rounds.peek("BTC")).toMatchObject({ records: [{ venue: "okx" }] });
    const commit = aCommit({ series: new Map([["okx", new Uint8Array(3)]]) });
    expect(await symbols.commit(commit)).toBe("committed");
    await outbox.insert("BTC", noon, [anAlert()]);
    expect(await symbols.read("BTC")).toMatchObject({ version: 1 });
    expect(await symbols.history("BTC", noon, noon)).toHaveLength(1);
    const limits = { perSecond: 1, chatGapMs: 0, groupPerMinute: 1, invalidPer10Minutes: 1 };
    const line = store.pace.line("console", limits, { before: "", after: "", groups: "" });
    const visitor = { holder: "one", turnMs: 4_000, line };
    const { deliveries, found, bookings } = await outbox.claim("BTC", "console", 1, visitor);
    const [delivery] = deliveries;
    expect([found, bookings]).toEqual([undefined, undefined]);
    const wishes = [{ chat: "console", isGroup: false }];
    expect(await store.pace.book("console", limits, wishes)).toEqual([{ kind: "go", inMs: 0 }]);
    if (delivery === undefined) throw new Error("nothing to claim");
    const result = { kind: "sent", messageId: "" } as const;
    expect(await outbox.settle("BTC", "console", [{ delivery, result }])).toEqual([true]);
    expect(await outbox.releaseStuck("BTC", "console", 0)).toBe(0);
    expect(await outbox.countPending("BTC")).toBe(0);
    await markets.put("okx", "[]");
    expect(await markets.get("okx")).toBe("[]");
    const findings = await checkRedis(used.redis);
    expect(findings.map(({ level }) => level)).toEqual(Array.from({ length: 9 }, () => "ok"));
  });

  test("a destination moves to another node with all that is known of it, and is forgotten there", async () => {
    const { destinations, turns } = store;
    // their keys lie on the first node and on the last
    const [from, to] = ["console:a", "console:b"];
    await subscribed(store, from, { guild: "7" });
    await turns.end([{ destination: from, pushes: "{1}" }], "one");
    await turns.moved(from, to);
    await destinations.move(from, to);
    expect(await turns.take([from, to], "one", 10_000)).toEqual([
      { kind: "taken", pushes: "{1}", movedTo: to },
      { kind: "taken", pushes: "{1}", movedTo: undefined },
    ]);
    expect(await destinations.ofGuild("7")).toEqual([to]);
    expect((await destinations.list(undefined, 10)).destinations).toEqual([to]);
    expect((await store.rules.inUse("BTC")).members).toEqual(new Map([["up-auto-50-2", 1]]));
    await turns.end([{ destination: from }, { destination: to }], "one");
    const forgetting = createForgetting(used.redis, { symbols: ["BTC"] });
    expect(await forgetting.forget(to, async () => destinations.forget(to))).toBe(true);
    expect(await destinations.getMany([from, to])).toEqual([undefined, undefined]);
    expect((await store.rules.inUse("BTC")).members.size).toBe(0);
    expect(await turns.take([from, to], "two", 10_000)).toEqual(
      [from, to].map(() => ({ kind: "taken", pushes: undefined, movedTo: undefined })),
    );
  });

  test("an alert goes to all its subscribers once, with its floor, its edit and its summaries", async () => {
    // more than one commit fans out by itself, and not all of them want to hear of it now
    const people = Array.from({ length: 520 }, (_, index) => `console:${index}`);
    const night = { quietHours: { from: 0, to: 1_439 } };
    await Promise.all(
      people.map(async (person, index) => subscribed(store, person, index < 20 ? night : {})),
    );
    expect(Math.min(...(await used.keyCounts()))).toBeGreaterThan(100);
    const clock = handClock();
    const { sender, requests, edits } = fakeSender();
    const settled: Record<string, number> = {};
    const pump = createNotifier({
      sender,
      store,
      clock,
      log: silentLog,
      nameOf: (name) => name,
      onSettled: (_platform, outcome) => {
        settled[outcome] = (settled[outcome] ?? 0) + 1;
      },
      onRepeat: () => undefined,
      onNotice: () => undefined,
    });
    const say = async (alert: RuleAlert): Promise<void> => {
      const { version, slot } = await store.symbols.read("BTC");
      const wanted = aCommit({ basedOn: version, slot: slot + 1, at: clock.now(), ruleAlerts: [alert] });
      expect(await store.symbols.commit(wanted)).toBe("committed");
      pump.wake("BTC");
      await vi.waitFor(async () => {
        await pump.settled();
        expect(await store.outbox.countPending("BTC")).toBe(0);
      }, patient);
    };
    await say(aPush("a1"));
    const reached = requests.map(({ destination }) => destination).toSorted();
    expect(reached).toEqual(people.slice(20).toSorted());
    expect((await store.turns.heldBack("console:0")).size).toBe(1);
    clock.advance(60_000);
    await say(aPush("a2"));
    await say(aPush("a1-resolved", { kind: "edit", episodeId: "a1" }));
    await pump.stop();
    expect(requests).toHaveLength(500);
    expect(edits).toHaveLength(500);
    expect(settled).toEqual({ sent: 1_000, skipped: 500, held: 40 });
    expect(await store.outbox.countPending("notices")).toBe(20);
  });
});
