import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import { z } from "zod";
import type { Signal } from "../signal.ts";
import { applicationJson, guildJson, userJson, type Json } from "./json.ts";
import { isInGuild, shardOf, type DiscordWorld } from "./world.ts";

export interface GatewayOptions {
  readonly heartbeatIntervalMs: number;
  /** Privileged intents the application was granted. */
  readonly grantedIntents: number;
}

interface GatewaySession {
  readonly id: string;
  readonly shard: number;
  readonly shards: number;
  readonly intents: number;
  readonly isConnected: () => boolean;
  /** How often it came back by resuming. */
  resumes: number;
  lastHeartbeatAt: number | undefined;
}

export interface Gateway {
  /** Sends an event to every session that would get it; returns how many that were. */
  readonly dispatch: (event: string, data: Json, guildId: string | undefined) => number;
  readonly sessions: () => readonly GatewaySession[];
  /** Cuts connections without a word, as a failing network does; all of them, or one shard's. */
  readonly kill: (shard?: number) => void;
  /** Asks to reconnect (op 7). */
  readonly askToReconnect: () => void;
  /** Invalidates sessions (op 9). */
  readonly invalidate: (isResumable: boolean) => void;
  readonly closeWith: (code: number) => void;
  /** Unacknowledged heartbeats make a zombie of a connection. */
  readonly acknowledge: (isAcknowledging: boolean) => void;
  /** New connections are refused until told otherwise. */
  readonly refuse: (isRefusing: boolean) => void;
  readonly identifies: () => number;
  readonly close: () => void;
}

interface Session extends GatewaySession {
  socket: WebSocket | undefined;
  sequence: number;
  isValid: boolean;
  readonly log: { readonly sequence: number; readonly text: string }[];
}

const intentGuilds = 1 << 0;
const privileged = (1 << 1) | (1 << 8) | (1 << 15);
const knownIntents = 2 ** 26 - 1;
const replayLimit = 1000;

const payload = z.object({ op: z.int(), d: z.unknown() });
const identify = z.looseObject({
  token: z.string(),
  intents: z.int(),
  shard: z.tuple([z.int(), z.int()]).default([0, 1]),
  properties: z.looseObject({}),
});
const resume = z.looseObject({ token: z.string(), session_id: z.string(), seq: z.int() });

/** Needs only the Guilds intent; interactions come without any. */
function wants(session: Session, event: string): boolean {
  return event === "INTERACTION_CREATE" || (session.intents & intentGuilds) !== 0;
}

export function openGateway(
  http: Server,
  world: DiscordWorld,
  options: GatewayOptions,
  signal: Signal,
): Gateway {
  const server = new WebSocketServer({ noServer: true });
  const sessions: Session[] = [];
  let isAcknowledging = true;
  let isRefusing = false;
  let identifies = 0;

  const send = (session: Session, event: string, data: Json): void => {
    session.sequence += 1;
    const text = JSON.stringify({ op: 0, s: session.sequence, t: event, d: data });
    session.log.push({ sequence: session.sequence, text });
    if (session.log.length > replayLimit) session.log.shift();
    session.socket?.send(text);
  };

  const welcome = (session: Session, url: string): void => {
    const mine = [...world.guilds.values()].filter(
      (guild) => isInGuild(world, guild.id) && shardOf(guild.id, session.shards) === session.shard,
    );
    send(session, "READY", {
      v: 10,
      user: userJson(world.bot),
      guilds: mine.map((guild) => ({ id: guild.id, unavailable: true })),
      session_id: session.id,
      resume_gateway_url: url,
      shard: [session.shard, session.shards],
      application: applicationJson(world),
      private_channels: [],
    });
    for (const guild of mine)
      if (wants(session, "GUILD_CREATE")) send(session, "GUILD_CREATE", guildJson(world, guild));
  };

  const onIdentify = (socket: WebSocket, data: unknown, url: string): Session | undefined => {
    const parsed = identify.safeParse(data);
    if (!parsed.success) return refuseSocket(socket, 4002, "Error while decoding payload.");
    const { token, intents, shard } = parsed.data;
    identifies += 1;
    if (token.replace(/^Bot /, "") !== world.token)
      return refuseSocket(socket, 4004, "Authentication failed.");
    if (shard[0] >= shard[1]) return refuseSocket(socket, 4010, "Invalid shard.");
    if (intents > knownIntents) return refuseSocket(socket, 4013, "Invalid intent(s).");
    if ((intents & privileged & ~options.grantedIntents) !== 0)
      return refuseSocket(socket, 4014, "Disallowed intent(s).");
    const session = openSession(world.nextId(), socket, intents, shard);
    sessions.push(session);
    welcome(session, url);
    return session;
  };

  const onResume = (socket: WebSocket, data: unknown): Session | undefined => {
    const parsed = resume.safeParse(data);
    if (!parsed.success) return refuseSocket(socket, 4002, "Error while decoding payload.");
    if (parsed.data.token.replace(/^Bot /, "") !== world.token)
      return refuseSocket(socket, 4004, "Authentication failed.");
    const session = sessions.find((each) => each.id === parsed.data.session_id && each.isValid);
    if (session === undefined) {
      socket.send(JSON.stringify({ op: 9, d: false }));
      return undefined;
    }
    session.socket = socket;
    session.resumes += 1;
    for (const missed of session.log) if (missed.sequence > parsed.data.seq) socket.send(missed.text);
    send(session, "RESUMED", {});
    return session;
  };

  const onSocket = (socket: WebSocket, url: string): void => {
    let session: Session | undefined;
    socket.send(JSON.stringify({ op: 10, d: { heartbeat_interval: options.heartbeatIntervalMs } }));
    socket.on("message", (raw: Buffer) => {
      const { op, d } = payload.parse(JSON.parse(raw.toString()));
      if (op === 2 && session !== undefined) socket.close(4005, "Already authenticated.");
      else if (op === 2) session = onIdentify(socket, d, url);
      else if (op === 6) session = onResume(socket, d);
      else if (op === 1) beat(session, socket);
      signal.notify();
    });
    socket.on("error", () => socket.terminate());
    socket.on("close", (code) => {
      if (session === undefined || session.socket !== socket) return;
      session.socket = undefined;
      // a client that says goodbye ends its session
      if (code === 1000 || code === 1001) session.isValid = false;
      signal.notify();
    });
  };

  // clients may beat before they identify
  const beat = (session: Session | undefined, socket: WebSocket): void => {
    if (session !== undefined) session.lastHeartbeatAt = world.now();
    if (isAcknowledging) socket.send(JSON.stringify({ op: 11 }));
  };

  http.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (isRefusing || !(request.url ?? "").startsWith("/gateway")) {
      socket.destroy();
      return;
    }
    const url = `ws://${request.headers.host ?? "127.0.0.1"}/gateway`;
    server.handleUpgrade(request, socket, head, (client) => onSocket(client, url));
  });

  const connected = (): readonly Session[] => sessions.filter((session) => session.socket !== undefined);
  const each = (act: (socket: WebSocket, session: Session) => void): void => {
    for (const session of connected()) if (session.socket !== undefined) act(session.socket, session);
  };
  return {
    dispatch: (event, data, guildId) => {
      const audience = sessions.filter(
        (session) =>
          session.isValid && wants(session, event) && shardOf(guildId, session.shards) === session.shard,
      );
      for (const session of audience) send(session, event, data);
      return audience.length;
    },
    sessions: () => sessions.filter((session) => session.isValid),
    kill: (shard) =>
      each((socket, session) => {
        if (shard === undefined || session.shard === shard) socket.terminate();
      }),
    askToReconnect: () => each((socket) => socket.send(JSON.stringify({ op: 7, d: null }))),
    invalidate: (isResumable) =>
      each((socket, session) => {
        session.isValid = isResumable;
        socket.send(JSON.stringify({ op: 9, d: isResumable }));
      }),
    closeWith: (code) => each((socket) => socket.close(code)),
    acknowledge: (value) => {
      isAcknowledging = value;
    },
    refuse: (value) => {
      isRefusing = value;
    },
    identifies: () => identifies,
    close: () => {
      each((socket) => socket.terminate());
      server.close();
    },
  };
}

function openSession(
  id: string,
  socket: WebSocket,
  intents: number,
  [shard, shards]: [number, number],
): Session {
  const session: Session = {
    id,
    shard,
    shards,
    intents,
    socket,
    sequence: 0,
    isValid: true,
    log: [],
    resumes: 0,
    lastHeartbeatAt: undefined,
    isConnected: () => session.socket !== undefined,
  };
  return session;
}

function refuseSocket(socket: WebSocket, code: number, reason: string): undefined {
  socket.close(code, reason);
  return undefined;
}
