import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface VenueRequest {
  /** Below the base path: "/bybit/v5/market/kline". */
  readonly path: string;
  /** With what a posted JSON says on its first two levels, and the part of the path that a route's `*` stands for. */
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
  /**
   * Later routes for a path replace earlier ones. `*` stands for any one part of a path; `?name=pattern&!other`
   * takes only requests with a parameter that matches and without the other, before a route that doesn't ask.
   */
  readonly on: (path: string, route: VenueRoute) => void;
  readonly serve: (routes: Readonly<Record<string, VenueRoute>>) => void;
  readonly forgetRequests: () => void;
  readonly stop: () => Promise<void>;
}

const prefix = "/proxy/prefix";

export async function startVenueServer(): Promise<VenueServer> {
  const routes = new Map<string, VenueRoute>();
  const requests: VenueRequest[] = [];
  const hear = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await readRequest(incoming);
    const names = [...routes.keys()].filter((name) => fits(name, request));
    const key = names.findLast((name) => name.includes("?")) ?? names.at(-1);
    const full = key === undefined ? request : withStar(key, request);
    requests.push(full);
    await answer(key === undefined ? undefined : routes.get(key), full, response);
  };
  const server = createServer((incoming, response) => void hear(incoming, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    baseUrl: `http://127.0.0.1:${portOf(server.address())}${prefix}`,
    requests,
    asked: (path) => requests.filter((request) => fits(path, request)),
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

async function readRequest(incoming: IncomingMessage): Promise<VenueRequest> {
  const url = new URL(incoming.url ?? "/", "http://venue");
  const path = url.pathname.startsWith(prefix)
    ? url.pathname.slice(prefix.length)
    : `outside ${url.pathname}`;
  const posted = incoming.method === "POST" ? await readBody(incoming) : {};
  return { path, query: { ...Object.fromEntries(url.searchParams), ...posted } };
}

async function readBody(incoming: IncomingMessage): Promise<Record<string, string>> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  const body: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
  const entries = Object.entries(Object(body)).flatMap(([name, value]) =>
    typeof value === "object" && value !== null ? Object.entries(value) : [[name, value] as const],
  );
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}

function fits(key: string, { path, query }: VenueRequest): boolean {
  const [pattern, conditions] = key.includes("?") ? splitAt(key, "?") : [key];
  const wanted = pattern.split("/");
  const parts = path.split("/");
  if (wanted.length !== parts.length || wanted.some((part, i) => part !== "*" && part !== parts[i]))
    return false;
  return (conditions?.split("&") ?? []).every((condition) => {
    if (condition.startsWith("!")) return !(condition.slice(1) in query);
    const [name, value] = splitAt(condition, "=");
    const own = query[name];
    return own !== undefined && new RegExp(value).test(own);
  });
}

function splitAt(text: string, mark: string): readonly [string, string] {
  const at = text.indexOf(mark);
  return [text.slice(0, at), text.slice(at + 1)];
}

function withStar(key: string, { path, query }: VenueRequest): VenueRequest {
  const star = key.replace(/\?.*/, "").split("/").indexOf("*");
  return star === -1 ? { path, query } : { path, query: { ...query, "*": path.split("/")[star] ?? "" } };
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
