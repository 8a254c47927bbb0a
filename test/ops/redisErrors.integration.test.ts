import { expect, test } from "vitest";
import { createLog } from "../../src/ops/log.ts";
import { createTurns } from "../../src/store/turns.ts";
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
    redis.set("telegram:4711", "x"),
    createTurns(redis).take(["telegram:4712"], "holder", 1_000),
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
  expect(text).not.toContain("471");
});
