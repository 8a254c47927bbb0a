import { expect, test } from "vitest";
import { createLog } from "../../src/ops/log.ts";
import { createOutbox } from "../../src/store/ledger/outbox.ts";
import { anAlert } from "../store/builders.ts";
import { startTestRedis } from "../support/redis.ts";

test("what Redis refuses is logged by the command's name: whom and what it was about is in nobody's log", async () => {
  const server = await startTestRedis({ config: ["--maxmemory-policy", "noeviction"] });
  const redis = await server.connect();
  let text = "";
  const log = createLog({
    level: "debug",
    secrets: [],
    destination: { write: (line: string) => (text += line) },
  });
  await redis.config("SET", "maxmemory", "1");
  const refused = [
    redis.set("telegram:47114711", "x"),
    createOutbox(redis).insert("BTC", 0, [anAlert({ destinations: ["telegram:47124712"] })]),
  ];
  const errors = (await Promise.allSettled(refused)).flatMap((one) =>
    one.status === "rejected" ? [one.reason] : [],
  );
  for (const error of errors)
    log.warn({ error: new AggregateError([error], "refused", { cause: error }) }, "refused");
  await server.stop();
  expect(errors).toHaveLength(2);
  expect(text).toContain('"command":"set"');
  expect(text).toMatch(/"command":"eval(?:sha)?"/);
  expect(text).toContain("OOM command not allowed");
  expect(text).not.toMatch(/471[12]471/);
});
