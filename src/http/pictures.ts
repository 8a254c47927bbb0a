import type { Context, Hono } from "hono";
import { z } from "zod";
import { plainLook, type Look, type PictureResult, type Pictures } from "../charts/contracts.ts";
import { languages } from "../texts/texts.ts";

const look = {
  theme: z.enum(["dark", "light"]).default(plainLook.theme),
  format: z.enum(["wide", "portrait"]).default(plainLook.format),
  language: z.enum(languages).default(plainLook.language),
};
const mapQuery = z.strictObject({ ...look, by: z.enum(["leverage", "venue"]).default("leverage") });
const heatmapQuery = z.strictObject({ ...look, span: z.enum(["day", "month"]).default("day") });
const historyQuery = z.strictObject({ ...look, days: z.coerce.number().int().min(1).max(30).default(7) });

export interface PictureRoutes {
  readonly pictures: Pictures;
  readonly symbols: readonly string[];
  readonly unknownSymbol: { readonly error: string; readonly hint: string };
}

/** Serves each snapshot's pictures; what a query may say is in its error. */
export function addPictures(app: Hono, { pictures, symbols, unknownSymbol }: PictureRoutes): void {
  const serve = <T extends Look>(
    kind: string,
    query: z.ZodType<T>,
    draw: (symbol: string, asked: T) => Promise<PictureResult>,
  ): void => {
    app.get(`/api/${kind}/:file{[A-Za-z0-9]{1,20}\\.png}`, async (c) => {
      const symbol = c.req
        .param("file")
        .replace(/\.png$/, "")
        .toUpperCase();
      if (!symbols.includes(symbol)) return c.json(unknownSymbol, 404);
      const asked = query.safeParse(c.req.query());
      if (!asked.success) return c.json(misasked(asked.error), 400);
      return answer(c, await draw(symbol, asked.data));
    });
  };
  serve("map", mapQuery, async (symbol, { by, ...look }) => pictures.map(symbol, look, by));
  serve("heatmap", heatmapQuery, async (symbol, { span, ...look }) => pictures.heatmap(symbol, span, look));
  serve("history", historyQuery, async (symbol, { days, ...look }) => pictures.history(symbol, days, look));
}

function answer(c: Context, result: PictureResult): Response {
  if (result.kind === "failed")
    return c.json({ error: `no picture: ${result.reason}`, hint: `${result.message}; see /readyz` }, 503);
  const etag = `"${result.key}"`;
  // the newest snapshot is asked for again each time, and sent again only if it is another one
  const headers = { etag, "cache-control": "no-cache" };
  if (c.req.header("if-none-match") === etag) return c.body(null, 304, headers);
  return c.body(Uint8Array.from(result.png), 200, { ...headers, "content-type": "image/png" });
}

function misasked(error: z.ZodError): { error: string; hint: string } {
  const [issue] = error.issues;
  return {
    error: "unknown parameter or value",
    hint: `${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`.trim(),
  };
}
