import { expect, test } from "vitest";
import { checkEviction, checkPersistence, checkVersion, parseInfo } from "../../../src/store/redis/check.ts";

const info = parseInfo(
  "# Server\r\nredis_version:7.0.15\r\nmaxmemory_policy:noeviction\r\naof_enabled:1\r\n",
);
const silent = parseInfo("# Server\r\n");

test.each([
  { version: "7.0.15", level: "ok" },
  { version: "6.2.0", level: "ok" },
  { version: "8.0.1", level: "ok" },
  { version: "6.0.16", level: "error" },
  { version: "5.0.3", level: "error" },
])("version $version: $level", ({ version, level }) => {
  expect(checkVersion(parseInfo(`redis_version:${version}`)).level).toBe(level);
});

test("a server that is too old is told what is needed and why", () => {
  const { message } = checkVersion(parseInfo("redis_version:5.0.3"));
  expect(message).toBe("Redis 5.0.3 is too old: the queues (BullMQ) need 6.2 or newer");
});

test.each(["allkeys-lru", "volatile-ttl"])(
  "eviction by %s is an error with the command that ends it",
  (policy) => {
    const finding = checkEviction(parseInfo(`maxmemory_policy:${policy}`));
    expect(finding.level).toBe("error");
    expect(finding.hint).toContain("redis-cli CONFIG SET maxmemory-policy noeviction");
  },
);

test("without an append-only file there is a warning with the command that turns it on", () => {
  const finding = checkPersistence(parseInfo("aof_enabled:0"));
  expect(finding.level).toBe("warning");
  expect(finding.hint).toContain("redis-cli CONFIG SET appendonly yes");
});

test("what is as it should be is ok, what isn't said is a warning", () => {
  const checks = [checkVersion, checkEviction, checkPersistence];
  expect(checks.map((check) => check(info).level)).toEqual(["ok", "ok", "ok"]);
  expect(checks.map((check) => check(silent).level)).toEqual(["warning", "warning", "warning"]);
});
