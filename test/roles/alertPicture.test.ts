import { expect, test } from "vitest";
import type { PictureResult } from "../../src/charts/contracts.ts";
import { createAlertPicture } from "../../src/roles/alertPicture.ts";
import { silentLog } from "../support/redis.ts";

const picture = { kind: "picture", png: Buffer.from("png"), width: 1, height: 1, key: "k" } as const;
const failed = { kind: "failed", reason: "crashed", message: "native panic" } as const;
const never = new Promise<PictureResult>(() => undefined);

test.each([
  ["has its picture", Promise.resolve<PictureResult>(picture), picture],
  ["goes as text when nothing could be drawn", Promise.resolve<PictureResult>(failed), undefined],
  ["goes as text when the renderer takes too long", never, undefined],
])("an alert %s", async (_what, drawing, expected) => {
  const pictureOf = createAlertPicture({ map: async () => drawing }, silentLog, 20);
  expect(await pictureOf("BTC", "en")).toEqual(expected);
});

test("after a failure the next alerts of the symbol don't wait again, and other symbols' have theirs", async () => {
  const asked: string[] = [];
  const map = async (symbol: string) => {
    asked.push(symbol);
    return symbol === "BTC" ? failed : picture;
  };
  const pictureOf = createAlertPicture({ map }, silentLog, 20);
  for (const symbol of ["BTC", "BTC", "ETH", "BTC", "ETH"]) await pictureOf(symbol, "en");
  expect(asked).toEqual(["BTC", "ETH", "ETH"]);
});
