import { createServer } from "node:http";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { binance } from "../../test/poller/dialects/binanceusdm.ts";
import { bybit } from "../../test/poller/dialects/bybit.ts";
import { okx } from "../../test/poller/dialects/okx.ts";
import { type Truth, truth } from "../../test/poller/world.ts";

const flat = { open: 90_000, high: 90_090, low: 89_910, close: 90_000, volume: 2_000 };
const reach = 0.003;
/** The others have long been read by then, so that nothing else is under way when the last answer goes out. */
const lastAnswerDelayMs = 30;

export interface ScriptedVenues {
  readonly baseUrl: string;
  /** When the newest answer's text went out (performance.now). */
  readonly lastAnswerAt: () => number;
  /** Stands in a round's last answer, and in no other. */
  readonly lastAnswerPart: string;
  /** Moves the mark to the other side: what was far from its liquidation is near. */
  readonly flip: () => void;
  readonly close: () => void;
}

/** Three venues whose traders all entered at one price, and whose mark jumps above or below it on command. */
export async function startScriptedVenues(now: () => number): Promise<ScriptedVenues> {
  let side = 1;
  let lastAnswerAt = Number.NaN;
  const scripted: Truth = {
    ...truth,
    candle: () => flat,
    get markPrice() {
      return flat.close * (1 + side * reach);
    },
  };
  const routes = new Map(
    [binance, bybit, okx].flatMap((dialect) => Object.entries(dialect.routes(scripted, now))),
  );
  const server = createServer((request, response) => {
    const { pathname: path, searchParams } = new URL(request.url ?? "/", "http://venue");
    const answer = async (): Promise<void> => {
      const isLast = path === okx.paths.mark;
      if (isLast) await sleep(lastAnswerDelayMs);
      const reply = await routes.get(path)?.({ path, query: Object.fromEntries(searchParams) });
      const found = reply !== undefined && "json" in reply;
      const text = found ? JSON.stringify(reply.json) : "{}";
      response.writeHead(found ? 200 : 404, { "content-type": "application/json" });
      lastAnswerAt = performance.now();
      response.end(text);
    };
    void answer();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the venues listen on no port");
  return {
    baseUrl: `http://127.0.0.1:${address.port}`,
    lastAnswerAt: () => lastAnswerAt,
    lastAnswerPart: '"markPx"',
    flip: () => {
      side = -side;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
