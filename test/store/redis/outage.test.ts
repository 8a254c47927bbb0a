import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createOutage } from "../../../src/store/redis/outage.ts";
import { parseRedisUrl } from "../../../src/store/redis/redisUrl.ts";
import { spokenLog } from "../../support/spokenLog.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 23, 12) });
});
afterEach(() => {
  vi.useRealTimers();
});

const minuteMs = 60_000;
const refused = "connect ECONNREFUSED 10.0.0.7:6379";
const [commands, queues] = [{}, {}];
const unasked = new Error("Stream isn't writeable and enableOfflineQueue options is false");

function begin() {
  const log = spokenLog();
  const end = parseRedisUrl("redis://:hunter2@10.0.0.7:6379");
  return { log, outage: createOutage({ end, log }), words: () => log.said.map(({ message }) => message) };
}

/** Redis was there. */
function open() {
  const begun = begin();
  for (const connection of [commands, queues]) begun.outage.up(connection);
  return begun;
}

test("a Redis that has not been there yet is said to be tried, whatever comes: who connects says the rest", () => {
  const { log, outage } = begin();
  for (const reason of [refused, "connect ETIMEDOUT", "WRONGPASS invalid username-password pair"])
    for (const connection of [commands, queues]) outage.failed(connection, reason);
  vi.advanceTimersByTime(60 * minuteMs);
  expect(log.said).toEqual([
    {
      level: "warn",
      message: expect.stringMatching(/^Redis can't be reached/),
      fields: { redis: "10.0.0.7:6379", reason: refused },
    },
  ]);
});

describe("a Redis that is away", () => {
  test("is said once for all connections: where, since when, why and what to do, and no password", () => {
    const { log, outage } = open();
    outage.down(commands);
    vi.advanceTimersByTime(2_000);
    outage.failed(queues, refused);
    outage.failed(commands, refused);
    outage.failed(commands, "connect ETIMEDOUT");
    expect(log.said).toEqual([
      {
        level: "warn",
        message: expect.stringMatching(/^Redis is away/),
        fields: {
          redis: "10.0.0.7:6379",
          reason: refused,
          since: "2026-11-23T12:00:00.000Z",
          hint: expect.stringContaining("REDIS_URL"),
        },
      },
    ]);
    expect(JSON.stringify(log.said)).not.toContain("hunter2");
  });

  test("is called to mind now and then, until all connections are back", () => {
    const { log, outage, words } = open();
    outage.failed(commands, refused);
    outage.failed(queues, refused);
    vi.advanceTimersByTime(25 * minuteMs);
    outage.up(commands);
    expect(words().slice(1)).toEqual(["Redis is still away", "Redis is still away"]);
    outage.up(queues);
    expect(log.said.at(-1)).toMatchObject({
      level: "info",
      message: "Redis answers again",
      fields: { awaySeconds: 25 * 60 },
    });
    vi.advanceTimersByTime(60 * minuteMs);
    expect(words()).toHaveLength(4);
  });

  test("and comes back with another password is an error of its own, said once", () => {
    const { log, outage } = open();
    outage.failed(commands, refused);
    outage.failed(commands, "WRONGPASS invalid username-password pair");
    outage.failed(queues, "WRONGPASS invalid username-password pair");
    expect(log.said.map(({ level }) => level)).toEqual(["warn", "error"]);
    expect(log.said.at(-1)?.fields).toHaveProperty("hint", expect.stringContaining("PASSWORD"));
  });

  test("after it was back is said anew", () => {
    const { outage, words } = open();
    for (const _ of [1, 2]) {
      outage.failed(commands, refused);
      outage.up(commands);
    }
    expect(words().filter((word) => word.startsWith("Redis is away"))).toHaveLength(2);
  });
});

test("a connection that comes back before anything failed, or that we close, is nobody's news", () => {
  const { outage, words } = open();
  outage.down(commands);
  outage.up(commands);
  outage.down(queues);
  outage.closed(queues);
  vi.advanceTimersByTime(60 * minuteMs);
  expect(words()).toEqual([]);
});

describe("a failure is explained by it", () => {
  const failures: readonly [string, unknown][] = [
    ["a command that could not be asked", unasked],
    ["one whose connection broke", new Error("Connection is closed.")],
    [
      "one that was under way",
      new Error("Reached the max retries per request limit (which is 0). Refer to …"),
    ],
    ["one that nobody answered", new Error("Command timed out")],
    [
      "a connection on which nothing came",
      new Error("Socket timeout. Expecting data, but didn't receive any in 5000ms."),
    ],
    ["a cluster that isn't there", new Error("Cluster isn't ready and enableOfflineQueue options is false")],
    ["its cause", new Error("not read", { cause: unasked })],
    ["all of several", new AggregateError([unasked, unasked])],
    ["the words for it", `Error: ${unasked.message}`],
  ];
  test.each(failures)("while it lasts and shortly after: %s", (_, failure) => {
    const { outage } = open();
    expect(outage.explains(failure)).toBe(false);
    outage.down(commands);
    expect(outage.explains(failure)).toBe(true);
    outage.up(commands);
    vi.advanceTimersByTime(30_000);
    expect(outage.explains(failure)).toBe(true);
    vi.advanceTimersByTime(30_000);
    expect(outage.explains(failure)).toBe(false);
  });

  const others: readonly [string, unknown][] = [
    ["a bug", new TypeError("cannot read properties of undefined")],
    ["a venue that is away too", Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" })],
    ["a refusal", new Error("OOM command not allowed when used memory > 'maxmemory'.")],
    ["a bug among such failures", new AggregateError([unasked, new TypeError("a bug")])],
    ["nothing", undefined],
  ];
  test.each(others)("but not %s", (_, failure) => {
    const { outage } = open();
    outage.down(commands);
    expect(outage.explains(failure)).toBe(false);
  });
});
