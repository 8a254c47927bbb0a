import { describe, expect, test } from "vitest";
import { alertContent } from "../../src/alerts/content.ts";
import { parseNotice } from "../../src/alerts/notices.ts";
import { createHolding } from "../../src/notifier/holding.ts";
import { noticesPlace } from "../../src/store/contracts/outbox.ts";
import type { OutboxAlert } from "../../src/store/contracts/symbols.ts";
import { toldId } from "../../src/store/contracts/turns.ts";
import { firedUp, imbalanceOf } from "../alerts/examples.ts";
import { aDelivery, content, handClock, now } from "./builders.ts";

const minuteMs = 60_000;
const resolved = JSON.stringify({
  version: 1,
  kind: "resolved",
  alertId: "a-resolved",
  firedAlertId: "a",
  symbol: "BTC",
  direction: "up",
  firedAt: now,
  time: now,
  ratio: 1.31,
});
const grown = JSON.stringify(alertContent(imbalanceOf(4), firedUp));

/** A ledger that only remembers, and what came of it, in its order. */
function holdingOf(newestEdit?: string) {
  const steps: string[] = [];
  const announced: OutboxAlert[] = [];
  const held = new Map<string, string>();
  const holding = createHolding({
    outbox: {
      insert: async (place, _at, alerts) => {
        steps.push(`announced among ${place}`);
        announced.push(...alerts);
      },
      newestEdits: async (_place, episodeIds) => episodeIds.map(() => newestEdit),
    },
    turns: {
      holdBack: async (_destination, id, entry) => {
        steps.push(`kept ${id}`);
        held.set(id, entry);
      },
      noteTold: async (_destination, name) => {
        steps.push(`telling ${name}`);
        if (!held.has(toldId)) held.set(toldId, name);
      },
      heldBack: async () => held,
      dropHeld: async (_destination, ids) => ids.forEach((id) => held.delete(id)),
    },
    clock: handClock(),
  });
  return { holding, steps, announced };
}

const anAlert = (alertId: string, episodeId = "") =>
  aDelivery({ alert: { ...aDelivery().alert, alertId, episodeId } });

describe("what is held back", () => {
  test("is kept before its summary is announced: who dies in between loses nothing", async () => {
    const { holding, steps } = holdingOf();
    await holding.hold(anAlert("a1"), "quiet-hours", now + minuteMs);
    expect(steps).toEqual(["kept a1", `announced among ${noticesPlace}`]);
  });

  test.each([
    ["an hour away", 60 * minuteMs, 60 * minuteMs],
    ["45 seconds away", 45_000, 45_000],
    // the one that is sent then may have been filled already
    ["nearer", 44_999, 134_999],
    ["now", 0, 90_000],
  ])("for an end that is %s comes in a summary that can't miss it", async (_when, inMs, delayMs) => {
    const { holding, announced } = holdingOf();
    await holding.hold(anAlert("a1"), "quiet-hours", now + inMs);
    expect(announced).toMatchObject([{ delayMs, destinations: ["console"] }]);
  });

  test("is one summary an end and a reason, and each night has its own", async () => {
    const { holding, announced } = holdingOf();
    const night = now + 60 * minuteMs;
    await holding.hold(anAlert("a1"), "quiet-hours", night);
    await holding.hold(anAlert("a2"), "quiet-hours", night);
    await holding.hold(anAlert("a3"), "late", night);
    await holding.hold(anAlert("a4"), "quiet-hours", night + 1_440 * minuteMs);
    const [first, second, late, next] = announced.map(({ alertId }) => alertId);
    expect(second).toBe(first);
    expect(new Set([first, late, next]).size).toBe(3);
  });

  test.each([
    ["has ended", "e1", resolved, true],
    ["goes on", "e1", grown, undefined],
    ["has had no edit", "e1", undefined, undefined],
    ["can't be asked about", "", resolved, undefined],
  ])("is told as it is by then: an episode that %s", async (_what, episodeId, newestEdit, hasEnded) => {
    const { holding, announced } = holdingOf(newestEdit);
    await holding.hold(anAlert("a1", episodeId), "quiet-hours", now);
    const [summary] = announced;
    const notice = aDelivery({ alert: { ...aDelivery().alert, content: summary?.content ?? "" } });
    const filled = await holding.fill(notice);
    const read = parseNotice(filled?.content);
    if (!read.ok || read.value.kind !== "summary") throw new Error("no summary");
    expect(read.value.alerts.map((alert) => alert.hasEnded)).toEqual([hasEnded]);
    expect(filled?.ids).toEqual(["a1"]);
  });

  test("is nothing that an alert could be filled with", async () => {
    const { holding } = holdingOf();
    expect(await holding.fill(aDelivery({ alert: { ...aDelivery().alert, content } }))).toBeUndefined();
  });

  test("stays marked as perhaps told when a later attempt at it certainly wasn't", async () => {
    const { holding, announced } = holdingOf();
    await holding.hold(anAlert("a1"), "quiet-hours", now);
    const [summary] = announced;
    const notice = aDelivery({ alert: { ...aDelivery().alert, ...summary } });
    const fill = async () => {
      const filled = await holding.fill(notice);
      if (filled === undefined) throw new Error("no summary");
      return filled;
    };
    await holding.begin("console", await fill());
    await holding.takeBack("console", await fill());
    await holding.hold(anAlert("a2"), "quiet-hours", now);
    expect(await fill()).toMatchObject({ ids: ["a1", "a2"], mayRepeat: true });
  });
});
