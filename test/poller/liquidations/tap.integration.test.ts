import { afterEach, describe, expect, it } from "vitest";
import type { Contract } from "../../../src/poller/adapter.ts";
import type { ExchangeId } from "../../../src/poller/exchanges.ts";
import { streamOf } from "../../../src/poller/liquidations/streams.ts";
import { openTap } from "../../../src/poller/liquidations/tap.ts";
import { createSignal } from "../../support/signal.ts";
import { startStreamServer, type StreamServer } from "../../support/streamServer.ts";
import { binanceFrame, bybitFrame, bybitRow, okxDetail, okxFrame } from "./frames.ts";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

interface Venue {
  readonly id: ExchangeId;
  readonly contract: Contract;
  /** The answer to a subscription. */
  readonly answer: (text: string) => readonly unknown[];
  readonly isSubscribed: (text: string) => boolean;
  /** Frames with seven prints in all, as fast as they come. */
  readonly burst: readonly unknown[];
  readonly prints: number;
}

const linear = { symbol: "BTC", market: "BTC/USDT:USDT", contractType: "linear", multiplier: 1 } as const;
const at = (ms: number): number => 1_795_348_800_000 + ms;

const venues: readonly Venue[] = [
  {
    id: "binanceusdm",
    contract: { ...linear, id: "BTCUSDT", contractSize: 1 },
    answer: (text) => [{ result: null, id: JSON.parse(text).id }],
    isSubscribed: (text) => text.includes("!forceOrder@arr"),
    burst: [1, 2, 3, 4, 5].map((n) => binanceFrame({ T: at(n) })),
    prints: 5,
  },
  {
    id: "bybit",
    contract: { ...linear, id: "BTCUSDT", contractSize: 1 },
    answer: (text) => [{ success: true, ret_msg: "", conn_id: "x", op: JSON.parse(text).op }],
    isSubscribed: (text) => text.includes("allLiquidation.BTCUSDT"),
    burst: [bybitFrame([1, 2, 3].map((n) => bybitRow({ T: at(n) }))), bybitFrame([bybitRow({ T: at(4) })])],
    prints: 4,
  },
  {
    id: "okx",
    contract: { ...linear, id: "BTC-USDT-SWAP", contractSize: 0.01 },
    answer: (text) => (text === "ping" ? ["pong"] : []),
    isSubscribed: (text) => text.includes("liquidation-orders"),
    burst: [
      okxFrame([okxDetail(), okxDetail({ ts: String(at(2)) })]),
      okxFrame([okxDetail({ ts: String(at(3)) })]),
    ],
    prints: 3,
  },
];

async function open({ id, contract, answer }: Venue) {
  const stream = streamOf(id);
  if (stream === undefined) throw new Error(`${id} has no stream`);
  const server = await startStreamServer(answer);
  closing.push(async () => server.close());
  const rows: unknown[] = [];
  const lost: string[] = [];
  const heard = createSignal();
  let alive = 0;
  const stopping = new AbortController();
  const tap = await openTap({
    venue: id,
    stream,
    contracts: [contract],
    baseUrl: server.baseUrl,
    onFrame: (frame) => {
      rows.push(...stream.rows(frame));
      heard.notify();
    },
    onAlive: () => {
      alive += 1;
      heard.notify();
    },
    onLost: (reason) => {
      lost.push(reason);
      heard.notify();
    },
    signal: stopping.signal,
  });
  closing.push(async () => tap.close());
  return { server, stream, rows, lost, alive: () => alive, waitFor: heard.waitFor };
}

const subscribed = async (server: StreamServer, venue: Venue, times = 1): Promise<void> => {
  await server.waitFor(() => (server.heard.filter(venue.isSubscribed).length >= times ? true : undefined));
};

describe.each(venues)("the tap on $id", (venue) => {
  it("loses none of what comes at once", async () => {
    const { server, stream, rows, waitFor } = await open(venue);
    await subscribed(server, venue);
    for (const frame of venue.burst) server.say(frame);
    await waitFor(() => (rows.length >= venue.prints ? true : undefined));
    const prints = rows.flatMap((row) => stream.read(row) ?? []);
    expect(new Set(prints.map((print) => print.at)).size).toBe(venue.prints);
    expect(prints.every(({ liquidatedSide }) => liquidatedSide === "long")).toBe(true);
  });

  it("connects and subscribes again when it is dropped, and says that it was", async () => {
    const { server, rows, lost, waitFor } = await open(venue);
    await subscribed(server, venue);
    server.drop();
    await waitFor(() => (lost.length > 0 ? true : undefined));
    await subscribed(server, venue, 2);
    for (const frame of venue.burst) server.say(frame);
    await waitFor(() => (rows.length >= venue.prints ? true : undefined));
    expect(rows).toHaveLength(venue.prints);
  });

  it("keeps its heartbeat on the liquidations' own connection", async () => {
    const { server } = await open(venue);
    await subscribed(server, venue);
    await server.waitFor(() => (server.heard.length >= 2 ? true : undefined));
    expect(server.connections()).toBe(1);
    expect(server.paths).toHaveLength(1);
  });

  it("stops when it is closed", async () => {
    const { server } = await open(venue);
    await subscribed(server, venue);
    const close = closing.pop();
    await close?.();
    await expect.poll(() => server.connections()).toBe(0);
  });
});
