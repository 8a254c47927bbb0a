import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

const prefix = "lopside_";
const fastSeconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5];
const deliverySeconds = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600];

/**
 * The figures a process publishes. One registry per process, made by main and handed in. Labels take few values
 * and never name a chat, a channel or a person.
 */
export type Metrics = ReturnType<typeof createMetrics>;

export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Counter({ name: prefix + name, help, labelNames, registers });
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Gauge({ name: prefix + name, help, labelNames, registers });
  const histogram = (name: string, help: string, buckets: number[]) =>
    new Histogram({ name: prefix + name, help, buckets, registers });
  return {
    registry,
    polls: counter("polls_total", "Polls of a venue by outcome", ["venue", "outcome"]),
    refusals: counter("refusals_total", "Answers a venue didn't give or that weren't believed, by cause", [
      "venue",
      "cause",
    ]),
    feedAge: gauge("feed_age_seconds", "Age of the newest data", ["venue", "symbol"]),
    quarantined: gauge("quarantined", "1 while a series is set aside", ["series", "symbol", "reason"]),
    quarantines: counter("quarantines_total", "How often a series was set aside", ["series", "reason"]),
    liquidations: counter("liquidations_total", "Liquidations heard on streams by outcome", [
      "venue",
      "outcome",
    ]),
    liquidationAgreement: gauge(
      "liquidation_agreement",
      "Share of hours in which a venue's liquidations leaned as the others' did",
      ["series", "symbol"],
    ),
    calibrations: counter("calibrations_total", "Days on which learned weights were judged, by outcome", [
      "outcome",
    ]),
    learnedSkill: gauge("learned_skill", "Of a symbol's learned weights against the prior's; 0 for these", [
      "symbol",
    ]),
    recomputes: counter("recomputes_total", "Recomputes of a symbol by outcome", ["outcome"]),
    recomputeSeconds: histogram("recompute_seconds", "Time a recompute takes", fastSeconds),
    alerts: counter("alerts_total", "Alerts decided", ["symbol", "regime"]),
    suppressed: counter("suppressed_total", "Crossings that were not alerted, by reason", ["reason"]),
    decisions: counter("rule_decisions_total", "Decisions on rules beyond their threshold", [
      "decision",
      "reason",
    ]),
    botUpdates: counter("bot_updates_total", "What people asked the bots, by outcome", [
      "platform",
      "outcome",
    ]),
    deliveries: counter("deliveries_total", "Deliveries by outcome", ["platform", "outcome"]),
    repeats: counter("possible_repeats_total", "Messages sent again whose first outcome is unknown", [
      "platform",
    ]),
    alertLatency: histogram(
      "alert_latency_seconds",
      "From the decision to the platform's answer",
      deliverySeconds,
    ),
    pendingDeliveries: gauge("pending_deliveries", "Deliveries waiting in the outbox", []),
    queueDepth: gauge("queue_depth", "Jobs waiting in a queue", ["queue"]),
  };
}

/** Adds the process' own figures: CPU, memory, event loop lag, garbage collection. */
export function addProcessMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry });
}
