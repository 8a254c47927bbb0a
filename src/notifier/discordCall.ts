import type { ResponseLike, RESTOptions } from "@discordjs/rest";
import { Agent, request, type Dispatcher } from "undici";
import { plainRequest } from "../ops/discordRequest.ts";
import { createConnector } from "./connector.ts";

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
    return new Response(bytes.byteLength === 0 ? null : bytes, { status, headers: pairsOf(headers) });
  };
}

function pairsOf(headers: Dispatcher.ResponseData["headers"]): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [value].flat().map((one): [string, string] => [name, one]),
  );
}
