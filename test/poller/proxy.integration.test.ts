import { createServer, request, type Server } from "node:http";
import { connect } from "node:net";
import { afterEach, expect, it } from "vitest";
import { streamOf } from "../../src/poller/liquidations/streams.ts";
import { openTap } from "../../src/poller/liquidations/tap.ts";
import { createSignal } from "../support/signal.ts";
import { startStreamServer } from "../support/streamServer.ts";
import { bybitFrame, bybitRow } from "./liquidations/frames.ts";
import { binance } from "./dialects/binanceusdm.ts";
import { bybit } from "./dialects/bybit.ts";
import { failureOf, observationOf, pollOne, setStage, type Stage } from "./harness.ts";
import { truth } from "./world.ts";

const opened: (Server | Stage)[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) {
    if ("stop" in one) await one.stop();
    else one.close();
  }
});

/** A forward proxy of this machine that remembers who asked with which password. */
async function startProxy() {
  const seen: string[] = [];
  const note = (headers: NodeJS.Dict<string | string[]>): unknown =>
    seen.push(
      Buffer.from(String(headers["proxy-authorization"]).replace(/^Basic /, ""), "base64").toString(),
    );
  const server = createServer((incoming, answer) => {
    note(incoming.headers);
    incoming.pipe(
      request(incoming.url ?? "", { method: incoming.method ?? "GET" }, (reply) => {
        answer.writeHead(reply.statusCode ?? 502, reply.headers);
        reply.pipe(answer);
      }),
    );
  });
  server.on("connect", (incoming, socket) => {
    note(incoming.headers);
    const [host = "", port] = (incoming.url ?? "").split(":");
    const through = connect(Number(port), host, () => socket.write("HTTP/1.1 200 OK\r\n\r\n"));
    through.on("error", () => socket.destroy());
    socket.on("error", () => through.destroy());
    socket.pipe(through).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  opened.push(server);
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { url: `http://alice:secret@127.0.0.1:${address.port}`, seen };
}

async function stageThrough(proxyUrl: string | undefined, dialect = binance): Promise<Stage> {
  const stage = await setStage(dialect, proxyUrl === undefined ? {} : { proxyUrl });
  opened.push(stage);
  return stage;
}

it("a venue with a proxy is asked through it, with its password; another is not", async () => {
  const { url, seen } = await startProxy();
  const stage = await stageThrough(url);
  expect(observationOf(await pollOne(stage.venue)).markPrice).toBe(truth.markPrice);
  expect(new Set(seen)).toEqual(new Set(["alice:secret"]));
  const asked = seen.length;
  await pollOne((await stageThrough(undefined, bybit)).venue);
  expect(seen).toHaveLength(asked);
});

it("a venue's stream of liquidations goes through its proxy, with its password, and no other way", async () => {
  const { url, seen } = await startProxy();
  const server = await startStreamServer((text) => [{ success: true, op: JSON.parse(text).op }]);
  const stream = streamOf("bybit");
  if (stream === undefined) throw new Error("bybit has no stream");
  const heard = createSignal();
  const frames: unknown[] = [];
  const tap = await openTap({
    venue: "bybit",
    stream,
    contracts: [
      {
        symbol: "BTC",
        market: "BTC/USDT:USDT",
        id: "BTCUSDT",
        contractType: "linear",
        contractSize: 1,
        multiplier: 1,
      },
    ],
    baseUrl: server.baseUrl,
    proxyUrl: url,
    onFrame: (frame) => {
      frames.push(frame);
      heard.notify();
    },
    onAlive: () => undefined,
    onLost: () => undefined,
    signal: new AbortController().signal,
  });
  try {
    await server.waitFor(() =>
      server.heard.some((text) => text.includes("allLiquidation")) ? true : undefined,
    );
    expect(new Set(seen)).toEqual(new Set(["alice:secret"]));
    server.say(bybitFrame([bybitRow()]));
    await heard.waitFor(() => (frames.length > 0 ? true : undefined));
  } finally {
    await tap.close();
    await server.close();
  }
});

it("a proxy that isn't there fails the polls, and its password is in no reason", async () => {
  const { venue } = await stageThrough("http://alice:secret@127.0.0.1:1");
  const { kind, reason } = failureOf(await pollOne(venue));
  expect(kind).toBe("retry");
  expect(reason).not.toContain("secret");
});
