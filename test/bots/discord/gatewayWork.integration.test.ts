import { afterEach, describe, expect, test } from "vitest";
import type { GatewayEvents } from "../../../src/bots/discord/gateway.ts";
import { stayConnected } from "../../../src/bots/discord/gatewayWork.ts";
import { startDiscordServer, type DiscordServer } from "../../support/discord/server.ts";
import { silentLog } from "../../support/redis.ts";

const deaf: GatewayEvents = {
  onInteraction: () => undefined,
  onGuildJoined: () => undefined,
  onGuildLeft: () => undefined,
  onChannelDeleted: () => undefined,
  onRights: () => undefined,
};

let server: DiscordServer;

afterEach(async () => server.close());

/** Pauses take no time, and are written down. */
function stay(token = server.token) {
  const stopping = new AbortController();
  const pauses: number[] = [];
  const logged: string[] = [];
  const say = (_: object, message: string) => logged.push(message);
  const log = { ...silentLog, warn: say, error: say };
  const sleep = async (ms: number): Promise<void> => {
    pauses.push(ms);
    if (pauses.length === 3) stopping.abort();
  };
  const { apiUrl } = server;
  const done = stayConnected({ token, apiUrl, events: deaf, log, sleep }, stopping.signal);
  return { stopping, pauses, logged, done };
}

describe("staying connected", () => {
  test("connects and stays until it is to stop, then ends its session", async () => {
    server = await startDiscordServer();
    const { stopping, done, pauses } = stay();
    await server.waitFor(() => server.gateway.sessions()[0]);
    stopping.abort();
    await done;
    expect(pauses).toEqual([]);
    expect(server.gateway.sessions()).toEqual([]);
  });

  test("a wrong token is said with what to do, and tried rarely: logins are counted", async () => {
    server = await startDiscordServer();
    const { done, pauses, logged } = stay("MTMw.x.y");
    await done;
    expect(pauses).toEqual([600_000, 600_000, 600_000]);
    expect(logged[0]).toContain("reset it in the developer portal");
  });

  test("a token that is taken back while connected begins anew", async () => {
    server = await startDiscordServer();
    const { done, stopping, pauses } = stay();
    await server.waitFor(() => server.gateway.sessions()[0]);
    server.gateway.closeWith(4004);
    await server.waitFor(() => (pauses.length > 0 ? true : undefined));
    stopping.abort();
    await done;
    expect(pauses[0]).toBe(1_000);
  });

  test("a stop while it connects is not held up", async () => {
    server = await startDiscordServer();
    server.gateway.refuse(true);
    const { done, stopping } = stay();
    await server.waitFor(() => server.calls.find((call) => call.route === "GET /gateway/bot"));
    stopping.abort();
    await done;
    expect(server.gateway.identifies()).toBe(0);
  });
});
