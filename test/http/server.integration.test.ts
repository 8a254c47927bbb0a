import { request } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import { type HttpServer, startHttp } from "../../src/http/server.ts";
import { silentLog } from "../support/redis.ts";
import { sourcesOf } from "./sources.ts";

const servers: HttpServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map(async (server) => server.close()));
});

async function start(host = "127.0.0.1", port = 0): Promise<HttpServer> {
  const server = await startHttp(sourcesOf(), { host, port, log: silentLog });
  servers.push(server);
  return server;
}

describe("the HTTP server", () => {
  test("answers on the port it says", async () => {
    const { port } = await start();
    const response = await fetch(`http://127.0.0.1:${port}/api/imbalance/BTC`);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ symbol: "BTC" });
  });

  test("refuses a page that has rebound its name to this address", async () => {
    const { port } = await start();
    const status = await new Promise((resolve, reject) => {
      request({
        port,
        host: "127.0.0.1",
        path: "/api/imbalance/BTC",
        headers: { host: `evil.example:${port}` },
      })
        .on("response", (response) => {
          response.resume();
          resolve(response.statusCode);
        })
        .on("error", reject)
        .end();
    });
    expect(status).toBe(403);
  });

  test("on a busy port says whose variable to change, and leaves the other one alone", async () => {
    const { port } = await start();
    await expect(start("127.0.0.1", port)).rejects.toThrow(
      `127.0.0.1:${port} is already in use: stop what listens there, or set HTTP_PORT to another port`,
    );
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  });

  test("says when HTTP_HOST is no address of this machine", async () => {
    // TEST-NET-1, which nobody has (RFC 5737)
    await expect(start("192.0.2.1")).rejects.toThrow("HTTP_HOST 192.0.2.1 is no address of this machine");
  });

  test("closes at once, whoever is still connected, and gives the port back", async () => {
    const { port, close } = await start();
    // keep-alive: the connection stays open after the answer
    await (await fetch(`http://127.0.0.1:${port}/healthz`)).text();
    await close();
    await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow("fetch failed");
    expect((await start("127.0.0.1", port)).port).toBe(port);
  });
});
