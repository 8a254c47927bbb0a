import { createServer, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { Picture } from "../../../src/charts/contracts.ts";
import type { Sender, SendRequest } from "../../../src/notifier/contracts.ts";
import { createDiscordSender } from "../../../src/notifier/senders/discord.ts";
import { createTelegramSender } from "../../../src/notifier/senders/telegram.ts";
import { json, startGateway } from "../../support/gateway.ts";
import { plainPng } from "../../support/png.ts";
import { handClock } from "../builders.ts";
import { alert } from "./sender.contract.ts";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const picture: Picture = { kind: "picture", png: plainPng(16, 9), width: 16, height: 9, key: "BTC-1" };

const timeoutMs = 4_000;
const telegram = (url: string): Sender =>
  createTelegramSender({ token: "1:a", apiRoot: url, timeoutMs, clock: handClock() });
const discord = (url: string): Sender =>
  createDiscordSender({ token: "a.b.c", apiUrl: `${url}/api`, timeoutMs, clock: handClock() });

const request = (destination: string, over: Partial<SendRequest> = {}): SendRequest => ({
  destination,
  message: alert,
  possibleRepeat: false,
  idempotencyKey: "k",
  ...over,
});

const channel = "discord:1303030303030303031";
const sendings: readonly (readonly [string, (url: string) => ReturnType<Sender["send"]>])[] = [
  ["words to Telegram", async (url) => telegram(url).send(request("telegram:5"))],
  ["a picture to Telegram", async (url) => telegram(url).send(request("telegram:5", { picture }))],
  ["words to Discord", async (url) => discord(url).send(request(channel))],
];

/** Takes connections, and does this with the first that is said in each. */
async function startDoor(answer: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined).once("data", () => answer(socket));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  closers.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the door has no TCP address");
  return `https://127.0.0.1:${address.port}`;
}

const doors: readonly (readonly [string, (socket: Socket) => void])[] = [
  ["resets it", (socket) => socket.resetAndDestroy()],
  ["hangs up", (socket) => socket.end()],
  ["says nothing", () => undefined],
];

describe("a way on which no encrypted connection comes about", () => {
  it.each(doors)("leads nowhere for certain where somebody %s", async (_who, answer) => {
    const url = await startDoor(answer);
    const results = await Promise.all(sendings.map(async ([, send]) => send(url)));
    expect(results.map(({ kind }) => kind)).toEqual(["unreachable", "unreachable", "unreachable"]);
  });
});

describe("an answer that never ends", () => {
  it.each(sendings)("is given up like none, to %s", async (_what, send) => {
    const { url, close } = await startGateway((response) => {
      response.writeHead(200, json);
      const drip = setInterval(() => response.write(" "), 100);
      response.once("close", () => clearInterval(drip));
    });
    closers.push(close);
    expect(await send(url)).toMatchObject({ kind: "unknown-outcome" });
  });
});
