import type { Contract } from "../adapter.ts";
import { openClient, type ExchangeId } from "../exchanges.ts";
import type { Stream, Watch } from "./streams.ts";

export interface TapOptions {
  readonly venue: ExchangeId;
  readonly stream: Stream;
  readonly contracts: readonly Contract[];
  readonly baseUrl?: string | undefined;
  readonly proxyUrl?: string | undefined;
  /** Every frame of liquidations, before ccxt drops most of it. */
  readonly onFrame: (frame: unknown) => void;
  /** Anything at all was heard: the connection lives. */
  readonly onAlive: () => void;
  /** A watch ended with an error and is begun again. */
  readonly onLost: (reason: string) => void;
  readonly signal: AbortSignal;
}

/** Real ms between two tries of a watch that fails at once; ccxt spaces its connections by itself. */
const restMs = 1_000;
/** Half-open connections are found by pings too; ccxt's three minutes would be a long time to be deaf. */
const keepAliveMs = 15_000;

/** Listens until the signal aborts or `close` is called. Reconnects and subscribes again by itself. */
export async function openTap(options: TapOptions): Promise<{ close: () => Promise<void> }> {
  const { stream, contracts, signal } = options;
  const client = await openClient(options.venue, {
    baseUrl: options.baseUrl,
    proxyUrl: options.proxyUrl,
    ccxt: {
      streaming: { keepAlive: keepAliveMs },
      // its pacing forgets to look after a message that can't be sent, which would end the process; there are few
      enableRateLimit: false,
      // Binance's streams would be spread over connections: the heartbeat must share that of the liquidations
      options: { streamLimits: { future: 1, delivery: 1 } },
    },
  });
  client.setMarkets(contracts.map(marketOf));
  listen(client, options);
  const ended = new AbortController();
  const [first] = contracts;
  const watches = first === undefined ? [] : [...stream.watches(contracts), stream.heartbeat(first)];
  const loops = watches.map(async (watch) => {
    while (!signal.aborted && !ended.signal.aborted) await watchOnce(client, watch, options, ended.signal);
  });
  return {
    close: async () => {
      ended.abort();
      await client.close();
      await Promise.all(loops);
    },
  };
}

type Client = Awaited<ReturnType<typeof openClient>>;

/** ccxt's handlers are found on the instance with every frame. */
function listen(client: Client, { onFrame, onAlive }: TapOptions): void {
  const handle: unknown = Reflect.get(client, "handleLiquidation");
  const message: unknown = Reflect.get(client, "handleMessage");
  if (typeof handle !== "function" || typeof message !== "function")
    throw new TypeError(`ccxt's ${client.id} has no liquidations to listen to`);
  Reflect.set(client, "handleLiquidation", (socket: unknown, frame: unknown): void => {
    onFrame(frame);
    Reflect.apply(handle, client, [socket, frame]);
  });
  Reflect.set(client, "handleMessage", (socket: unknown, frame: unknown): void => {
    onAlive();
    Reflect.apply(message, client, [socket, frame]);
  });
}

/** Resolves with the next thing that is heard, or after a rest when the connection was lost. */
async function watchOnce(
  client: Client,
  watch: Watch,
  options: TapOptions,
  ended: AbortSignal,
): Promise<void> {
  const method: unknown = Reflect.get(client, watch.method);
  if (typeof method !== "function") throw new TypeError(`ccxt's ${client.id} has no ${watch.method}`);
  try {
    await Reflect.apply(method, client, watch.arguments);
  } catch (error) {
    if (ended.aborted || options.signal.aborted) return;
    options.onLost(error instanceof Error ? error.name : "unknown");
    await new Promise((resolve) => setTimeout(resolve, restMs));
  }
}

/** As much of a market as ccxt's streams look at, so that no list is downloaded for them. */
function marketOf({ market, id, contractType, contractSize }: Contract): object {
  const [pair = "", settle = ""] = market.split(":");
  const [base = "", quote = ""] = pair.split("/");
  return {
    id,
    lowercaseId: id.toLowerCase(),
    symbol: market,
    base,
    quote,
    settle,
    baseId: base,
    quoteId: quote,
    settleId: settle,
    type: "swap",
    spot: false,
    swap: true,
    future: false,
    option: false,
    contract: true,
    linear: contractType === "linear",
    inverse: contractType === "inverse",
    contractSize,
    active: true,
    precision: {},
    limits: {},
    info: {},
  };
}
