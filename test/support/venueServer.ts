import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface VenueRequest {
  /** Below the base path: "/bybit/v5/market/kline". */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
}

/** What a route answers: JSON, or raw text with a status, or nothing at all. */
export type VenueReply =
  | { readonly json: unknown; readonly status?: number; readonly headers?: Readonly<Record<string, string>> }
  | { readonly text: string; readonly status?: number; readonly headers?: Readonly<Record<string, string>> }
  /** Accepts the request and never answers, or never ends the answer. */
  | { readonly hang: "before headers" | "in the body" }
  | { readonly reset: true };

export type VenueRoute = (request: VenueRequest) => VenueReply | Promise<VenueReply>;

/** A venue that says what a test scripts, path by path, and remembers what it was asked. */
export interface VenueServer {
  /** With a path prefix of its own, as a reverse proxy has. */
  readonly baseUrl: string;
  readonly requests: readonly VenueRequest[];
  readonly asked: (path: string) => readonly VenueRequest[];
  /** Later routes for a path replace earlier ones. */
  readonly on: (path: string, route: VenueRoute) => void;
  readonly serve: (routes: Readonly<Record<string, VenueRoute>>) => void;
  readonly forgetRequests: () => void;
  readonly stop: () => Promise<void>;
}

const prefix = "/proxy/prefix";

export async function startVenueServer(): Promise<VenueServer> {
  const routes = new Map<string, VenueRoute>();
  const requests: VenueRequest[] = [];
  const server = createServer((incoming, response) => {
    const request = readRequest(incoming);
    requests.push(request);
    void answer(routes.get(request.path), request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    baseUrl: `http://127.0.0.1:${portOf(server.address())}${prefix}`,
    requests,
    asked: (path) => requests.filter((request) => request.path === path),
    on: (path, route) => routes.set(path, route),
    serve: (table) => {
      for (const [path, route] of Object.entries(table)) routes.set(path, route);
    },
    forgetRequests: () => requests.splice(0),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function readRequest(incoming: IncomingMessage): VenueRequest {
  const url = new URL(incoming.url ?? "/", "http://venue");
  const path = url.pathname.startsWith(prefix)
    ? url.pathname.slice(prefix.length)
    : `outside ${url.pathname}`;
  return { path, query: Object.fromEntries(url.searchParams) };
}

async function answer(
  route: VenueRoute | undefined,
  request: VenueRequest,
  response: ServerResponse,
): Promise<void> {
  const reply =
    route === undefined ? { text: `no route for ${request.path}`, status: 404 } : await route(request);
  if ("reset" in reply) {
    response.destroy();
    return;
  }
  if ("hang" in reply) {
    if (reply.hang === "in the body")
      response.writeHead(200, { "content-type": "application/json" }).write("[");
    return;
  }
  const body = "json" in reply ? JSON.stringify(reply.json) : reply.text;
  const type = "json" in reply ? "application/json" : "text/html";
  response.writeHead(reply.status ?? 200, { "content-type": type, ...reply.headers }).end(body);
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("the server listens on no port");
  return address.port;
}
