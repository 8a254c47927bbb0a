import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { type RawData, type WebSocket, WebSocketServer } from "ws";
import { addressOf } from "./address.ts";
import type { TrueLiquidation } from "./contracts.ts";
import type { Beat, Dialect } from "./dialects/dialect.ts";
import type { Instrument } from "./instruments.ts";
import type { OpenWorld } from "./world.ts";

/** The liquidation websockets of all venues. */
export interface Feeds {
  /** Sends what was liquidated since the last time; drops the clients of a venue that is out. */
  readonly push: () => void;
  readonly close: () => void;
}

interface Client {
  readonly socket: WebSocket;
  readonly dialect: Dialect;
  readonly topics: Set<string>;
}

export function attachFeeds(server: Server, world: OpenWorld, dialects: readonly Dialect[]): Feeds {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024 });
  const clients = new Set<Client>();
  const seen = new Map<string, number>();

  const join = (socket: WebSocket, dialect: Dialect): void => {
    const client = { socket, dialect, topics: new Set<string>() };
    clients.add(client);
    socket.on("message", (data, isBinary) => {
      if (isBinary) return socket.close(1003);
      return hear(client, textOf(data));
    });
    socket.on("close", () => clients.delete(client));
    socket.on("error", () => socket.terminate());
  };

  const onUpgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    const { venueId } = addressOf(request);
    const dialect = dialects.find(({ profile }) => profile.id === venueId);
    if (dialect === undefined) return refuse(stream, "404 Not Found");
    if (isOut(world, venueId)) return refuse(stream, "502 Bad Gateway");
    return sockets.handleUpgrade(request, stream, head, (socket) => join(socket, dialect));
  };
  server.on("upgrade", onUpgrade);

  const newest = (venue: string): readonly TrueLiquidation[] =>
    world.symbols.flatMap((symbol) => {
      const key = `${venue} ${symbol}`;
      const fresh = world.liquidations(symbol, venue, seen.get(key) ?? 0);
      seen.set(
        key,
        fresh.reduce((last, { sequence }) => Math.max(last, sequence), seen.get(key) ?? 0),
      );
      return fresh;
    });

  const instrumentsOf = (venue: string): ReadonlyMap<string, Instrument> =>
    new Map(
      world.symbols.flatMap((symbol) => {
        const contract = world.contract(symbol, venue);
        return contract === undefined ? [] : [[symbol, contract.instrument] as const];
      }),
    );

  const beatsOf = (venue: string): readonly Beat[] =>
    world.symbols.flatMap((symbol) => {
      const contract = world.contract(symbol, venue);
      return contract === undefined ? [] : [{ instrument: contract.instrument, quote: contract.quote() }];
    });

  const pushVenue = (dialect: Dialect): void => {
    const venue = dialect.profile.id;
    const liquidations = newest(venue);
    const listening = [...clients].filter((client) => client.dialect === dialect);
    if (isOut(world, venue)) for (const { socket } of listening) socket.terminate();
    if (listening.length === 0 || world.faultOf(venue) !== undefined) return;
    const beats = beatsOf(venue);
    for (const { socket, topics } of listening) {
      for (const frame of dialect.feed.beat?.(topics, beats) ?? []) write(socket, frame);
      if (liquidations.length === 0) continue;
      for (const frame of dialect.feed.publish(liquidations, topics, instrumentsOf(venue)))
        write(socket, frame);
    }
  };

  for (const venue of world.venues) newest(venue);
  return {
    push: () => dialects.forEach(pushVenue),
    close: () => {
      for (const { socket } of clients) socket.terminate();
      sockets.close();
    },
  };
}

const isOut = (world: OpenWorld, venue: string): boolean => world.faultOf(venue) === "bad-gateway";

function hear({ socket, dialect, topics }: Client, text: string): void {
  const answer = dialect.feed.receive(text);
  for (const topic of answer.subscribe ?? []) topics.add(topic);
  for (const topic of answer.unsubscribe ?? []) topics.delete(topic);
  for (const frame of answer.frames) write(socket, frame);
}

const textOf = (data: RawData): string => {
  if (Array.isArray(data)) return Buffer.concat(data).toString("utf8");
  return (Buffer.isBuffer(data) ? data : Buffer.from(data)).toString("utf8");
};

function write(socket: WebSocket, frame: unknown): void {
  socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));
}

function refuse(stream: Duplex, status: string): void {
  stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
