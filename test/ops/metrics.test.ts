import { describe, expect, it } from "vitest";
import { addProcessMetrics, createMetrics } from "../../src/ops/metrics.ts";

describe("the metrics", () => {
  it("are published under Lopside's name with what was counted", async () => {
    const metrics = createMetrics();
    metrics.polls.inc({ venue: "okx", outcome: "ok" });
    metrics.feedAge.set({ venue: "okx", symbol: "BTC" }, 4.2);
    metrics.recomputeSeconds.observe(0.0007);
    const text = await metrics.registry.metrics();
    expect(text).toContain('lopside_polls_total{venue="okx",outcome="ok"} 1');
    expect(text).toContain('lopside_feed_age_seconds{venue="okx",symbol="BTC"} 4.2');
    expect(text).toContain('lopside_recompute_seconds_bucket{le="0.001"} 1');
  });

  it("of two parts of one test run don't meet", async () => {
    createMetrics().alerts.inc({ symbol: "BTC", regime: "long-flush" });
    expect(await createMetrics().registry.metrics()).not.toContain("long-flush");
  });

  it("have no label that could name a destination", async () => {
    const listed = await createMetrics().registry.getMetricsAsJSON();
    expect(listed.length).toBeGreaterThan(8);
    expect(JSON.stringify(listed)).not.toMatch(/chat|channel|destination/i);
  });

  it("can have the process' own beside them", async () => {
    const { registry } = createMetrics();
    addProcessMetrics(registry);
    expect(await registry.metrics()).toContain("process_resident_memory_bytes");
  });
});
