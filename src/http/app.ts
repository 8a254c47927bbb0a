import { Hono } from "hono";
import { agedImbalance } from "../model/aged.ts";
import { addAlerts } from "./alerts.ts";
import type { HttpSources } from "./contracts.ts";
import { isOwnHost } from "./hosts.ts";
import { addPictures } from "./pictures.ts";
import { readiness } from "./readiness.ts";
import { webhookRoutes } from "./webhooks.ts";

/** The routes of the HTTP role. Every error is `{ error, hint }`. */
export function createApp(sources: HttpSources, configuredHost: string): Hono {
  const app = new Hono();

  if (sources.webhooks !== undefined) app.use(...webhookRoutes(sources.webhooks));
  app.use(async (c, next) => {
    if (isOwnHost(c.req.header("host"), configuredHost)) return next();
    return c.json(
      { error: "unknown Host header", hint: "ask by address, or set HTTP_HOST to the name you use" },
      403,
    );
  });
  app.onError((error, c) => c.json({ error: "not ready", hint: `${error.message}; see /readyz` }, 503));
  app.notFound((c) =>
    c.json(
      { error: "no such page", hint: "try /healthz, /readyz, /metrics, /api/imbalance/BTC or /api/map/BTC" },
      404,
    ),
  );

  app.get("/healthz", (c) => c.json({ ok: true }));
  app.get("/readyz", async (c) => {
    const state = await readiness(sources);
    return c.json(state, state.ready ? 200 : 503);
  });
  app.get("/metrics", async (c) => {
    const { contentType, text } = await sources.metrics();
    return c.body(text, 200, { "content-type": contentType });
  });
  addApi(app, sources);
  const { alerts, symbols, clock } = sources;
  if (alerts !== undefined) addAlerts(app, { ...alerts, symbols, now: clock.now });
  return app;
}

function addApi(app: Hono, sources: HttpSources): void {
  const { symbols, clock, staleAfterMs } = sources;
  const unknownSymbol = {
    error: "unknown symbol",
    hint: `watched are ${symbols.join(", ")}; SYMBOLS adds more`,
  };
  const notYet = {
    error: "not computed yet",
    hint: "the first round takes a minute after a cold start; see /readyz",
  };

  app.get("/api/imbalance/:symbol", async (c) => {
    const symbol = c.req.param("symbol").toUpperCase();
    if (!symbols.includes(symbol)) return c.json(unknownSymbol, 404);
    const stored = await sources.imbalance(symbol);
    if (stored === undefined) return c.json(notYet, 503);
    return c.json(agedImbalance(stored, clock.now(), staleAfterMs));
  });
  if (sources.pictures !== undefined)
    addPictures(app, { pictures: sources.pictures, symbols, unknownSymbol });
  app.get("/api/map/:symbol", async (c) => {
    const symbol = c.req.param("symbol").toUpperCase();
    if (!symbols.includes(symbol)) return c.json(unknownSymbol, 404);
    const [map, stored] = await Promise.all([sources.map(symbol), sources.imbalance(symbol)]);
    if (map === undefined || stored === undefined) return c.json(notYet, 503);
    return c.json({ ...map, venues: agedImbalance(stored, clock.now(), staleAfterMs).venues });
  });
}
