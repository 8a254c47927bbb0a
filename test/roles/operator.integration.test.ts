import { afterAll, beforeAll, expect, test } from "vitest";
import { subscribe, unsubscribe } from "../../src/alerts/edits.ts";
import { followConfiguration } from "../../src/roles/operator.ts";
import type { Store } from "../../src/store/contracts/store.ts";
import { openStore } from "../../src/store/store.ts";
import { silentLog, startTestRedis, type TestRedis } from "../support/redis.ts";

let server: TestRedis;
let store: Store;

beforeAll(async () => {
  server = await startTestRedis();
  store = await openStore(await server.connect(), { log: silentLog });
});
afterAll(async () => server.stop());

test("the rules in use follow the configuration from start to start, and people's own stay", async () => {
  const configured = { symbols: ["BTC", "ETH"], ratio: 2.5 };
  await followConfiguration(store.destinations, ["console", "telegram:-100"], configured);
  expect((await store.destinations.configured()).toSorted()).toEqual(["console", "telegram:-100"]);
  expect([...(await store.rules.inUse("ETH")).members]).toEqual([
    ["up-auto-50-2.5", 2],
    ["down-auto-50-2.5", 2],
  ]);
  const place = { destination: "telegram:-100", kind: "group" } as const;
  const limits = { symbols: ["BTC"], notionalsInUse: new Set<number>() };
  await store.destinations.change(place.destination, subscribe(place, { symbol: "BTC", ratio: 3 }, limits));
  await followConfiguration(store.destinations, ["console"], configured);
  expect(await store.destinations.configured()).toEqual(["console"]);
  expect([...(await store.rules.inUse("ETH")).members.values()]).toEqual([1, 1]);
  expect((await store.destinations.get("telegram:-100"))?.subscriptions).toMatchObject([{ ratio: 3 }]);
});

test("a chat that is configured by its former id keeps what was changed where it is now", async () => {
  const configured = { symbols: ["BTC", "ETH"], ratio: 2 };
  await followConfiguration(store.destinations, ["telegram:-7"], configured);
  await store.destinations.move("telegram:-7", "telegram:-1007");
  await store.destinations.change("telegram:-1007", unsubscribe({ symbol: "ETH" }));
  const before = await store.destinations.get("telegram:-1007");
  await followConfiguration(store.destinations, ["telegram:-7"], configured);
  expect(await store.destinations.get("telegram:-1007")).toStrictEqual(before);
  expect(before?.subscriptions).toMatchObject([{ symbol: "BTC", mode: "loud" }, { mode: "off" }]);
  expect(await store.destinations.get("telegram:-7")).toBeUndefined();
});

test("a webhook that was turned off is tried again from the next start, and a chat is not", async () => {
  const configured = { symbols: ["XRP"], ratio: 2 };
  const operators = ["webhook:http://127.0.0.1/hook", "telegram:-8"];
  await followConfiguration(store.destinations, operators, configured);
  for (const one of operators) await store.destinations.disable(one, "refused", 1);
  expect([...(await store.rules.inUse("XRP")).members.values()]).toEqual([]);
  await followConfiguration(store.destinations, operators, configured);
  const kept = await store.destinations.getMany(operators);
  expect(kept.map((record) => record?.disabled?.reason)).toEqual([undefined, "refused"]);
  expect([...(await store.rules.inUse("XRP")).members.values()]).toEqual([1, 1]);
});
