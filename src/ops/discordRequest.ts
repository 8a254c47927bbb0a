import { makeRequest } from "@discordjs/rest/undiciRequest";

type Init = Parameters<typeof makeRequest>[1];

/** What any undici can send. */
export interface PlainRequest {
  readonly headers: Record<string, string>;
  readonly body: string | Uint8Array | null;
}

/**
 * How @discordjs/rest is to send. It hands forms with files to whichever undici this process loaded first, and where
 * that is another version's (ccxt and grammY bring theirs) nothing is ever sent: so a form becomes bytes before.
 */
export const discordRequest: typeof makeRequest = async (url, init) =>
  makeRequest(url, { ...init, ...(await plainRequest(init)) });

export async function plainRequest({ headers, body = null }: Init): Promise<PlainRequest> {
  const named = Object.fromEntries(new Headers(headerEntries(headers)));
  if (body === null || typeof body === "string") return { headers: named, body };
  if (!(body instanceof FormData)) throw new TypeError("Discord is sent JSON and forms only");
  const form = new Response(body);
  const type = form.headers.get("content-type") ?? "";
  return { headers: { ...named, "content-type": type }, body: new Uint8Array(await form.arrayBuffer()) };
}

/** Headers of whichever undici, as pairs. */
function headerEntries(headers: Init["headers"]): [string, string][] {
  if (headers === undefined) return [];
  const entries = Symbol.iterator in headers ? [...headers] : Object.entries(headers);
  return entries.map(([name, value]) => [name, String(value)]);
}
