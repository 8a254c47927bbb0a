import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Connections, createConnections } from "../../../src/notifier/senders/connections.ts";

let server: Server;
let opened: number;
let connections: Connections;
let onRequest: (path: string) => "answer" | "answer at length" | "answer and close" | "hang up";

beforeEach(async () => {
  opened = 0;
  onRequest = () => "answer";
  server = createServer((request, response) => {
    const wanted = onRequest(request.url ?? "");
    if (wanted === "hang up") return request.socket.destroy();
    if (wanted === "answer at length") response.write(longAnswer(request.url));
    if (wanted === "answer and close") response.setHeader("connection", "close");
    return response.end(request.url);
  });
  server.on("connection", () => {
    opened += 1;
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  connections = createConnections(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {});
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
});

/** So many letters of its own. */
function longAnswer(path = ""): string {
  return path.repeat(Number(path.slice(1)) / path.length);
}

async function post(path: string): Promise<string> {
  const connection = connections.take();
  const { body } = await connection.request({ path, method: "POST", body: "{}" });
  const text = await body.text();
  connections.giveBack(connection);
  return text;
}

describe("connections to a host", () => {
  it("are one for what is asked one after the other", async () => {
    for (const path of ["/1", "/2", "/3"]) expect(await post(path)).toBe(path);
    expect(opened).toBe(1);
  });

  it("are as many as there are requests at once, and stay for the next ones", async () => {
    const paths = ["/1", "/2", "/3"];
    expect(await Promise.all(paths.map(post))).toEqual(paths);
    expect(await Promise.all(paths.map(post))).toEqual(paths);
    expect(opened).toBe(3);
  });

  it("bring each answer whole, however long it is and in however many pieces", async () => {
    onRequest = () => "answer at length";
    const paths = ["/10", "/100000", "/1000", "/300000", "/65536"];
    const answers = paths.map((path) => longAnswer(path) + path);
    expect(await Promise.all(paths.map(post))).toEqual(answers);
    expect(await Promise.all(paths.toReversed().map(post))).toEqual(answers.toReversed());
  });

  it("are opened anew where the host closes them", async () => {
    onRequest = () => "answer and close";
    for (const path of ["/1", "/2", "/3"]) expect(await post(path)).toBe(path);
    expect(opened).toBe(3);
  });

  it("are left alone once they failed: the others go on", async () => {
    await post("/1");
    onRequest = (path) => (path === "/2" ? "hang up" : "answer");
    await expect(post("/2")).rejects.toThrow(/closed|reset/);
    expect(await post("/3")).toBe("/3");
  });
});
