import { expect, test, vi } from "vitest";
import { testAlertContent } from "../../src/alerts/content.ts";
import { systemClock } from "../../src/ops/clock.ts";
import { createForgetting } from "../../src/store/destinations/forgetting.ts";
import { createOutbox } from "../../src/store/ledger/outbox.ts";
import { startTestLopside } from "../support/lopside.ts";
import { patient } from "../support/patience.ts";
import { startTestRedis } from "../support/redis.ts";

test("what waits of a symbol that SYMBOLS doesn't name any more is delivered all the same", async () => {
  const redis = await startTestRedis();
  const client = await redis.connect();
  // as workers do it, before
  await createForgetting(client, { symbols: ["BTC", "DOGE"] }).goOn();
  const now = systemClock.now();
  const content = JSON.stringify(testAlertContent("DOGE", now));
  await createOutbox(client).insert("DOGE", now, [{ alertId: "waits", content, destinations: ["console"] }]);
  const env = { SYMBOLS: "BTC" };
  const lopside = await startTestLopside({ redis, clock: systemClock, env, roles: ["notifier"] });
  await vi.waitFor(() => expect(lopside.printed.join("")).toContain("DOGE"), patient);
  await lopside.stop();
  await redis.stop();
});
