import type { ApiClientOptions } from "grammy";
import type { Readable } from "node:stream";
import { Agent, request } from "undici";
import { createConnector } from "./connector.ts";
import { isBotApiAnswer, notAnAnswer } from "./botApiAnswer.ts";

type GrammyFetch = NonNullable<ApiClientOptions["fetch"]>;

/** What grammY passes along with an address, and all that it takes from an answer. */
interface Sent {
  readonly method: "GET" | "POST";
  readonly headers: Record<string, string>;
  /** Text, or the pieces of a form with a file. */
  readonly body?: string | Readable;
  readonly signal?: AbortSignal;
}
interface Answered {
  readonly json: () => Promise<unknown>;
}

/**
 * grammY's default HTTP client takes about three times the CPU of a bare one. Connections are kept and each request is
 * sent once: retrying is decided elsewhere.
 */
export function createLeanFetch(callMs: number): GrammyFetch {
  const connect = createConnector(callMs);
  const dispatcher = new Agent({ connect, keepAliveTimeout: 60_000, connections: 32, pipelining: 1 });
  const post = async (url: string, { method, headers, body, signal }: Sent): Promise<Answered> => {
    const answer = await request(url, {
      dispatcher,
      method,
      headers,
      body: body ?? null,
      signal: signal ?? null,
    });
    return {
      json: async () => {
        const said: unknown = await answer.body.json();
        if (!isBotApiAnswer(said)) throw notAnAnswer();
        return said;
      },
    };
  };
  // grammY's client.js calls it with an address and `Sent`, and reads nothing but `json`
  return post;
}
