import { describe, expect, test } from "vitest";
import type { PictureResult, Pictures } from "../../src/charts/contracts.ts";
import { createApp } from "../../src/http/app.ts";
import { sourcesOf } from "./sources.ts";

const picture = {
  kind: "picture",
  png: Buffer.from("png"),
  width: 1280,
  height: 720,
  key: "map:BTC:1",
} as const;

async function ask(path: string, result: PictureResult = picture, headers: Record<string, string> = {}) {
  const asked: unknown[] = [];
  const draw =
    (kind: string) =>
    async (...args: readonly unknown[]): Promise<PictureResult> => {
      asked.push([kind, ...args]);
      return result;
    };
  const pictures: Pictures = { map: draw("map"), heatmap: draw("heatmap"), history: draw("history") };
  const response = await createApp(sourcesOf(0, { pictures }), "127.0.0.1").request(path, {
    headers: { host: "127.0.0.1:8080", ...headers },
  });
  return { asked, status: response.status, response, body: await response.text() };
}

const plain = { theme: "dark", format: "wide", language: "en" };

describe("pictures over HTTP", () => {
  test.each([
    ["/api/map/BTC.png", ["map", "BTC", plain, "leverage"]],
    [
      "/api/map/btc.png?theme=light&format=portrait&by=venue",
      ["map", "BTC", { ...plain, theme: "light", format: "portrait" }, "venue"],
    ],
    ["/api/heatmap/BTC.png?span=month", ["heatmap", "BTC", "month", plain]],
    ["/api/history/BTC.png?days=30", ["history", "BTC", 30, plain]],
  ])("%s", async (path, wanted) => {
    const { asked, status, response, body } = await ask(path);
    expect(asked).toEqual([wanted]);
    expect([status, response.headers.get("content-type"), body]).toEqual([200, "image/png", "png"]);
  });

  test("are not sent again to who has them", async () => {
    const first = await ask("/api/map/BTC.png");
    const etag = first.response.headers.get("etag") ?? "";
    expect(etag).toContain(picture.key);
    expect(await ask("/api/map/BTC.png", picture, { "if-none-match": etag })).toMatchObject({
      status: 304,
      body: "",
    });
  });

  test("a map's figures are still at their own place", async () => {
    expect((await ask("/api/map/BTC")).response.headers.get("content-type")).toContain("json");
  });

  test.each([
    ["/api/map/DOGE.png", 404, /BTC, ETH/],
    ["/api/map/BTC.png?theme=pink", 400, /theme/],
    ["/api/map/BTC.png?size=huge", 400, /size/],
    ["/api/history/BTC.png?days=31", 400, /days/],
    ["/api/map/BTC.jpg", 404, /./],
  ])("%s is answered by %i and why", async (path, status, hint) => {
    const answer = await ask(path);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toEqual({ error: expect.any(String), hint: expect.stringMatching(hint) });
    expect(answer.asked).toEqual([]);
  });

  test("one that could not be drawn is 503 with the reason", async () => {
    const { status, body } = await ask("/api/map/BTC.png", {
      kind: "failed",
      reason: "crashed",
      message: "native panic",
    });
    expect(status).toBe(503);
    expect(JSON.parse(body)).toEqual({
      error: "no picture: crashed",
      hint: expect.stringContaining("native panic"),
    });
  });
});
