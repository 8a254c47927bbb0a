import { Agent } from "node:http";
import { timeout, TimeoutStrategy } from "cockatiel";
// ccxt's package root loads all 104 venues: tens of MB and 0.2 s more than the few in use. Its export map hides the
// single files, so they are named by path; the bundle resolves them the same way.
import type { BaseExchange } from "../../node_modules/ccxt/js/src/base/Exchange.js";

const constructors = {
  binancecoinm: async () => (await import("../../node_modules/ccxt/js/src/pro/binancecoinm.js")).default,
  binanceusdm: async () => (await import("../../node_modules/ccxt/js/src/pro/binanceusdm.js")).default,
  bitfinex: async () => (await import("../../node_modules/ccxt/js/src/pro/bitfinex.js")).default,
  bitget: async () => (await import("../../node_modules/ccxt/js/src/pro/bitget.js")).default,
  bybit: async () => (await import("../../node_modules/ccxt/js/src/pro/bybit.js")).default,
  deribit: async () => (await import("../../node_modules/ccxt/js/src/pro/deribit.js")).default,
  gate: async () => (await import("../../node_modules/ccxt/js/src/pro/gate.js")).default,
  htx: async () => (await import("../../node_modules/ccxt/js/src/pro/htx.js")).default,
  hyperliquid: async () => (await import("../../node_modules/ccxt/js/src/pro/hyperliquid.js")).default,
  krakenfutures: async () => (await import("../../node_modules/ccxt/js/src/pro/krakenfutures.js")).default,
  kucoinfutures: async () => (await import("../../node_modules/ccxt/js/src/pro/kucoinfutures.js")).default,
  mexc: async () => (await import("../../node_modules/ccxt/js/src/pro/mexc.js")).default,
  okx: async () => (await import("../../node_modules/ccxt/js/src/pro/okx.js")).default,
};

export type ExchangeId = keyof typeof constructors;

/** What the server said when a call failed; kept beside the error, because ccxt's own field is overwritten by the next answer. */
export interface HttpFacts {
  readonly status: number;
  readonly retryAfter?: string;
  /** What the venue's own header says about when its limit begins anew. */
  readonly reset?: string;
}

export interface ExchangeOptions {
  readonly baseUrl?: string | undefined;
  /** Of this venue's requests. */
  readonly proxyUrl?: string | undefined;
  /** Name of the header that `reset` is read from, in lower case. */
  readonly resetHeader?: string | undefined;
  readonly timeoutMs: number;
  /** Passed to ccxt's constructor as `options`. */
  readonly ccxt: object;
  /** The method that lists the markets; `fetchMarkets` unless said. */
  readonly listing?: string | undefined;
  /** Handed to it. */
  readonly marketParams?: object | undefined;
  /** Called right before each request leaves, after ccxt's queue; what it throws keeps the request back. */
  readonly beforeSend: () => void;
}

export interface Exchange {
  readonly call: (method: string, params: object) => Promise<unknown>;
  readonly fetchMarkets: () => Promise<readonly unknown[]>;
  readonly factsOf: (error: unknown) => HttpFacts | undefined;
  readonly close: () => Promise<void>;
}

/** Builds one venue's ccxt client: redirected, with a deadline over the whole answer and the failure's HTTP facts kept. */
export async function loadExchange(id: ExchangeId, options: ExchangeOptions): Promise<Exchange> {
  const Constructor = await constructors[id]();
  const client = new Constructor({
    timeout: options.timeoutMs,
    // it would count for itself, all endpoints in one queue; pace.ts counts for all processes, bucket by bucket
    enableRateLimit: false,
    options: options.ccxt,
  });
  client.has["fetchCurrencies"] = false;
  if (options.baseUrl !== undefined) redirect(client, options.baseUrl);
  if (options.proxyUrl !== undefined) client.httpsProxy = options.proxyUrl;
  guardSending(client, options);
  const facts = keepFacts(client, options.resetHeader);
  return {
    call: async (method, params) => callByName(client, method, params),
    fetchMarkets: async () => {
      const markets = await callByName(client, options.listing ?? "fetchMarkets", options.marketParams ?? {});
      return Array.isArray(markets) ? markets : [];
    },
    factsOf: (error) => (error instanceof Error ? facts.get(error) : undefined),
    close: async () => client.close(),
  };
}

/** One venue's ccxt client for its streams: redirected, and with nothing downloaded. The caller's to close. */
export async function openClient(
  id: ExchangeId,
  options: {
    readonly baseUrl?: string | undefined;
    readonly proxyUrl?: string | undefined;
    readonly ccxt: object;
  },
): Promise<BaseExchange> {
  const Constructor = await constructors[id]();
  const client = new Constructor({ ...options.ccxt });
  if (options.baseUrl !== undefined) redirect(client, options.baseUrl);
  if (options.proxyUrl !== undefined) {
    // ccxt's own settings would look for packages at run time, where a bundle has none
    const { tunnelThrough } = await import("./tunnels.ts");
    client.agent = tunnelThrough(options.proxyUrl);
    client.httpAgent = client.agent;
  }
  return client;
}

/**
 * Sends REST and websocket calls to `{baseUrl}/{venueId}/…`, keeping each URL's own path. Only the origin is
 * replaced: ccxt moves Binance's market streams by an URL ending in exactly `/ws`, so that ending must stay.
 */
export function redirect(client: BaseExchange, baseUrl: string): void {
  const rest = `${baseUrl.replace(/\/+$/, "")}/${client.id}`;
  const socket = rest.replace(/^http/, "ws");
  const move = (url: string): string =>
    url.replace(/^https:\/\/[^/]+/, () => rest).replace(/^wss:\/\/[^/]+/, () => socket);
  client.urls.api = mapStrings(client.urls.api, move);
  // without an agent of its own ccxt refuses ws:// ("loadHttpProxyAgent")
  if (socket.startsWith("ws:")) client.httpAgent = new Agent();
}

type Urls = BaseExchange["urls"]["api"];

function mapStrings(urls: Urls, change: (text: string) => string): Urls {
  const entries = Object.entries(urls).map(([key, item]) => [
    key,
    typeof item === "string" ? change(item) : typeof item === "object" ? mapStrings(item, change) : item,
  ]);
  return Object.fromEntries(entries);
}

/** ccxt's own timer stops at the headers; a body that never ends would hang the round. */
function guardSending(client: BaseExchange, options: ExchangeOptions): void {
  const send = client.fetch.bind(client);
  const deadline = timeout(options.timeoutMs, { strategy: TimeoutStrategy.Aggressive, abortOnReturn: false });
  client.fetch = async (
    url: unknown,
    method?: string,
    headers?: unknown,
    body?: unknown,
  ): Promise<unknown> => {
    options.beforeSend();
    return deadline.execute(async (): Promise<unknown> => send(url, method, headers, body));
  };
}

function keepFacts(client: BaseExchange, resetHeader: string | undefined): WeakMap<Error, HttpFacts> {
  const facts = new WeakMap<Error, HttpFacts>();
  const handle = client.handleRestResponse.bind(client);
  client.handleRestResponse = async (response: Answer, ...rest: HandleRest): Promise<unknown> => {
    try {
      return await handle(response, ...rest);
    } catch (error) {
      if (error instanceof Error) facts.set(error, factsIn(response, resetHeader));
      throw error;
    }
  };
  return facts;
}

function factsIn({ status, headers }: Answer, resetHeader: string | undefined): HttpFacts {
  const retryAfter = headers["retry-after"];
  const reset = resetHeader === undefined ? undefined : headers[resetHeader];
  return {
    status,
    ...(retryAfter === undefined ? {} : { retryAfter }),
    ...(reset === undefined ? {} : { reset }),
  };
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}
type HandleRest = [url: string, method?: string, headers?: unknown, body?: unknown];

/** ccxt's implicit methods are made at run time from its table of endpoints: found by name, answers unparsed. */
async function callByName(client: BaseExchange, method: string, params: object): Promise<unknown> {
  const endpoint: unknown = Reflect.get(client, method);
  if (typeof endpoint !== "function") throw new TypeError(`ccxt's ${client.id} has no ${method}`);
  return Reflect.apply(endpoint, client, [params]);
}
