import { describe, expect, test } from "vitest";
import { describeRedis, parseRedisUrl } from "../../../src/store/redis/redisUrl.ts";

const single = { kind: "single", host: "h", port: 6379, db: 0, tls: false };
const nodes = [
  { host: "a", port: 6379 },
  { host: "b", port: 7000 },
];
const sentinels = [
  { host: "a", port: 26379 },
  { host: "b", port: 5000 },
];

test.each([
  { url: "redis://h", end: single },
  { url: "redis://h:7000/3", end: { ...single, port: 7000, db: 3 } },
  { url: "redis://h/", end: single },
  { url: "rediss://h", end: { ...single, tls: true } },
  { url: "redis://[::1]:7000", end: { ...single, host: "::1", port: 7000 } },
  { url: "redis://:pa%40ss@h", end: { ...single, password: "pa@ss" } },
  { url: "redis://:50%off@h", end: { ...single, password: "50%off" } },
  { url: "redis://me:a:b@c@h", end: { ...single, username: "me", password: "a:b@c" } },
  { url: "redis://a,redis://b:7000", end: { kind: "cluster", tls: false, nodes } },
  { url: "redis://a, b:7000", end: { kind: "cluster", tls: false, nodes } },
  {
    url: "rediss://me:pw@a,rediss://me:pw@b:7000",
    end: { kind: "cluster", tls: true, nodes, username: "me", password: "pw" },
  },
  { url: "redis://a,", end: { kind: "cluster", tls: false, nodes: [{ host: "a", port: 6379 }] } },
  {
    url: "redis+sentinel://me:pw@a,b:5000/main/2",
    end: {
      kind: "sentinel",
      tls: false,
      sentinels,
      masterName: "main",
      db: 2,
      username: "me",
      password: "pw",
    },
  },
  {
    url: "rediss+sentinel://a,b:5000/main?sentinelPassword=x",
    end: { kind: "sentinel", tls: true, sentinels, masterName: "main", db: 0, sentinelPassword: "x" },
  },
])("$url is read", ({ url, end }) => {
  expect(parseRedisUrl(url)).toEqual(end);
});

describe("a URL that can't be read is refused without its password:", () => {
  test.each([
    "http://me:hunter2@h",
    "redis://me:hunter2@",
    "redis://me:hunter2@h:99999",
    "redis://me:hunter2@h:port",
    "redis://me:hunter2@h/db",
    "redis://me:hunter2@a,b/4",
    "redis+sentinel://me:hunter2@a,b",
    "me:hunter2@h",
  ])("%s", (url) => {
    expect(() => parseRedisUrl(url)).toThrow(/REDIS_URL/);
    expect(() => parseRedisUrl(url)).not.toThrow(/hunter2/);
  });
});

test("an end is described without its login", () => {
  const ends = ["redis://me:hunter2@h", "redis://me:hunter2@a,b", "redis+sentinel://me:hunter2@a,b/main"];
  expect(ends.map((url) => describeRedis(parseRedisUrl(url)))).toEqual([
    "h:6379",
    "the cluster at a:6379, b:6379",
    "main of the sentinels at a:26379, b:26379",
  ]);
});
