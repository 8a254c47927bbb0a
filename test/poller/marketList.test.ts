import { expect, test } from "vitest";
import { adapterOf } from "../../src/poller/adapters.ts";
import type { VenueLimits } from "../../src/store/contracts/markets.ts";
import { dialects } from "./dialects.ts";
import { setStage } from "./harness.ts";

test.each(dialects)("$id's market list waits for a turn for each of its requests", async (dialect) => {
  const turns: number[] = [];
  const limits: VenueLimits = {
    reserve: async (_venue, _bucket, { takesMs }) => {
      turns.push(takesMs);
      return { kind: "go", waitMs: 0 };
    },
    rest: async () => {},
  };
  const stage = await setStage(dialect, { limits, unthrottled: false });
  try {
    await stage.venue.listed("BTC");
    expect(turns).toHaveLength(adapterOf(dialect.id).declares.listRequests ?? 1);
    expect(stage.server.requests).toHaveLength(turns.length);
  } finally {
    await stage.stop();
  }
});

test("a market list without room under the limit is not asked for", async () => {
  const [dialect] = dialects;
  if (dialect === undefined) throw new Error("no dialect");
  const limits: VenueLimits = { reserve: async () => ({ kind: "full" }), rest: async () => {} };
  const stage = await setStage(dialect, { limits, unthrottled: false });
  try {
    await expect(stage.venue.listed("BTC")).rejects.toThrow("no room under its limit");
    expect(stage.server.requests).toEqual([]);
  } finally {
    await stage.stop();
  }
});

test.each(dialects)("nobody who has to stop already waits for $id's market list", async (dialect) => {
  const { venue, server, stop } = await setStage(dialect);
  try {
    server.on(dialect.paths.markets, () => ({ hang: "before headers" }));
    await expect(venue.listed("BTC", AbortSignal.abort())).rejects.toThrow("stopped");
  } finally {
    await stop();
  }
});
