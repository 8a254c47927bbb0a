import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "../ops/log.ts";
import type { Look, PictureResult, PictureStore } from "./contracts.ts";
import { frames } from "./draw/frame.ts";

/** Long enough for an alert to reach every chat, short enough that a flood of looks stays some megabytes. */
const keptMs = 10 * 60_000;
/** Somebody who hasn't drawn by then has died. */
const drawingMs = 3_000;
const lookAgainMs = 40;

/** What a picture is called and whose it is. */
export interface Wanted {
  readonly symbol: string;
  readonly key: string;
  readonly look: Look;
}

/** The picture from the shared cache, or drawn by one of all that ask, in whatever process. */
export type DrawOnce = (wanted: Wanted, draw: () => Promise<PictureResult>) => Promise<PictureResult>;

export function createDrawOnce(store: PictureStore, log: Log): DrawOnce {
  const underWay = new Map<string, Promise<PictureResult>>();

  const kept = async ({ symbol, key, look }: Wanted): Promise<PictureResult | undefined> => {
    const png = await store.picture(symbol, key);
    const { width, height } = frames[look.format];
    return png === undefined ? undefined : { kind: "picture", png, width, height, key };
  };

  const drawAndKeep = async (
    { symbol, key }: Wanted,
    draw: () => Promise<PictureResult>,
  ): Promise<PictureResult> => {
    const result = await draw();
    if (result.kind === "failed") return result;
    await store.putPicture(symbol, key, result.png, keptMs);
    return { ...result, key };
  };

  const share = async (wanted: Wanted, draw: () => Promise<PictureResult>): Promise<PictureResult> => {
    const { symbol, key } = wanted;
    // whoever has claimed it may have died: their claim ends, and the next one's begins
    for (let waited = 0; waited <= drawingMs; waited += lookAgainMs) {
      if (waited > 0) await sleep(lookAgainMs);
      const ready = await kept(wanted);
      if (ready !== undefined) return ready;
      if (await store.claimDrawing(symbol, key, drawingMs)) break;
    }
    return drawAndKeep(wanted, draw);
  };

  return async (wanted, draw) => {
    const running = underWay.get(wanted.key);
    if (running !== undefined) return running;
    const drawing = share(wanted, draw)
      .catch(async (error: unknown) => {
        log.debug({ error, key: wanted.key }, "pictures can't be shared; drawing it here");
        const result = await draw();
        return result.kind === "picture" ? { ...result, key: wanted.key } : result;
      })
      .finally(() => underWay.delete(wanted.key));
    underWay.set(wanted.key, drawing);
    return drawing;
  };
}
