import { expect, test } from "vitest";
import type { Charts, PictureResult } from "../../../src/charts/contracts.ts";
import { checkPictures } from "../../../src/commands/checks/pictures.ts";

function chartsThat(result: PictureResult): Charts {
  const draw = async (): Promise<PictureResult> => result;
  return { map: draw, heatmap: draw, history: draw, reliability: draw, close: async () => undefined };
}

test("doctor says that pictures can be drawn", async () => {
  const drawn = { kind: "picture", png: new Uint8Array(1), width: 1, height: 1, key: "k" } as const;
  expect(await checkPictures(chartsThat(drawn), 1e12)).toMatchObject({ level: "ok" });
});

test("doctor says why they can't, and what to do about it", async () => {
  const failed = {
    kind: "failed",
    reason: "unavailable",
    message: "fonts of weight 400 leave no ink",
  } as const;
  expect(await checkPictures(chartsThat(failed), 1e12)).toEqual({
    level: "error",
    message: "no pictures can be drawn: fonts of weight 400 leave no ink",
    hint: expect.stringContaining("npm run setup"),
  });
});
