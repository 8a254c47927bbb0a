import { describe, expect, test } from "vitest";
import type { Outset, VenueReport } from "../../src/store/contracts/rounds.ts";
import { createAhead, newestRecords } from "../../src/worker/ahead.ts";
import { anObservation, anOutset, noon } from "../store/builders.ts";
import { silentLog } from "../support/redis.ts";
import { spokenLog } from "../support/spokenLog.ts";

const slot = 7;

function good(venue: string, at = slot + 1, markPrice = 84_230): VenueReport {
  return { venue, slot: at, at: noon, observation: anObservation({ markPrice }) };
}

function bad(venue: string, at = slot + 1): VenueReport {
  return { venue, slot: at, at: noon, failure: { kind: "retry", reason: "no answer" } };
}

/** Who said what at which price; a failure is named by its slot. */
const told = (outset: Outset | undefined): readonly string[] | undefined =>
  outset?.records.map(({ venue, observation, failure }) =>
    [venue, observation?.markPrice, failure && `failed in ${failure.slot}`].filter(Boolean).join(" "),
  );

interface Look {
  readonly symbol: string;
  readonly answer: (outset: Outset | undefined) => void;
  readonly fail: () => void;
}

/** Two venues polled here, over a Redis whose answers the test gives. */
function setScene(log = silentLog) {
  const looks: Look[] = [];
  const ahead = createAhead({
    expected: ["bybit", "okx"],
    rounds: {
      peek: async (symbol) =>
        new Promise((answer, reject) => {
          looks.push({ symbol, answer, fail: () => reject(new Error("the connection broke")) });
        }),
    },
    log,
  });
  const hearRound = (at: number, symbol = "BTC"): Outset | undefined => {
    ahead.hear(symbol, good("bybit", at));
    return ahead.hear(symbol, good("okx", at));
  };
  /** After a round that was heard here and committed. */
  const looked = async (outset: Outset = committed, symbol = "BTC"): Promise<void> => {
    const looking = ahead.look(symbol);
    looks.at(-1)?.answer(outset);
    await looking;
  };
  return { ...ahead, looks, hearRound, looked };
}

const committed = anOutset({ version: 3, slot });

/** The round before was heard, committed, and what follows it was read. */
async function ready(outset: Outset = committed) {
  const scene = setScene();
  scene.hearRound(slot);
  await scene.looked(outset);
  return scene;
}

describe("what a recompute sets out from is known", () => {
  test("with the report that makes the round whole, and no other", async () => {
    const { hear } = await ready();
    expect(hear("BTC", good("okx"))).toBeUndefined();
    expect(hear("BTC", good("okx"))).toBeUndefined();
    expect(hear("BTC", good("bybit"))).toMatchObject({ version: 3, slot });
  });

  test("once a look", async () => {
    const { hear, hearRound, looked } = await ready();
    expect(hearRound(slot + 1)).toBeDefined();
    expect(hear("BTC", good("okx"))).toBeUndefined();
    expect(hearRound(slot + 2)).toBeUndefined();
    await looked({ ...committed, slot: slot + 2 });
    expect(hearRound(slot + 3)).toBeDefined();
  });

  test("with a venue that fails as well: it has spoken", async () => {
    const { hear } = await ready();
    hear("BTC", bad("bybit"));
    expect(told(hear("BTC", good("okx")))).toEqual(["bybit failed in 8", "okx 84230"]);
  });

  test("after the recompute of the slot that was read: a deadline comes for it, too", async () => {
    const { hearRound, recomputing } = await ready();
    recomputing("BTC", slot);
    expect(hearRound(slot + 1)).toBeDefined();
  });

  test("of each symbol by itself", async () => {
    const { hear, hearRound, recomputing, looked } = await ready();
    expect(hearRound(slot, "ETH")).toBeUndefined();
    await looked(anOutset({ version: 9, slot }), "ETH");
    hear("BTC", good("okx", slot + 1, 1));
    expect(hear("ETH", good("bybit"))).toBeUndefined();
    recomputing("BTC", slot + 1);
    const eth = hear("ETH", good("okx", slot + 1, 2));
    expect(eth?.version).toBe(9);
    expect(told(eth)).toEqual(["bybit 84230", "okx 2"]);
  });
});

describe("nothing is known", () => {
  test("without a look", () => {
    const { hearRound } = setScene();
    expect(hearRound(slot)).toBeUndefined();
    expect(hearRound(slot + 1)).toBeUndefined();
  });

  test("while a look is under way, nor of it once its round was recomputed", async () => {
    const { looks, look, hearRound, recomputing } = setScene();
    hearRound(slot);
    const looking = look("BTC");
    expect(hearRound(slot + 1)).toBeUndefined();
    recomputing("BTC", slot + 1);
    looks[0]?.answer(committed);
    await looking;
    expect(hearRound(slot + 2)).toBeUndefined();
  });

  test("from a look that a later one has overtaken", async () => {
    const { looks, look, hearRound } = setScene();
    hearRound(slot);
    const lookings = [look("BTC"), look("BTC")];
    looks[1]?.answer({ ...committed, version: 4 });
    looks[0]?.answer(committed);
    await Promise.all(lookings);
    expect(hearRound(slot + 1)?.version).toBe(4);
  });

  test("while histories wait to be taken", async () => {
    const scene = setScene();
    scene.hearRound(slot);
    const looking = scene.look("BTC");
    scene.looks[0]?.answer(undefined);
    await looking;
    expect(scene.hearRound(slot + 1)).toBeUndefined();
  });

  test("after a look that failed, of which only who searches hears; the next one works", async () => {
    const log = spokenLog();
    const { looks, look, looked, hearRound } = setScene(log);
    hearRound(slot);
    const looking = look("BTC");
    looks[0]?.fail();
    await expect(looking).resolves.toBeUndefined();
    expect(log.said.map(({ level }) => level)).toEqual(["debug"]);
    expect(hearRound(slot + 1)).toBeUndefined();
    await looked({ ...committed, slot: slot + 1 });
    expect(hearRound(slot + 2)).toBeDefined();
  });

  test("for a slot that is done, and for one that comes after a pause: what was read then is too old", async () => {
    for (const later of [slot, slot + 2, slot + 400]) {
      const { hearRound } = await ready();
      expect(hearRound(later)).toBeUndefined();
    }
  });

  test.each([
    ["by another process, of a newer slot", slot + 1],
    ["at a clock that was set back", slot - 40],
  ])("where what was committed isn't what was heard: %s", async (_, at) => {
    const { hearRound } = await ready({ ...committed, slot: at });
    expect(hearRound(slot + 1)).toBeUndefined();
    const again = await ready({ ...committed, slot: at });
    expect(again.hearRound(at + 1)).toBeUndefined();
  });

  test("once a newer slot is being recomputed", async () => {
    const { hear, recomputing } = await ready();
    hear("BTC", good("okx"));
    recomputing("BTC", slot + 1);
    expect(hear("BTC", good("bybit"))).toBeUndefined();
  });

  test("where another process polls one of the venues; then nobody asks, either", async () => {
    const { looks, hear, look } = setScene();
    for (const at of [slot, slot + 1]) {
      expect(hear("BTC", good("bybit", at))).toBeUndefined();
      await look("BTC");
    }
    hear("BTC", good("okx", slot));
    await look("BTC");
    await look("ETH");
    expect(looks).toEqual([]);
  });

  test("from a late report of an older slot, which replaces nothing", async () => {
    const { hear } = await ready();
    hear("BTC", good("okx", slot + 1, 2));
    expect(hear("BTC", good("bybit", slot, 3))).toBeUndefined();
    expect(hear("BTC", good("okx", slot, 1))).toBeUndefined();
    expect(told(hear("BTC", good("bybit", slot + 1, 4)))).toEqual(["bybit 4", "okx 2"]);
  });
});

describe("the records", () => {
  const before = {
    ...committed,
    records: [
      { venue: "bybit", observation: anObservation({ markPrice: 1 }) },
      { venue: "okx", observation: anObservation({ markPrice: 1 }) },
      { venue: "okx:inverse", observation: anObservation({ markPrice: 1 }) },
    ],
  };

  test("are those that were read, with what was heard since in their places", async () => {
    const { hear } = await ready(before);
    hear("BTC", good("okx", slot + 1, 2));
    expect(told(hear("BTC", good("bybit", slot + 1, 3)))).toEqual(["bybit 3", "okx 2", "okx:inverse 1"]);
    expect(told(before)).toEqual(["bybit 1", "okx 1", "okx:inverse 1"]);
  });

  test("have what was heard while the look was under way, but nothing from before it", async () => {
    const { looks, hear, look, hearRound } = setScene();
    hear("BTC", good("okx:inverse", slot, 5));
    hearRound(slot);
    const looking = look("BTC");
    hear("BTC", good("okx", slot + 1, 2));
    looks[0]?.answer(before);
    await looking;
    expect(told(hear("BTC", good("bybit", slot + 1, 3)))).toEqual(["bybit 3", "okx 2", "okx:inverse 1"]);
  });

  test("have a second contract's, which completes no round", async () => {
    const { hear } = await ready();
    hear("BTC", good("okx", slot + 1, 2));
    expect(hear("BTC", good("okx:inverse", slot + 1, 4))).toBeUndefined();
    expect(told(hear("BTC", good("bybit", slot + 1, 3)))).toEqual(["bybit 3", "okx 2", "okx:inverse 4"]);
  });

  test("have a failure beside the last good observation, until a good one comes", async () => {
    const { hear, looked } = await ready(before);
    hear("BTC", bad("okx"));
    const failed = hear("BTC", good("bybit", slot + 1, 3));
    expect(failed?.records[1]).toEqual({
      venue: "okx",
      observation: anObservation({ markPrice: 1 }),
      failure: { kind: "retry", reason: "no answer", at: noon, slot: slot + 1 },
    });
    await looked({ ...failed, ...before, slot: slot + 1, records: failed?.records ?? [] });
    hear("BTC", good("bybit", slot + 2, 4));
    const recovered = hear("BTC", good("okx", slot + 2, 5));
    expect(told(recovered)).toEqual(["bybit 4", "okx 5", "okx:inverse 1"]);
    expect(recovered?.records[1]).not.toHaveProperty("failure");
  });

  test("have a failure beside what its venue said well since the look", async () => {
    const { hear } = await ready(before);
    hear("BTC", good("okx", slot + 1, 2));
    hear("BTC", bad("okx"));
    expect(told(hear("BTC", good("bybit", slot + 1, 3)))).toEqual([
      "bybit 3",
      "okx 2 failed in 8",
      "okx:inverse 1",
    ]);
  });

  test("have the venue's very words", async () => {
    const { hear } = await ready();
    const observation = anObservation();
    hear("BTC", { venue: "okx", slot: slot + 1, at: noon, observation });
    expect(hear("BTC", good("bybit"))?.records[1]?.observation).toBe(observation);
  });
});

test("of what was read and what was heard each series' newest word counts", () => {
  const spoke = (venue: string, receivedAt: number) => ({
    venue,
    observation: anObservation({ receivedAt }),
  });
  const failed = {
    ...spoke("a", 1),
    failure: { kind: "retry", reason: "HTTP 502", at: 3, slot: 1 },
  } as const;
  const before = { ...spoke("b", 1), failure: { ...failed.failure, at: 1 } };
  const read = [spoke("a", 2), spoke("b", 2), spoke("d", 1)];
  const heard = [spoke("c", 1), failed, before];
  const newest = [{ ...spoke("a", 2), failure: failed.failure }, spoke("b", 2), spoke("c", 1), spoke("d", 1)];
  expect(newestRecords(read, heard)).toEqual(newest);
  expect(newestRecords(heard, read)).toEqual(newest);
});
