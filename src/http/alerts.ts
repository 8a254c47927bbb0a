import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Context, Hono } from "hono";
import { z } from "zod";
import { platformOf } from "../alerts/platform.ts";
import type { AlertLog, DeliveryRecord, LoggedAlert } from "../store/contracts/alertLog.ts";

export interface AlertSources {
  readonly log: AlertLog;
  /** HTTP_TOKEN; the route is off without it. */
  readonly token: string | undefined;
  /** Chat ids leave only hashed with it: there are too few of them for a plain hash. */
  readonly key: Uint8Array;
}

export interface AlertRouteOptions extends AlertSources {
  readonly symbols: readonly string[];
  readonly now: () => number;
}

const dayMs = 24 * 3_600_000;
const keptMs = 90 * dayMs;
/** Of an alert that went to a hundred thousand places nobody wants to read them all. */
const mostDeliveries = 1_000;

const time = z.string().transform((text, context): number => {
  const value = /^\d{11,14}$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isFinite(value)) return value;
  context.issues.push({ code: "custom", message: "is neither ISO 8601 nor epoch ms", input: text });
  return z.NEVER;
});
const wrongLimit = "is no whole number from 1 to 500";
const query = z.object({
  symbol: z.string().toUpperCase().optional(),
  from: time.optional(),
  to: time.optional(),
  limit: z.coerce.number(wrongLimit).int(wrongLimit).min(1, wrongLimit).max(500, wrongLimit).default(100),
});

/** What was said, newest first, and what became of it in each destination; destinations are hashed. */
export function addAlerts(app: Hono, options: AlertRouteOptions): void {
  app.get("/api/alerts", async (c) => {
    if (options.token === undefined)
      return c.json({ error: "alerts are not served", hint: "set HTTP_TOKEN" }, 404);
    if (!isAllowed(c, options.token))
      return c.json({ error: "not allowed", hint: "send Authorization: Bearer and HTTP_TOKEN" }, 401);
    const asked = query.safeParse(c.req.query());
    if (!asked.success) {
      const [issue] = asked.error.issues;
      return c.json(
        {
          error: `${issue?.path.join(".")} ${issue?.message}`,
          hint: "?symbol=BTC&from=2026-01-31&limit=100",
        },
        400,
      );
    }
    const { symbol, from = options.now() - keptMs, to = options.now(), limit } = asked.data;
    if (from > to) return c.json({ error: "from is later than to", hint: "put the earlier time first" }, 400);
    const known = await options.log.symbols(options.symbols);
    if (symbol !== undefined && !known.includes(symbol))
      return c.json({ error: "unknown symbol", hint: `known are ${known.join(", ")}` }, 404);
    const symbols = symbol === undefined ? known : [symbol];
    const found = await Promise.all(
      symbols.map(async (each) => options.log.alerts(each, { from, to, limit })),
    );
    const newest = found
      .flat()
      .toSorted((a, b) => b.at - a.at)
      .slice(0, limit);
    const alerts: object[] = [];
    // one after the other: the rows of a hundred that went to a hundred thousand places each fit into no memory
    for (const alert of newest) alerts.push(await describe(alert, options));
    return c.json({ alerts });
  });
}

/** Of equal length, whatever was given. */
const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

function isAllowed(c: Context, token: string): boolean {
  const [, given = ""] = /^Bearer (.+)$/i.exec(c.req.header("authorization") ?? "") ?? [];
  return timingSafeEqual(digest(given), digest(token));
}

async function describe(alert: LoggedAlert, { log, key }: AlertSources): Promise<object> {
  const { alertId, episodeId, symbol, rule, at, content } = alert;
  const rows = await log.deliveries(alert);
  const counts: Record<string, number> = {};
  for (const { state } of rows) counts[state] = (counts[state] ?? 0) + 1;
  return {
    alertId,
    ...(episodeId !== "" && { episodeId }),
    symbol,
    ...(rule !== "" && { rule }),
    time: at,
    content: JSON.parse(content),
    counts,
    deliveries: rows.slice(0, mostDeliveries).map((row) => delivery(row, key)),
  };
}

function delivery(
  { destination, state, attempts, possibleRepeats, at, note }: DeliveryRecord,
  key: Uint8Array,
): object {
  const told = state !== "sent" && note !== "";
  return {
    destination: hashedDestination(destination, key),
    state,
    attempts,
    ...(possibleRepeats > 0 && { possibleRepeats }),
    time: at,
    ...(told && { reason: note }),
  };
}

/** "telegram:3f29c1…": the platform, and sixteen digits that are the same for the same place. */
export function hashedDestination(destination: string, key: Uint8Array): string {
  const platform = platformOf(destination);
  if (platform === destination) return destination;
  return `${platform}:${createHmac("sha256", key).update(destination).digest("hex").slice(0, 16)}`;
}
