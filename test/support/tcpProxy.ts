import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/**
 * What stands between a client and a server. `down`: connections are cut and new ones refused. `reset`: new ones are
 * accepted and cut. `blackhole`: open ones stay, and nothing passes either way. `half`: what the client says arrives,
 * the answers don't.
 */
export type ProxyMode = "ok" | "down" | "reset" | "blackhole" | "half";

export interface TcpProxy {
  readonly port: number;
  readonly set: (mode: ProxyMode) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Stands before a server on a loopback port (or a socket) and fails as networks do. */
export async function startTcpProxy(
  target: { readonly port: number } | { readonly path: string },
): Promise<TcpProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let mode: ProxyMode = "ok";

  const cutAll = (): void => {
    for (const [client, server] of pairs) {
      client.resetAndDestroy();
      server.destroy();
    }
  };
  const server = createServer({ allowHalfOpen: false, noDelay: true }, (client) => {
    if (mode === "reset") {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect({ ...target, noDelay: true });
    const pair = [client, upstream] as const;
    pairs.add(pair);
    const end = (): void => {
      pairs.delete(pair);
      client.destroy();
      upstream.destroy();
    };
    // an open connection must hear of a changed mode with its next byte
    client.on("data", (bytes) => {
      if (mode !== "blackhole") upstream.write(bytes);
    });
    upstream.on("data", (bytes) => {
      if (mode === "ok") client.write(bytes);
    });
    for (const socket of pair) socket.on("close", end).on("error", end);
  });
  const port = await listen(server, 0);
  return {
    port,
    set: async (next) => {
      mode = next;
      // what was swallowed is missing in the stream: such a connection is of no use any more
      if (next !== "blackhole" && next !== "half") cutAll();
      if (next === "down" && server.listening) await close(server);
      if (next !== "down" && !server.listening) await listen(server, port);
    },
    close: async () => {
      cutAll();
      if (server.listening) await close(server);
    },
  };
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  return address.port;
}

async function close(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  await closed;
}
