import type { ServerResponse } from "node:http";
import { listen, readBody } from "./listener.ts";

/** What stands before a platform and answers in its place. */
export interface Gateway {
  readonly url: string;
  readonly asked: readonly string[];
  readonly close: () => Promise<void>;
}

export async function startGateway(answer: (response: ServerResponse) => void): Promise<Gateway> {
  const asked: string[] = [];
  const { port, close } = await listen(async (request, response) => {
    await readBody(request);
    asked.push(request.url ?? "");
    answer(response);
  });
  return { url: `http://127.0.0.1:${port}`, asked, close };
}

export const json = { "content-type": "application/json" };

export const saying =
  (status: number, body: string, headers: Readonly<Record<string, string>> = json) =>
  (response: ServerResponse): void => {
    response.writeHead(status, headers).end(body);
  };
