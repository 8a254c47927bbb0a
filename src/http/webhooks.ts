import type { MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Webhooks } from "./contracts.ts";

/** Far more than a platform sends: its messages have thousands of characters, not millions. */
const maxBytes = 1_000_000;

/**
 * What platforms POST, by path. They come under whatever name the proxy in front of us has, so their Host header is
 * not looked at; each proves itself in its own way, over the very bytes that came.
 */
export function webhookRoutes(webhooks: Webhooks): readonly MiddlewareHandler[] {
  const isWebhook = (method: string, path: string): boolean => method === "POST" && webhooks.has(path);
  const limited = bodyLimit({
    maxSize: maxBytes,
    onError: (c) => c.json({ error: "too large", hint: "this is no update of a platform" }, 413),
  });
  return [
    async (c, next) => (isWebhook(c.req.method, c.req.path) ? limited(c, next) : next()),
    async (c, next) => {
      const webhook = isWebhook(c.req.method, c.req.path) ? webhooks.get(c.req.path) : undefined;
      if (webhook === undefined) return next();
      const body = new Uint8Array(await c.req.arrayBuffer());
      const answer = await webhook({ header: (name) => c.req.header(name), body });
      if (answer.body === undefined) return new Response(null, { status: answer.status });
      return Response.json(answer.body, { status: answer.status });
    },
  ];
}
