import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { mostNotionals, mostSubscriptions } from "../../../src/alerts/limits.ts";
import { followConfig } from "../../../src/alerts/operator.ts";
import { onGrid } from "../../../src/alerts/rules.ts";
import type { DestinationRecord, Subscription } from "../../../src/alerts/subscription.ts";
import type { Store } from "../../../src/store/contracts/store.ts";
import { formatRecordLine, parseRecordLine } from "../../../src/store/destinations/recordLine.ts";
import { registerKeys } from "../../../src/store/keys.ts";
import type { RedisClient } from "../../../src/store/redis/script.ts";
import { openStore } from "../../../src/store/store.ts";
import { exportLines, importLines, type Imported } from "../../../src/store/destinations/transfer.ts";
import { silentLog, startTestRedis, type TestRedis } from "../../support/redis.ts";
import { pageContents } from "./pageContents.ts";
import { aRecord, aSubscription } from "./subscriptions.ts";

let server: TestRedis;
let redis: RedisClient;
let store: Store;

beforeAll(async () => {
  server = await startTestRedis();
  redis = await server.connect();
  store = await openStore(redis, { log: silentLog });
});
afterAll(async () => server.stop());
beforeEach(async () => {
  await redis.flushall();
});

async function exported(): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const line of exportLines(store.destinations, () => undefined)) lines.push(line);
  return lines.toSorted();
}

async function* each(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

async function take(lines: readonly string[]): Promise<Imported & { readonly reasons: readonly string[] }> {
  const reasons: string[] = [];
  const { destinations, rules } = store;
  const onRefused = (line: number, reason: string): void => void reasons.push(`${line} ${reason}`);
  return { ...(await importLines(each(lines), { destinations, rules, onRefused })), reasons };
}

const wish = fc.record(
  {
    symbol: fc.constantFrom("BTC", "ETH", "SOL"),
    ratio: fc.double({ min: 1.1, max: 20, noNaN: true }).map(onGrid),
    direction: fc.constantFrom("both" as const, "up" as const, "down" as const),
    notionalUsd: fc.constantFrom("auto" as const, 1.1e9, 250_000),
    confidence: fc.constantFrom(50 as const, 80 as const, 90 as const),
    cooldownMs: fc.integer({ min: 60_000, max: 604_800_000 }),
    mode: fc.constantFrom("loud" as const, "silent" as const, "off" as const),
    fromConfig: fc.constant(true as const),
  },
  { requiredKeys: ["symbol", "ratio", "direction", "notionalUsd", "confidence", "mode"] },
);
const settings = fc.record(
  {
    kind: fc.constantFrom("direct" as const, "group" as const, "channel" as const),
    language: fc.constantFrom("en", "es"),
    zone: fc.constantFrom("Europe/Madrid", "Asia/Kolkata"),
    quietHours: fc.constant({ from: 1_320, to: 420 }),
    mutedUntil: fc.integer({ min: 1, max: 2e12 }),
    loudPerDay: fc.integer({ min: 1, max: 100 }),
    feedNotices: fc.constant(true as const),
    owner: fc.constantFrom("telegram:7", "discord:8"),
    guild: fc.constantFrom("99", "telegram:-1001234567890"),
    style: fc.constant("embed" as const),
    crosspost: fc.constant(true as const),
  },
  { requiredKeys: ["kind"] },
);
const key = ({ symbol, ratio, direction, notionalUsd, confidence }: Omit<Subscription, "id">): string =>
  [symbol, ratio, direction, notionalUsd, confidence].join();
const records = fc.uniqueArray(
  fc
    .record(
      {
        destination: fc.oneof(
          fc
            .oneof(fc.integer({ min: -1e13, max: -1 }), fc.integer({ min: 1, max: 1e13 }))
            .map((chat) => `telegram:${chat}`),
          fc.bigInt({ min: 1n, max: 10n ** 19n }).map((channel) => `discord:${channel}`),
          fc.constantFrom(
            "console",
            "webhook:https://example.org/{a}?b=c",
            "telegram:@lopside",
            "telegram:-1/17",
          ),
        ),
        settings,
        wishes: fc.uniqueArray(wish, { maxLength: 5, selector: key }),
        disabled: fc.constant({ reason: "kicked", at: 1, ownerTold: false }),
      },
      { requiredKeys: ["destination", "settings", "wishes"] },
    )
    .map(({ wishes, ...rest }): DestinationRecord => ({
      ...rest,
      version: 1,
      subscriptions: wishes.map((one, index) => ({ ...one, id: index + 1 })),
      nextId: wishes.length + 1,
    })),
  { maxLength: 30, selector: ({ destination }) => destination },
);

describe("an export", () => {
  test("taken back into an empty Redis is the same export again, pages and all", async () => {
    await fc.assert(
      fc.asyncProperty(records, async (kept) => {
        await redis.flushall();
        const lines = kept.map(formatRecordLine);
        expect((await take(lines)).reasons).toEqual([]);
        const first = await exported();
        const pages = await pageContents(redis, "BTC");
        await redis.flushall();
        await take(first);
        expect(await exported()).toEqual(first);
        expect(await pageContents(redis, "BTC")).toEqual(pages);
      }),
      { numRuns: 30 },
    );
  });

  test("leaves out and counts what can't be read, and goes on with the rest", async () => {
    const lines = ["telegram:1", "telegram:2", "telegram:3"].map((destination) =>
      formatRecordLine(aRecord({ destination })),
    );
    await take(lines);
    await redis.hset(registerKeys.documents, "telegram:2", "[");
    let unreadable = 0;
    const rest: string[] = [];
    const onUnreadable = (count: number): void => void (unreadable += count);
    for await (const line of exportLines(store.destinations, onUnreadable)) rest.push(line);
    expect(rest.toSorted()).toEqual([lines[0], lines[2]]);
    expect(unreadable).toBe(1);
  });

  test("says every record exactly, and each once", async () => {
    await fc.assert(
      fc.asyncProperty(records, async (kept) => {
        await redis.flushall();
        await take(kept.map(formatRecordLine));
        const read = (await exported()).map(parseRecordLine);
        const byName = new Map(read.flatMap((one) => (one.ok ? [[one.record.destination, one.record]] : [])));
        expect(read).toHaveLength(kept.length);
        for (const record of kept) expect(byName.get(record.destination)).toEqual(record);
      }),
      { numRuns: 30 },
    );
  });

  test("of nobody is nothing", async () => {
    expect(await exported()).toEqual([]);
    expect(await take([])).toEqual({
      records: 0,
      subscriptions: 0,
      symbols: new Set(),
      refused: 0,
      reasons: [],
    });
  });
});

describe("an import", () => {
  const good = aRecord();
  const line = formatRecordLine(good);
  const bent = (change: object): string => JSON.stringify({ ...good, ...change });
  const wished = (change: object): string => bent({ subscriptions: [{ ...aSubscription(), ...change }] });

  const twice = [aSubscription(), aSubscription({ id: 2, ratio: 3 }), aSubscription({ id: 3 })];
  const none = "telegram:CHAT, telegram:CHAT/TOPIC, discord:CHANNEL, webhook:URL or console";
  test.each([
    ["no JSON", "{", "it is no JSON"],
    ["another thing", "7", "it is no record: an object in braces"],
    ["a list", "[]", "it is no record: an object in braces"],
    ["a newer version", bent({ version: 2 }), "version is of another version of Lopside: this one reads 1"],
    ["no destination", bent({ destination: "smoke:signal" }), `destination is no destination: ${none}`],
    [
      "a chat that is none",
      bent({ destination: "telegram:1; DROP" }),
      `destination is no destination: ${none}`,
    ],
    [
      "a number as nobody writes it",
      bent({ destination: "telegram:007" }),
      `destination is no destination: ${none}`,
    ],
    [
      "a topic as nobody writes it",
      bent({ destination: "telegram:-7/0" }),
      `destination is no destination: ${none}`,
    ],
    [
      "a name that can be none",
      bent({ destination: "telegram:@1abc" }),
      `destination is no destination: ${none}`,
    ],
    [
      "an address that is none",
      bent({ destination: "webhook:http://[DROP" }),
      "destination is no address to post to: webhook:https://HOST/PATH, without a user name",
    ],
    [
      "an address with a login",
      bent({ destination: "webhook:https://DROP:x@example.org/" }),
      "destination is no address to post to",
    ],
    [
      "an address with a password alone",
      bent({ destination: "webhook:https://:DROP@example.org/" }),
      "destination is no address to post to",
    ],
    [
      "muted until after the last day there is",
      bent({ settings: { kind: "direct", mutedUntil: 9e15 } }),
      "settings.mutedUntil is too big: at most 8640000000000000",
    ],
    [
      "stopped before the first day there is",
      bent({ disabled: { reason: "blocked", at: -9e15, ownerTold: false } }),
      "disabled.at is too small",
    ],
    [
      "an id that no button can carry",
      bent({ subscriptions: [aSubscription({ id: 1e9 })], nextId: 1e9 + 1 }),
      "subscriptions[0].id is too big: at most 999999999",
    ],
    [
      "a next id after which there is no other",
      bent({ nextId: Number.MAX_SAFE_INTEGER }),
      "nextId is too big: at most 999999999",
    ],
    [
      "a language without texts",
      bent({ settings: { kind: "direct", language: "tlh" } }),
      "settings.language is no language there are texts in: en or es",
    ],
    [
      "a server that is none",
      bent({ settings: { kind: "group", guild: "DROP" } }),
      "settings.guild is no server: a Discord server's digits, or telegram:GROUP",
    ],
    [
      "an owner who is nobody",
      bent({ settings: { kind: "group", owner: "telegram:0" } }),
      "settings.owner is nobody's id",
    ],
    ["without its destination", bent({ destination: undefined }), "destination is missing"],
    ["more than is known", bent({ colour: "red" }), "it has a field that no record has: colour"],
    [
      "more than is known, further in",
      bent({ settings: { kind: "direct", "DROP 1": 1, tone: 2 } }),
      "settings has fields that no record has: tone",
    ],
    ["another kind", bent({ settings: { kind: 5 } }), "settings.kind has to be direct or group or channel"],
    [
      "a threshold between the steps",
      wished({ ratio: 2.63 }),
      "subscriptions[0].ratio is 2.63, and no threshold there is: the nearest are 2.6 and 2.65",
    ],
    [
      "a threshold between the wider steps",
      wished({ ratio: 7.7 }),
      "subscriptions[0].ratio is 7.7, and no threshold there is: the nearest are 7.5 and 8",
    ],
    [
      "a threshold beyond them",
      wished({ ratio: 50 }),
      "subscriptions[0].ratio is 50, and no threshold there is: the nearest is 20",
    ],
    ["a threshold in words", wished({ ratio: "2" }), "subscriptions[0].ratio is no number"],
    [
      "a symbol that is none",
      wished({ symbol: "BTC:{x}" }),
      "subscriptions[0].symbol is no symbol: capital letters and digits, like BTC",
    ],
    [
      "a sum with too many digits",
      wished({ notionalUsd: 1.234e9 }),
      "subscriptions[0].notionalUsd is 1234000000, and sums have two significant digits: the nearest is 1200000000",
    ],
    ["too little", wished({ notionalUsd: 5 }), "subscriptions[0].notionalUsd is too small: at least 100000"],
    [
      "a sum in words",
      wished({ notionalUsd: "much" }),
      "subscriptions[0].notionalUsd is neither auto nor a sum",
    ],
    ["unsure", wished({ confidence: 51 }), "subscriptions[0].confidence has to be 50 or 80 or 90"],
    [
      "too patient",
      wished({ cooldownMs: 1e12 }),
      "subscriptions[0].cooldownMs is too big: at most 604800000",
    ],
    [
      "too many wishes",
      bent({
        subscriptions: Array.from({ length: 51 }, (_, id) =>
          aSubscription({ id: id + 1, ratio: onGrid(1.1 + id / 20) }),
        ),
        nextId: 52,
      }),
      "subscriptions are too many: at most 50",
    ],
    ["an id to be given", wished({ id: 2 }), "nextId was given already: at least 3"],
    [
      "an id twice",
      bent({ subscriptions: [aSubscription(), aSubscription({ ratio: 3 })] }),
      "subscriptions have the id 1 twice",
    ],
    ["a wish twice", bent({ subscriptions: twice, nextId: 4 }), "subscriptions [0] and [2] ask for the same"],
    ["half an id", bent({ subscriptions: [aSubscription({ id: 0.5 })] }), "subscriptions[0].id is no whole"],
    [
      "a zone that isn't",
      bent({ settings: { kind: "direct", zone: "Mars" } }),
      "settings.zone is no time zone: a name like Europe/Madrid",
    ],
    [
      "no hours at all",
      bent({ settings: { kind: "direct", quietHours: { from: 60, to: 60 } } }),
      "settings.quietHours have no length",
    ],
    [
      "wrong in many places",
      bent({ settings: {}, nextId: 0, version: 0, subscriptions: 5, disabled: 1 }),
      "version is of another version of Lopside: this one reads 1; settings.kind is missing; " +
        "subscriptions is no list; and 2 more",
    ],
    [
      "too long a reason",
      bent({ disabled: { reason: "x".repeat(501), at: 1, ownerTold: true } }),
      "disabled.reason is longer than 500 characters",
    ],
    [
      "too much",
      bent({ disabled: { reason: "x".repeat(70_000), at: 1, ownerTold: true } }),
      "it is longer than 65536 characters",
    ],
  ])("names the line that is %s, with the reason, and takes the others", async (_name, wrong, reason) => {
    const result = await take(["", line, wrong, formatRecordLine(aRecord({ destination: "telegram:2" }))]);
    expect(result).toMatchObject({ records: 2, subscriptions: 2, refused: 1 });
    expect(result.reasons[0]).toContain(`3 ${reason}`);
    expect(result.reasons[0]).not.toMatch(/undefined|Invalid|NaN/);
    expect(result.reasons[0]).not.toContain("DROP");
    expect(await exported()).toHaveLength(2);
  });

  test("replaces what is kept of a destination, and of two lines about one takes the later", async () => {
    const later = aRecord({ subscriptions: [aSubscription({ ratio: 3 })] });
    await take([line]);
    await take([line, formatRecordLine(later), line, formatRecordLine(later)]);
    expect(await store.destinations.get("telegram:1")).toEqual(later);
    expect(await pageContents(redis, "BTC")).toEqual([
      "down-auto-50-3 telegram:1 0",
      "up-auto-50-3 telegram:1 0",
    ]);
  });

  test("keeps the sums that are watched within their number", async () => {
    const sums = Array.from({ length: mostNotionals + 1 }, (_, index) =>
      formatRecordLine(
        aRecord({
          destination: `telegram:${index + 1}`,
          subscriptions: [aSubscription({ notionalUsd: (index + 1) * 1e8 })],
        }),
      ),
    );
    expect(await take(sums)).toMatchObject({ records: mostNotionals, refused: 1 });
    expect((await take(sums.slice(-1))).reasons[0]).toContain(
      "another sum of BTC than the 16 that are watched: 100000000, 200000000, ",
    );
    expect(await take(sums.slice(0, 1))).toMatchObject({ refused: 0 });
  });

  test("counts no sums that nobody watches: paused, or where nothing is sent", async () => {
    const of = (nth: number, more: object): string =>
      formatRecordLine(aRecord({ destination: `telegram:${nth + 1}`, ...more }));
    const asking = (nth: number, over: Partial<Subscription> = {}): object => ({
      subscriptions: [aSubscription({ notionalUsd: (nth + 1) * 1e8, ...over })],
    });
    const paused = of(0, asking(0, { mode: "off" }));
    const stopped = of(1, { ...asking(1), disabled: { reason: "kicked", at: 1, ownerTold: true } });
    const watched = Array.from({ length: mostNotionals }, (_, nth) => of(nth + 2, asking(nth + 2)));
    expect(await take([paused, stopped, ...watched])).toMatchObject({ refused: 0, reasons: [] });
  });

  test("takes an operator's place with as many symbols as the configuration has", async () => {
    const symbols = Array.from({ length: mostSubscriptions + 10 }, (_, nth) => `COIN${nth}`);
    const place = { destination: "telegram:-1", kind: "group" as const };
    await store.destinations.change(place.destination, followConfig(place, { symbols, ratio: 2 }));
    const lines = await exported();
    await redis.flushall();
    expect(await take(lines)).toMatchObject({ records: 1, reasons: [] });
    expect(await exported()).toEqual(lines);
  });

  test("gives up on what is no export at all", async () => {
    await expect(take(Array.from({ length: 2_000 }, () => "x"))).rejects.toThrow("1000 lines can't be taken");
    expect(await exported()).toEqual([]);
  });

  test("that gives up has written what could be taken before", async () => {
    const wrong = Array.from({ length: 1_000 }, () => "x");
    await expect(take([line, ...wrong])).rejects.toThrow("What could be was, up to line 1001");
    expect(await exported()).toEqual([line]);
  });

  test("takes a file that an editor began with a mark of its own", async () => {
    expect(await take([`\uFEFF${line}`])).toMatchObject({ records: 1, refused: 0 });
  });

  test("whose Redis goes away between two lines fails in words", async () => {
    const going = await startTestRedis();
    const { destinations, rules } = await openStore(await going.connect(), { log: silentLog });
    async function* interrupted(): AsyncGenerator<string> {
      yield formatRecordLine(aRecord());
      await going.stop();
      // whoever pipes a file from elsewhere may have the next line much later
      await new Promise((resolve) => setImmediate(resolve));
      yield formatRecordLine(aRecord());
    }
    await expect(
      importLines(interrupted(), { destinations, rules, onRefused: () => undefined }),
    ).rejects.toThrow("Redis did not take all of it");
  });

  test("names the symbols that are asked for", async () => {
    const wishes = [aSubscription(), aSubscription({ id: 2, symbol: "DOGE" })];
    const { symbols } = await take([formatRecordLine(aRecord({ subscriptions: wishes, nextId: 3 }))]);
    expect([...symbols]).toEqual(["BTC", "DOGE"]);
  });
});
