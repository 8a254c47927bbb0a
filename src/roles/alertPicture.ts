import type { Picture, PictureResult, Pictures } from "../charts/contracts.ts";
import type { Log } from "../ops/log.ts";
import type { Language } from "../texts/texts.ts";

/** A claim is taken over after 12.5 s, and the send itself may take ten of them. */
const mostWaitMs = 2_000;
/** After a failure the next alerts of a symbol go without: waiting again for each would hold a burst up. */
const restMs = 10_000;

/**
 * The map that goes with an alert; undefined, with a word in the log, where it can't be drawn or not in time, and for
 * some seconds after that.
 */
export function createAlertPicture(
  pictures: Pick<Pictures, "map">,
  log: Log,
  waitMs = mostWaitMs,
): (symbol: string, language: Language) => Promise<Picture | undefined> {
  const restingUntil = new Map<string, number>();
  return async (symbol, language) => {
    if (performance.now() < (restingUntil.get(symbol) ?? 0)) return undefined;
    const drawn = await within(pictures.map(symbol, { language }), waitMs);
    if (drawn?.kind === "picture") return drawn;
    const reason = drawn?.message ?? `it took longer than ${waitMs} ms`;
    restingUntil.set(symbol, performance.now() + restMs);
    log.warn({ symbol, reason }, "an alert goes out without its picture");
    return undefined;
  };
}

async function within(drawing: Promise<PictureResult>, waitMs: number): Promise<PictureResult | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, waitMs, undefined);
  });
  return Promise.race([drawing, late]).finally(() => clearTimeout(timer));
}
