import { expect, test } from "vitest";
import { calmLog } from "../../src/ops/calmLog.ts";
import { spokenLog } from "../support/spokenLog.ts";

const away = new Error("away");
const levels = ["debug", "info", "warn", "error"] as const;

test("what is explained elsewhere is a detail at every level, and nothing else is", () => {
  const spoken = spokenLog();
  const log = calmLog(spoken, (thrown) => thrown === away);
  for (const level of levels) log[level]({ symbol: "BTC", error: away }, "failed");
  for (const level of levels) log[level]({ symbol: "BTC", error: new Error("a bug") }, "failed");
  log.child({ part: "outbox" }).error({ error: away }, "failed");
  expect(spoken.said.map(({ level }) => level)).toEqual([
    "debug",
    "debug",
    "debug",
    "debug",
    ...levels,
    "debug",
  ]);
});
