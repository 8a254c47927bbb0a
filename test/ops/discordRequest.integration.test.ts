import { once } from "node:events";
import { createServer } from "node:http";
import { REST } from "@discordjs/rest";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Agent, getGlobalDispatcher, setGlobalDispatcher, type Dispatcher } from "undici";
import { discordRequest } from "../../src/ops/discordRequest.ts";

let before: Dispatcher;
beforeEach(() => {
  before = getGlobalDispatcher();
});
afterEach(() => setGlobalDispatcher(before));

test("a file reaches Discord beside another version of undici", async () => {
  // what loading that version first does to a process
  setGlobalDispatcher(new Agent());
  const arrived: Buffer[] = [];
  const server = createServer((request, response) => {
    request.on("data", (part: Buffer) => arrived.push(part));
    request.on("end", () => response.setHeader("content-type", "application/json").end('{"id":"1"}'));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const rest = new REST({
    api: `http://127.0.0.1:${port}/api`,
    retries: 0,
    timeout: 5_000,
    makeRequest: discordRequest,
  });
  const data = Buffer.alloc(100_000, 7);
  const answer = await rest
    .setToken("token")
    .post("/channels/1/messages", { body: { content: "words" }, files: [{ name: "map.png", data }] });
  server.close();
  expect(answer).toEqual({ id: "1" });
  const body = Buffer.concat(arrived);
  expect(body.includes(data)).toBe(true);
  expect(body.toString("latin1")).toContain('{"content":"words"');
});
