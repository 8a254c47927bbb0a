import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { type RawData, type WebSocket, WebSocketServer } from "ws";
import { addressOf } from "./address.ts";
import type { Contract } from "./contract.ts";
import type { TrueLiquidation } from "./contracts.ts";
import type { Dialect } from "./dialects/dialect.ts";
import { type Instrument, isInverse } from "./instruments.ts";
import type { OpenWorld } from "./world.ts";

/** The liquidation websockets of all venues. */
export interface Feeds {
  /** Sends what was liquidated since the last time; drops the clients of a venue that is out. */
  readonly push: () => void;
  readonly close: () => void;
}

/** What a contract has to tell since the last time. */
interface Fresh {
  readonly instrument: Instrument;
  readonly liquidations: readonly TrueLiquidation[];
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
  const listed = new Map(dialects.map(({ profile }) => [profile.id, world.contractsAt(profile.id)]));

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

  const newest = (contract: Contract): Fresh => {
    const { instrument, profile } = contract;
    const key = `${profile.id} ${instrument.symbol}`;
    const known = seen.get(key) ?? 0;
    const liquidations = contract.liquidations(known);
    seen.set(
      key,
      liquidations.reduce((last, { sequence }) => Math.max(last, sequence), known),
    );
    return { instrument, liquidations };
  };

  const pushVenue = (dialect: Dialect): void => {
    const venue = dialect.profile.id;
    const contracts = listed.get(venue) ?? [];
    const fresh = contracts.map(newest);
    const listening = [...clients].filter((client) => client.dialect === dialect);
    if (isOut(world, venue)) for (const { socket } of listening) socket.terminate();
    if (listening.length === 0 || world.faultOf(venue) !== undefined) return;
    const beats = contracts.map(({ instrument, quote }) => ({ instrument, quote: quote() }));
    for (const { socket, topics } of listening) {
      for (const frame of dialect.feed.beat?.(topics, beats) ?? []) write(socket, frame);
      for (const frame of framesOf(dialect, topics, fresh)) write(socket, frame);
    }
  };

  for (const contracts of listed.values()) contracts.forEach(newest);
  return {
    push: () => dialects.forEach(pushVenue),
    close: () => {
      for (const { socket } of clients) socket.terminate();
      sockets.close();
    },
  };
}

/** A venue's linear contracts and its inverse ones speak in frames of their own. */
function framesOf(
  { feed }: Dialect,
  topics: ReadonlySet<string>,
  fresh: readonly Fresh[],
): readonly unknown[] {
  return [false, true].flatMap((inverse) => {
    const told = fresh.filter(({ instrument }) => isInverse(instrument) === inverse);
    const liquidations = told.flatMap((each) => each.liquidations);
    if (liquidations.length === 0) return [];
    const instruments = new Map(told.map(({ instrument }) => [instrument.symbol, instrument]));
    return feed.publish(liquidations, topics, instruments);
  });
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
