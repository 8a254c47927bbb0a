import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Charts, PictureResult } from "../../src/charts/contracts.ts";
import { openReplayPictures } from "../../src/commands/replayPictures.ts";
import { replay } from "../../src/replay/replay.ts";
import type { Bar } from "../../src/model/types.ts";
import { oneTier, steadyBars } from "../support/market.ts";

const picture = { kind: "picture", png: Buffer.from("png"), width: 1, height: 1, key: "k" } as const;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lopside-replay-"));
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

interface Asked {
  readonly kind: string;
  readonly request: object;
}

function chartsThat(asked: Asked[], result: PictureResult = picture): Charts {
  const draw = (kind: string) => async (request: object) => {
    asked.push({ kind, request });
    return result;
  };
  return {
    map: draw("map"),
    heatmap: draw("heatmap"),
    history: draw("history"),
    reliability: draw("reliability"),
    close: async () => undefined,
  };
}

/** Three days, long enough to settle and to alert at the lowest threshold. */
const bars: readonly Bar[] = steadyBars(3 * 288, 90_000).map((bar, i) => ({
  ...bar,
  ...(i % 50 === 0 && { longLiquidations: 2 }),
}));

async function replayInto(asked: Asked[], into = folder, result?: PictureResult): Promise<readonly string[]> {
  const charts = chartsThat(asked, result);
  const pictures = await openReplayPictures({ folder: into, symbol: "BTC", threshold: 2, charts });
  await replay({
    recording: {
      path: "x.csv",
      bars,
      intervalMs: 300_000,
      badRows: [],
      duplicates: 0,
      outOfOrder: 0,
      gaps: [],
      liquidations: [],
    },
    symbol: "BTC",
    riskTiers: oneTier,
    rule: { ratio: 2, holdMs: 0, cooldownMs: 0, warmupMs: 0 },
    onAlert: () => undefined,
    onMoment: pictures.onMoment,
  });
  return pictures.finish();
}

describe("a replay's pictures", () => {
  test("end with the heatmap of the last day and the ratio's history", async () => {
    const asked: Asked[] = [];
    const files = await replayInto(asked);
    expect(files.slice(-2)).toEqual(["BTC-heatmap.png", "BTC-history.png"].map((name) => join(folder, name)));
    expect((await readdir(folder)).toSorted()).toEqual(
      files.map((file) => file.slice(folder.length + 1)).toSorted(),
    );
    const [heatmap, history] = asked.slice(-2);
    expect(heatmap).toMatchObject({ kind: "heatmap", request: { columnMs: 300_000, to: 3 * 288 * 300_000 } });
    expect(Reflect.get(heatmap?.request ?? {}, "columns")).toHaveLength(288);
    expect(Reflect.get(heatmap?.request ?? {}, "liquidations")).toContainEqual(
      expect.objectContaining({ liquidatedSide: "long" }),
    );
    expect(history).toMatchObject({ kind: "history", request: { threshold: 2 } });
  });

  test("say when none can be drawn", async () => {
    const failed = { kind: "failed", reason: "unavailable", message: "no fonts" } as const;
    await expect(replayInto([], folder, failed)).rejects.toThrow("no picture was drawn: no fonts");
  });

  test("say when the folder can't be made", async () => {
    await writeFile(join(folder, "file"), "");
    await expect(replayInto([], join(folder, "file", "below"))).rejects.toThrow(
      /can't be made: a file is in its way/,
    );
  });
});
