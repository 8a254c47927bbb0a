import { listen, readBody, sendJson } from "./listener.ts";

export interface SinkRequest {
  readonly secret: string | undefined;
  readonly body: string;
}

/** An HTTP endpoint that records what is posted to it; the n-th request gets the n-th status, later ones the last. */
export async function startWebhookSink(
  statuses: readonly number[] = [200],
): Promise<{ url: string; requests: readonly SinkRequest[]; close: () => Promise<void> }> {
  const requests: SinkRequest[] = [];
  const listener = await listen(async (request, response) => {
    const secret = request.headers["x-telegram-bot-api-secret-token"];
    const body = (await readBody(request)).toString();
    requests.push({ secret: typeof secret === "string" ? secret : undefined, body });
    sendJson(response, statuses[requests.length - 1] ?? statuses.at(-1) ?? 200, {});
  });
  return { url: `http://127.0.0.1:${listener.port}/hook`, requests, close: listener.close };
}
