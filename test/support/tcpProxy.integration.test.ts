import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { startTcpProxy, type TcpProxy } from "./tcpProxy.ts";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A server that answers each byte with itself, and what it has heard. */
async function echo() {
  const heard: string[] = [];
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket
      .on("error", () => undefined)
      .on("data", (bytes) => {
        heard.push(bytes.toString());
        socket.write(bytes);
      });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(async () => {
    for (const socket of open) socket.destroy();
    server.close();
    await once(server, "close");
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const proxy = await startTcpProxy({ port: address.port });
  closing.push(proxy.close);
  return { heard, proxy };
}

async function dial(proxy: TcpProxy): Promise<Socket> {
  const socket = connect({ port: proxy.port, host: "127.0.0.1" });
  closing.push(async () => {
    socket.destroy();
  });
  await once(socket, "connect");
  return socket;
}

async function closed(socket: Socket): Promise<void> {
  await new Promise<void>((resolve) => {
    socket.on("error", () => undefined).once("close", () => resolve());
  });
}

async function say(socket: Socket, text: string): Promise<string> {
  const answer = once(socket, "data");
  socket.write(text);
  return String((await answer)[0]);
}

describe("the TCP proxy", () => {
  it("passes everything on while all is well", async () => {
    const { proxy } = await echo();
    expect(await say(await dial(proxy), "PING")).toBe("PING");
  });

  it("cuts and refuses while it is down, and comes back at the same port", async () => {
    const { proxy } = await echo();
    const socket = await dial(proxy);
    const cut = closed(socket);
    await proxy.set("down");
    await cut;
    await expect(dial(proxy)).rejects.toMatchObject({ code: "ECONNREFUSED" });
    await proxy.set("ok");
    expect(await say(await dial(proxy), "PING")).toBe("PING");
  });

  it("accepts and cuts while it resets", async () => {
    const { proxy } = await echo();
    await proxy.set("reset");
    const socket = connect({ port: proxy.port, host: "127.0.0.1" });
    const [error] = await once(socket, "error").catch((reason: unknown) => [reason]);
    expect(error).toMatchObject({ code: "ECONNRESET" });
  });

  it("lets commands through and holds answers back when it is half open", async () => {
    const { heard, proxy } = await echo();
    const socket = await dial(proxy);
    expect(await say(socket, "1")).toBe("1");
    const answers: string[] = [];
    socket.on("data", (bytes) => answers.push(bytes.toString()));
    await proxy.set("half");
    socket.write("2");
    await expect.poll(() => heard).toEqual(["1", "2"]);
    expect(answers).toEqual([]);
  });

  it("swallows everything as a black hole, on connections that stay open", async () => {
    const { heard, proxy } = await echo();
    const socket = await dial(proxy);
    expect(await say(socket, "1")).toBe("1");
    await proxy.set("blackhole");
    socket.write("2");
    const cut = closed(socket);
    await proxy.set("ok");
    await cut;
    expect(await say(await dial(proxy), "3")).toBe("3");
    expect(heard).toEqual(["1", "3"]);
  });
});
