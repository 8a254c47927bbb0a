import type { ResponseLike, RESTOptions } from "@discordjs/rest";
import { Agent, request, type Dispatcher } from "undici";
import { plainRequest } from "../../ops/discordRequest.ts";
import { createConnector } from "./connector.ts";

/** Something before Discord answered in its place: Cloudflare, or a proxy. Discord itself was not asked. */
export class TurnedAwayError extends Error {
  readonly status: number;
  /** As the answer says, undefined where it doesn't. */
  readonly waitMs: number | undefined;

  constructor(status: number, waitSeconds: string | null) {
    super(`turned away with ${status}`);
    this.name = "TurnedAwayError";
    this.status = status;
    this.waitMs = Number(waitSeconds) > 0 ? Number(waitSeconds) * 1_000 : undefined;
  }
}

/** How alerts reach Discord: each request once, its answer whole, and one that found no connection says so. */
export function createDiscordCall(callMs: number): RESTOptions["makeRequest"] {
  const dispatcher = new Agent({ connect: createConnector(callMs), keepAliveTimeout: 60_000 });
  return async (url, init): Promise<ResponseLike> => {
    const { method = "GET", signal = null } = init;
    const plain = await plainRequest(init);
    const answer = await request(url, {
      dispatcher,
      method,
      signal,
      ...plain,
    });
    const { statusCode: status, headers, body } = answer;
    const bytes = await body.arrayBuffer();
    return fromDiscord(
      new Response(bytes.byteLength === 0 ? null : bytes, { status, headers: pairsOf(headers) }),
    );
  };
}

function pairsOf(headers: Dispatcher.ResponseData["headers"]): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [value].flat().map((one): [string, string] => [name, one]),
  );
}

/** discord-api-docs, topics/rate-limits: a 429 of Discord's own says whose limit it is. Refusals are JSON. */
function fromDiscord(answer: Response): Response {
  const { status, headers } = answer;
  const isRefusal = status >= 400 && status < 500;
  const isOwn =
    status === 429
      ? headers.has("x-ratelimit-scope") || headers.has("x-ratelimit-limit")
      : headers.get("content-type")?.startsWith("application/json") === true;
  if (isRefusal && !isOwn) throw new TurnedAwayError(status, headers.get("retry-after"));
  return answer;
}
