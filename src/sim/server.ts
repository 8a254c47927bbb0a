import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Clock } from "../ops/clock.ts";
import { addressOf } from "./address.ts";
import type { FaultKind } from "./contracts.ts";
import { type Dialect, jsonOf, type Reply, type VenueView } from "./dialects/dialect.ts";
import { attachFeeds, type Feeds } from "./feeds.ts";
import { answerTo } from "./routing.ts";
import type { OpenWorld } from "./world.ts";

/** How late a slow venue answers, on the world's clock. */
const slowMs = 20_000;

const badGateway: Reply = { status: 502, body: "<html><head><title>502 Bad Gateway</title></head></html>" };
const webPage: Reply = {
  status: 200,
  body: "<!doctype html><html><body>Checking your browser…</body></html>",
};
const noSuchVenue: Reply = { status: 404, body: { error: "no such venue" } };

export interface ServerParts {
  readonly clock: Clock;
  readonly world: OpenWorld;
  readonly dialects: readonly Dialect[];
  readonly port: number;
}

export interface ExchangeServer {
  readonly port: number;
  readonly feeds: Feeds;
  readonly close: () => Promise<void>;
}

/** All venues behind one port of this machine: `/{venueId}/{the venue's own path}`, HTTP and websockets alike. */
export async function serve(parts: ServerParts): Promise<ExchangeServer> {
  const { world, dialects } = parts;
  const venues = new Map(
    dialects.map((dialect) => [dialect.profile.id, { dialect, view: viewOf(world, dialect) }]),
  );
  const stopping = new AbortController();

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    world.advanceTo(parts.clock.now());
    const { venueId, path, query } = addressOf(request);
    const venue = venues.get(venueId);
    if (venue === undefined) return send(response, noSuchVenue);
    const fault = world.faultOf(venueId);
    if (fault === "hang") return undefined;
    if (fault === "slow") await parts.clock.sleep(slowMs, stopping.signal);
    const instead = replyOf(fault, venue.dialect);
    const posted = request.method === "POST" ? await bodyOf(request) : undefined;
    const answer = instead ?? answerTo(venue.dialect, path, query)?.(venue.view, posted);
    return send(response, answer ?? venue.dialect.unknownPath);
  };

  const server = createServer((request, response) => {
    answer(request, response).catch(() => {
      response.destroy();
    });
  });
  const feeds = attachFeeds(server, world, dialects);
  await listen(server, parts.port);
  return {
    port: portOf(server),
    feeds,
    close: async () => {
      stopping.abort();
      feeds.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const mostPosted = 64 * 1024;

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = "";
  request.setEncoding("utf8");
  for await (const chunk of request) {
    text += chunk;
    if (text.length > mostPosted) throw new Error("the body is too long");
  }
  return jsonOf(text);
}

const viewOf = (world: OpenWorld, { profile }: Dialect): VenueView => ({
  now: world.now,
  contracts: world.contractsAt(profile.id),
});

function replyOf(fault: FaultKind | undefined, dialect: Dialect): Reply | undefined {
  if (fault === "bad-gateway") return badGateway;
  if (fault === "rate-limited") return dialect.tooManyRequests;
  return fault === "html" ? webPage : undefined;
}

function send(response: ServerResponse, { status, body, headers }: Reply): void {
  const isPage = typeof body === "string";
  response.writeHead(status, {
    "Content-Type": isPage ? "text/html; charset=utf-8" : "application/json",
    ...(status === 429 ? { "Retry-After": "30" } : {}),
    ...headers,
  });
  response.end(isPage ? body : JSON.stringify(body));
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === "string") throw new Error("the exchange has no port");
  return address.port;
}
