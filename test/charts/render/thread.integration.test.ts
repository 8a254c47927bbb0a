import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createCharts } from "../../../src/charts/charts.ts";
import { createRendererThread } from "../../../src/charts/render/thread.ts";
import type { Drawing } from "../../../src/charts/render/messages.ts";
import { buildRenderer, fontFolder, type TestRenderer } from "../../support/renderer.ts";
import { mapCase } from "../gallery/cases.ts";
import { lopsidedUp } from "../samples.ts";

const request = mapCase({ clusters: lopsidedUp, notionalUsd: 1.1e9 });
const drawing: Drawing = { kind: "map", request };
const pngSignature = [0x89, 0x50, 0x4e, 0x47];

let renderer: TestRenderer;
let scripts: string;

beforeAll(async () => {
  [renderer, scripts] = await Promise.all([buildRenderer(), mkdtemp(join(tmpdir(), "lopside-threads-"))]);
});
afterAll(async () => Promise.all([renderer.remove(), rm(scripts, { recursive: true, force: true })]));

/** A thread of a few lines in place of the renderer; `drawing` is what it was sent. */
async function threadOf(name: string, onDrawing: string) {
  const path = join(scripts, `${name}.mjs`);
  const raster = "{ kind: 'drawn', raster: { png: new Uint8Array([1]), width: 1, height: 1 } }";
  await writeFile(
    path,
    `import { parentPort } from "node:worker_threads";
     const raster = ${raster};
     let count = 0;
     parentPort.on("message", (drawing) => { count += 1; ${onDrawing} });`,
  );
  return { worker: pathToFileURL(path), fonts: fontFolder };
}

const answer = "parentPort.postMessage(raster);";
const isFirst = "drawing.request.map.time === 1";
const at = (time: number): Drawing => ({
  kind: "map",
  request: { ...request, map: { ...request.map, time } },
});

describe("the renderer's thread", () => {
  test("draws a map of its format's size, and names it by its snapshot and look", async () => {
    const charts = createCharts({ assets: renderer.assets });
    const wide = await charts.map(request);
    const tall = await charts.map({ ...request, look: { ...request.look, format: "portrait" } });
    await charts.close();
    expect(wide).toMatchObject({ kind: "picture", width: 1280, height: 720 });
    expect(tall).toMatchObject({ kind: "picture", width: 1080, height: 1350 });
    const [png, key] = wide.kind === "picture" ? [wide.png, wide.key] : [];
    expect(Array.from(png?.subarray(0, 4) ?? [])).toEqual(pngSignature);
    expect(png?.length).toBeLessThan(160_000);
    expect(key).toMatch(/^map:BTC:\d+:live:leverage:dark-wide-en:v\d+$/);
    expect(key).not.toBe(tall.kind === "picture" ? tall.key : "");
  });

  test("says that there is nothing to draw without a price", async () => {
    const charts = createCharts({ assets: renderer.assets });
    const map = { ...request.map, markPrice: null, long: [], short: [] };
    expect(await charts.map({ ...request, map })).toMatchObject({ kind: "failed", reason: "no-data" });
    await charts.close();
  });

  test("refuses to draw without fonts, and says where they should be", async () => {
    const nowhere = pathToFileURL(`${scripts}/`);
    const thread = createRendererThread({ assets: { ...renderer.assets, fonts: nowhere } });
    const result = await thread.draw(drawing);
    await thread.close();
    expect(result).toMatchObject({ kind: "failed", reason: "unavailable" });
    expect(result.kind === "failed" ? result.message : "").toContain(scripts);
  });

  test("goes on after a drawing that could not be made", async () => {
    const thread = createRendererThread({ assets: renderer.assets });
    const broken: Drawing = {
      kind: "map",
      request: { ...request, map: { ...request.map, markPrice: null } },
    };
    const [first, second] = await Promise.all([thread.draw(broken), thread.draw(drawing)]);
    await thread.close();
    expect([first.kind, second.kind]).toEqual(["failed", "drawn"]);
  });
});

describe("a thread that fails is replaced, and only its own drawing is lost", () => {
  test.each([
    { how: "ends", does: `if (${isFirst}) process.exit(3); ${answer}`, reason: "crashed" },
    { how: "throws", does: `if (${isFirst}) throw new Error("native panic"); ${answer}`, reason: "crashed" },
    { how: "hangs", does: `if (!(${isFirst})) ${answer}`, reason: "timed-out" },
    { how: "never yields", does: `if (${isFirst}) for (;;); ${answer}`, reason: "timed-out" },
  ])("$how", async ({ how, does, reason }) => {
    const thread = createRendererThread({
      assets: await threadOf(how.replaceAll(" ", "-"), does),
      timeoutMs: 700,
    });
    const results = await Promise.all([1, 2, 3].map(async (time) => thread.draw(at(time))));
    await thread.close();
    expect(results.map((result) => (result.kind === "failed" ? result.reason : result.kind))).toEqual([
      reason,
      "drawn",
      "drawn",
    ]);
  });

  test("a file that isn't there fails every drawing", async () => {
    const worker = pathToFileURL(join(scripts, "missing.mjs"));
    const thread = createRendererThread({ assets: { worker, fonts: fontFolder } });
    for (const time of [1, 2])
      expect(await thread.draw(at(time))).toMatchObject({ kind: "failed", reason: "crashed" });
    await thread.close();
  });
});

describe("the queue", () => {
  test("takes so many and no more", async () => {
    const assets = await threadOf("slow", "setTimeout(() => parentPort.postMessage(raster), 5);");
    const thread = createRendererThread({ assets, mostWaiting: 2 });
    const results = await Promise.all([1, 2, 3, 4].map(async (time) => thread.draw(at(time))));
    await thread.close();
    // one is being drawn, two wait
    expect(results.map(({ kind }) => kind)).toEqual(["drawn", "drawn", "drawn", "failed"]);
    expect(results[3]).toMatchObject({ reason: "busy" });
  });

  test("answers everybody when it is closed, and takes nobody afterwards", async () => {
    const thread = createRendererThread({ assets: await threadOf("silent", "") });
    const waiting = [thread.draw(at(1)), thread.draw(at(2))];
    await thread.close();
    for (const result of await Promise.all(waiting)) expect(result).toMatchObject({ reason: "busy" });
    expect(await thread.draw(at(3))).toMatchObject({ kind: "failed", reason: "busy" });
  });
});
