import { once } from "node:events";
import { createServer } from "node:http";
import { type WebSocket, WebSocketServer } from "ws";
import { createSignal } from "./signal.ts";

/** A websocket server that hears subscriptions and says what a test tells it to. */
export interface StreamServer {
  readonly baseUrl: string;
  /** Paths of the connections so far. */
  readonly paths: readonly string[];
  /** What clients said, oldest first. */
  readonly heard: readonly string[];
  /** To every open connection. */
  readonly say: (frame: unknown) => void;
  /** Cuts all connections. */
  readonly drop: () => void;
  readonly connections: () => number;
  readonly waitFor: <T>(pick: () => T | undefined) => Promise<T>;
  readonly close: () => Promise<void>;
}

/** `answer` gives the frames that a client's own is answered with. */
export async function startStreamServer(answer: (text: string) => readonly unknown[]): Promise<StreamServer> {
  const http = createServer();
  const sockets = new WebSocketServer({ server: http });
  const open = new Set<WebSocket>();
  const paths: string[] = [];
  const heard: string[] = [];
  const spoken = createSignal();
  const write = (socket: WebSocket, frame: unknown): void => {
    socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));
  };
  sockets.on("connection", (socket, request) => {
    open.add(socket);
    paths.push(request.url ?? "");
    socket.on("close", () => open.delete(socket));
    socket.on("message", (data: Buffer) => {
      const text = data.toString();
      heard.push(text);
      for (const frame of answer(text)) write(socket, frame);
      spoken.notify();
    });
    spoken.notify();
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const address = http.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    baseUrl: `http://127.0.0.1:${address.port}`,
    paths,
    heard,
    say: (frame) => {
      for (const socket of open) write(socket, frame);
    },
    drop: () => {
      for (const socket of open) socket.terminate();
    },
    connections: () => open.size,
    waitFor: spoken.waitFor,
    close: async () => {
      for (const socket of open) socket.terminate();
      sockets.close();
      http.close();
      await once(http, "close");
    },
  };
}
