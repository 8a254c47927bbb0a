import { DelegateBackoff, handleWhen, retry, type RetryPolicy } from "cockatiel";
import type { Clock } from "../ops/clock.ts";
import type { Log } from "../ops/log.ts";
import type { VenueLimits } from "../store/contracts/markets.ts";
import type { Call, VenueAdapter } from "./adapter.ts";
import type { PollFailure } from "./contracts.ts";
import type { Exchange, HttpFacts } from "./exchanges.ts";
import { loadExchange } from "./exchanges.ts";
import { type Cause, causeOf, isTransient, Refusal, stopped, toCause, toFailure } from "./failure.ts";
import { listCall } from "./demand.ts";
import { openPace } from "./pace.ts";

const extraAttempts = 2;
const backoffMs = 250;

export interface LineOptions {
  readonly adapter: VenueAdapter;
  readonly baseUrl?: string | undefined;
  readonly proxyUrl?: string | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly timeoutMs: number;
  readonly unthrottled: boolean;
  /** Told of every answer that wasn't given, or wasn't believed. */
  readonly onRefusal?: ((cause: Cause) => void) | undefined;
  /** Counts requests for all processes; each for itself without it. */
  readonly limits?: VenueLimits | undefined;
  /** 0 ≤ random() < 1: spreads the retries. */
  readonly random: () => number;
}

export interface AskOptions {
  /** Without what it asks for the round goes on: one attempt, the next round asks again. */
  readonly optional?: boolean;
  /** How long it may wait for its turn within the venue's limits, ms. */
  readonly patienceMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** The way to one venue: every request passes here. */
export interface Line {
  /** Asks, and reads the answer; rejects with a Refusal, nothing else. */
  readonly ask: <T>(call: Call, read: (body: unknown) => T, options?: AskOptions) => Promise<T>;
  readonly fetchMarkets: <T>(read: (markets: readonly unknown[]) => T, signal?: AbortSignal) => Promise<T>;
  /** Translates what went wrong with an answer already read. */
  readonly refuse: (what: string, error: unknown) => Refusal;
  /** Why the venue isn't asked at present. */
  readonly blocked: () => PollFailure | undefined;
  readonly close: () => Promise<void>;
}

export function openLine(options: LineOptions): Line {
  const { adapter, clock, log } = options;
  let block: PollFailure | undefined;
  let loading: Promise<Opened> | undefined;

  const blocked = (): PollFailure | undefined => {
    if (block?.until !== undefined && block.until <= clock.now()) block = undefined;
    return block;
  };

  const beforeSend = (): void => {
    const failure = blocked();
    if (failure !== undefined) throw new Refusal(failure);
  };

  const open = async (): Promise<Opened> => {
    loading ??= loadExchange(adapter.id, {
      ...options,
      ccxt: adapter.ccxt,
      listing: adapter.listing,
      marketParams: adapter.marketParams,
      resetHeader: adapter.reset?.header,
      beforeSend,
    }).then((client) => ({
      client,
      patient: retryPolicy(client, extraAttempts, options.random),
      brief: retryPolicy(client, 0, options.random),
    }));
    return loading;
  };

  const remember = (failure: PollFailure): void => {
    if (failure.kind !== "cool-down" && failure.kind !== "disable-venue") return;
    if (failure.until === undefined || failure.until <= (blocked()?.until ?? 0)) return;
    block = failure;
    void pace.rest({ ...failure, until: failure.until });
    log.warn({ venue: adapter.id, kind: failure.kind, until: failure.until }, failure.reason);
  };

  const pace = openPace({ adapter, clock, log, shared: options.limits });

  const refuse = (what: string, error: unknown, http?: HttpFacts): Refusal => {
    const { id: venue, unknownSymbol, reset } = adapter;
    const where = { venue, what, now: clock.now(), timeoutMs: options.timeoutMs, http, unknownSymbol, reset };
    if (!(error instanceof Refusal)) options.onRefusal?.(toCause(error, where));
    const failure = toFailure(error, where);
    remember(failure);
    return new Refusal(failure, causeOf(error));
  };

  const waitForTurn = async (call: Call, how: AskOptions): Promise<void> => {
    const leave = await pace.leave(call, how);
    if (leave.kind === "go") return;
    if (leave.kind === "full") {
      const reason = `${adapter.id} ${nameOf(call)}: no room under its limit on ${leave.bucket}`;
      throw new Refusal({ kind: "retry", reason });
    }
    block = leave.failure;
    throw new Refusal(leave.failure);
  };

  /** ccxt sends all the requests of a list by itself. */
  const waitForList = async (signal: AbortSignal | undefined): Promise<void> => {
    const { listRequests = 1 } = adapter.declares;
    if (options.unthrottled) return;
    for (let request = 0; request < listRequests; request += 1)
      await waitForTurn(listCall(adapter), { signal });
  };

  const attempt = async <T>(
    what: string,
    ask: (client: Exchange) => Promise<T>,
    how: AskOptions,
  ): Promise<T> => {
    const { client, patient, brief } = await open();
    const policy = how.optional === true ? brief : patient;
    try {
      return await policy.execute(async () => {
        beforeSend();
        stopIfAborted(how.signal);
        return orAborted(ask(client), how.signal);
      }, how.signal);
    } catch (error) {
      throw refuse(what, error, client.factsOf(error));
    }
  };

  return {
    ask: async (call, read, how = {}) =>
      attempt(
        nameOf(call),
        async (client) => {
          if (!options.unthrottled) await waitForTurn(call, how);
          return read(await client.call(call.method, call.params));
        },
        how,
      ),
    fetchMarkets: async (read, signal) =>
      attempt(
        "markets",
        async (client) => {
          await waitForList(signal);
          return read(await client.fetchMarkets());
        },
        { signal },
      ),
    refuse,
    blocked,
    close: async () => {
      if (loading !== undefined) await (await loading).client.close();
    },
  };
}

interface Opened {
  readonly client: Exchange;
  readonly patient: RetryPolicy;
  readonly brief: RetryPolicy;
}

/** Retries wait anywhere between nothing and a ceiling that doubles: full jitter, so that symbols don't march in step. */
function retryPolicy(client: Exchange, maxAttempts: number, random: () => number): RetryPolicy {
  return retry(
    handleWhen((error) => isTransient(error, client.factsOf(error))),
    { maxAttempts, backoff: new DelegateBackoff(({ attempt }) => random() * backoffMs * 2 ** attempt) },
  );
}

/** "klines BTCUSDT": ccxt's method without the words that say nothing to a person. */
export function nameOf({ method, params }: Call): string {
  const { type, req } = params;
  const named = { ...params, ...(typeof req === "object" ? req : {}) };
  const subject = subjects.map((field) => Reflect.get(named, field)).find((value) => value !== undefined);
  const posted = method.endsWith("PostInfo") && typeof type === "string";
  const name = posted ? type : method.replace(/^.*?Get(?:V5Market|V2MixMarket|Market|Public|Settle)?/, "");
  return typeof subject === "string" ? `${name} ${subject}` : name;
}

const subjects = ["symbol", "instId", "instFamily", "contract", "coin"];

export function stopIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw stopped();
}

/** ccxt takes no signal: the request runs out on its own, nobody waits for it. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(stopped());
    // a signal that was given already is not given again
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
