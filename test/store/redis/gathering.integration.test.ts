import { once } from "node:events";
import { connect, createServer } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { GatheringRedis } from "../../../src/store/redis/gathering.ts";
import { startTestRedis, type TestRedis } from "../../support/redis.ts";

const asked = Array.from({ length: 40 }, (_, index) => `key ${index}`);

let server: TestRedis;
let redis: GatheringRedis;
/** What arrived, in the pieces in which it did. */
let pieces: string[];
let close: () => void;

beforeEach(async () => {
  pieces = [];
  server = await startTestRedis();
  const { end } = server;
  if (end.kind !== "socket") throw new Error("the test's server listens on a socket");
  const proxy = createServer({ noDelay: true }, (client) => {
    const upstream = connect(end.path);
    client.on("data", (bytes) => {
      pieces.push(bytes.toString());
      upstream.write(bytes);
    });
    upstream.pipe(client);
    client.on("error", () => upstream.destroy()).on("close", () => upstream.destroy());
  }).listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const address = proxy.address();
  if (address === null || typeof address === "string") throw new Error("the proxy listens on no port");
  redis = new GatheringRedis({ host: "127.0.0.1", port: address.port, enableOfflineQueue: false });
  await once(redis, "ready");
  close = () => proxy.close();
});

afterEach(async () => {
  redis.disconnect();
  close();
  await server.stop();
});

test("what is asked in one turn goes out in one piece, and is answered in its order", async () => {
  pieces.length = 0;
  const answers = await Promise.all(asked.map(async (key, index) => redis.set(key, index, "GET")));
  const others = await Promise.all(asked.map(async (key) => redis.get(key)));
  expect(answers).toEqual(asked.map(() => null));
  expect(others).toEqual(asked.map((_, index) => String(index)));
  expect(pieces).toHaveLength(2);
});

test("what was asked right before the connection is closed still arrives", async () => {
  const said = redis.set("last", "words");
  const closing = redis.quit();
  expect([await said, await closing]).toEqual(["OK", "OK"]);
});
