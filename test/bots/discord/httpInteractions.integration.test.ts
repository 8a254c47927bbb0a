import { afterEach, describe, expect, test } from "vitest";
import { createHttpInteractions } from "../../../src/bots/discord/httpInteractions.ts";
import { createVerify } from "../../../src/bots/discord/signature.ts";
import { startHttp, type HttpServer } from "../../../src/http/server.ts";
import { sourcesOf } from "../../http/sources.ts";
import { silentLog } from "../../support/redis.ts";
import { aroundScenes, type Scene } from "./harness.ts";

const scene = aroundScenes();
const path = "/discord/interactions";
let http: HttpServer | undefined;

afterEach(async () => {
  await http?.close();
  http = undefined;
});

/** Interactions are POSTed to a replica that has no gateway. */
async function byHttp(): Promise<Scene & { readonly url: string }> {
  const set = await scene({ isByHttp: true });
  const { clock } = set.ports;
  const { onInteraction } = set.bot;
  const verify = createVerify(set.server.publicKey);
  const webhooks = new Map([[path, createHttpInteractions({ verify, onInteraction, clock })]]);
  http = await startHttp(sourcesOf(0, { webhooks }), { host: "127.0.0.1", port: 0, log: silentLog });
  const url = `http://127.0.0.1:${http.port}${path}`;
  set.server.postInteractionsTo(url);
  return { ...set, url };
}

describe("interactions by HTTP", () => {
  test("are answered as those of the gateway, without one", async () => {
    const { ask, press, channel, ports, server } = await byHttp();
    const card = await ask("imbalance", { symbol: "BTC" });
    expect(card.original?.body.files).toHaveLength(1);
    const { original } = await ask("subscribe", { symbol: "BTC" });
    if (original === undefined) throw new Error("no answer");
    await press(original, "2.5×");
    expect((await ports.destinations.get(`discord:${channel.id}`))?.subscriptions).toHaveLength(1);
    expect(server.gateway.sessions()).toEqual([]);
  });

  test("begin again what was stopped while nobody could tell that it is mended", async () => {
    const { ask, channel, ports } = await byHttp();
    const destination = `discord:${channel.id}`;
    await ask("subscribe", { symbol: "BTC", ratio: 2 });
    await ports.destinations.disable(destination, "Missing Access (50001)", 1);
    await ask("subscribe", { symbol: "BTC", ratio: 2 });
    expect(await ports.destinations.get(destination)).toMatchObject({ subscriptions: [{ ratio: 2 }] });
    expect((await ports.destinations.get(destination))?.disabled).toBeUndefined();
  });

  test("a test alert that arrives begins again what was stopped, since it says that all works", async () => {
    const { ask, press, channel, ports, bot, server } = await byHttp();
    const destination = `discord:${channel.id}`;
    await ask("subscribe", { symbol: "BTC", ratio: 2 });
    await ports.destinations.disable(destination, "Missing Access (50001)", 1);
    const { original } = await ask("alerts");
    if (original === undefined) throw new Error("no answer");
    const before = server.sent(channel.id).length;
    await press(original, "🧪");
    await bot.settled();
    expect(server.sent(channel.id).length).toBeGreaterThan(before);
    expect((await ports.destinations.get(destination))?.disabled).toBeUndefined();
  });

  test("are refused unsigned, forged and repeated, and then nothing is done", async () => {
    const { url, server, bot } = await byHttp();
    const { headers, body } = server.signed({ type: 99 });
    const post = async (given: Record<string, string>, bytes: string): Promise<number> =>
      (await fetch(url, { method: "POST", headers: given, body: bytes })).status;
    expect(await post({}, body)).toBe(401);
    expect(await post(headers, `${body} `)).toBe(401);
    expect(await post(headers, body)).toBe(202);
    expect(await post(headers, body)).toBe(401);
    await bot.settled();
    expect(server.calls.filter(({ route }) => route.startsWith("POST /interactions"))).toEqual([]);
  });

  test("begin with a ping, which is answered at once", async () => {
    const { server, url } = await byHttp();
    const { body, headers } = server.signed({ type: 1 });
    const response = await fetch(url, { method: "POST", headers, body });
    expect([response.status, await response.json()]).toEqual([200, { type: 1 }]);
  });
});
