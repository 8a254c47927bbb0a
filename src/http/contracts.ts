import type { Pictures } from "../charts/contracts.ts";
import type { Imbalance, LiquidationMap } from "../model/types.ts";
import type { Clock } from "../ops/clock.ts";
import type { AlertSources } from "./alerts.ts";

/** What the HTTP role needs; handed in by main. */
export interface HttpSources {
  readonly symbols: readonly string[];
  readonly imbalance: (symbol: string) => Promise<Imbalance | undefined>;
  readonly map: (symbol: string) => Promise<LiquidationMap | undefined>;
  /** Rejects when Redis does not answer. */
  readonly ping: () => Promise<void>;
  /** Prometheus text. */
  readonly metrics: () => Promise<{ contentType: string; text: string }>;
  /** Queues this process has silently stopped to consume. */
  readonly silentQueues?: () => readonly string[];
  readonly clock: Clock;
  /** Data older than this is stale, on the clock. */
  readonly staleAfterMs: number;
  readonly pictures?: Pictures;
  readonly webhooks?: Webhooks;
  readonly alerts?: AlertSources;
}

/** What platforms POST to us, by path ("/discord/interactions"); looked up at every request. */
export type Webhooks = ReadonlyMap<string, Webhook>;

export type Webhook = (request: WebhookRequest) => Promise<WebhookAnswer>;

export interface WebhookRequest {
  readonly header: (name: string) => string | undefined;
  /** As they came: signatures are made over bytes. */
  readonly body: Uint8Array;
}

export interface WebhookAnswer {
  readonly status: number;
  /** JSON. */
  readonly body?: object;
}

export interface ReadinessCheck {
  readonly name: "redis" | "queues" | "worker" | "data";
  readonly ok: boolean;
  readonly detail: string;
}

export interface Readiness {
  readonly ready: boolean;
  readonly checks: readonly ReadinessCheck[];
}
