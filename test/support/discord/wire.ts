import type { IncomingMessage, ServerResponse } from "node:http";
import type { Fault, StatusFault } from "../faults.ts";
import { resetConnection, sendJson } from "../listener.ts";
import { parseMultipart, type UploadedFile } from "../multipart.ts";
import type { Verdict } from "./buckets.ts";
import { DiscordFailure, failures } from "./errors.ts";
import { routes, type Answer, type Route, type RouteContext } from "./routes.ts";

/** From bytes to a route and back, or not back where a fault says so. */

export interface Found {
  readonly route: Route;
  readonly ids: readonly string[];
  /** The channel, guild or webhook whose bucket it is. */
  readonly major: string;
  readonly key: string;
}

export function findRoute(method: string, pathname: string): Found | undefined {
  const path = /^\/api\/v10(\/.*)$/.exec(pathname)?.[1];
  if (path === undefined) return undefined;
  for (const route of routes) {
    const match = route.pattern.exec(`${method} ${path}`);
    if (match === null) continue;
    const ids = match.slice(1).map((id) => decodeURIComponent(id));
    return { route, ids, major: ids[0] ?? "", key: `${route.name}|${ids[0] ?? ""}` };
  }
  return undefined;
}

export interface Form {
  readonly body: unknown;
  readonly files: readonly UploadedFile[];
}

export function readForm(request: IncomingMessage, bytes: Buffer): Form {
  return readTyped(request.headers["content-type"] ?? "", bytes);
}

export function readTyped(contentType: string, bytes: Buffer): Form {
  if (bytes.length === 0) return { body: undefined, files: [] };
  if (!contentType.startsWith("multipart/form-data"))
    return { body: JSON.parse(bytes.toString()), files: [] };
  const { fields, files } = parseMultipart(bytes, contentType);
  const payload = fields["payload_json"];
  return { body: typeof payload === "string" ? JSON.parse(payload) : {}, files };
}

export interface Reply extends Answer {
  readonly headers?: Readonly<Record<string, string>>;
}

export function decide(route: Route, context: RouteContext, verdict: Verdict, isAuthorized: boolean): Reply {
  if (!isAuthorized) return { status: 401, body: failures.unauthorized().toJson() };
  if (verdict.refused !== undefined) {
    const { retryAfterSeconds, isGlobal } = verdict.refused;
    return rateLimited(retryAfterSeconds, isGlobal ? "global" : "user");
  }
  try {
    return route.run(context);
  } catch (error) {
    if (!(error instanceof DiscordFailure)) throw error;
    return { status: error.status, body: error.toJson() };
  }
}

/** Refusals that only a faulty program meets, whatever happens in the world. */
const misuseCodes: ReadonlySet<unknown> = new Set([40_060, 50_006, 50_008, 50_035]);

export function isMisuse(reply: Reply): boolean {
  const { body } = reply;
  return typeof body === "object" && body !== null && "code" in body && misuseCodes.has(body.code);
}

function rateLimited(retryAfterSeconds: number, scope: NonNullable<StatusFault["scope"]>): Reply {
  const message = scope === "shared" ? "The resource is being rate limited." : "You are being rate limited.";
  const global = scope === "global";
  return {
    status: 429,
    body: { message, retry_after: retryAfterSeconds, global },
    headers: {
      "retry-after": String(Math.ceil(retryAfterSeconds)),
      "x-ratelimit-scope": scope,
      ...(global ? { "x-ratelimit-global": "true" } : {}),
    },
  };
}

export function faultReply(fault: StatusFault): Reply {
  if (fault.body !== undefined) return { status: fault.status, body: fault.body };
  if (fault.status === 429) return rateLimited(fault.retryAfterSeconds ?? 1, fault.scope ?? "user");
  if (fault.status === 401) return { status: 401, body: failures.unauthorized().toJson() };
  if (fault.status === 403) return { status: 403, body: failures.missingAccess().toJson() };
  return { status: fault.status, body: { message: `${fault.status}: fault`, code: 0 } };
}

/** Sends the reply, or loses it. */
export function finish(fault: Fault | undefined, response: ServerResponse, reply: Reply): void {
  if (fault?.kind === "acceptThenReset") return resetConnection(response);
  if (fault?.kind === "acceptThenHang") return;
  if (fault?.kind === "acceptThenStatus")
    return sendJson(response, fault.status, { message: "lost", code: 0 });
  if (reply.status !== 204) return sendJson(response, reply.status, reply.body, reply.headers);
  response.writeHead(204, { ...reply.headers });
  response.end();
}

/** What Cloudflare sends in front of Discord: no JSON. */
export function sendBan(response: ServerResponse): void {
  response.writeHead(429, { "content-type": "text/html", "retry-after": "3600" });
  response.end("<html>error code: 1015</html>");
}
