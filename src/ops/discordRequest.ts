import { makeRequest } from "@discordjs/rest/undiciRequest";

/**
 * How @discordjs/rest is to send. It hands forms with files to whichever undici this process loaded first, and where
 * that is another version's (ccxt and grammY bring theirs) nothing is ever sent: so a form becomes bytes before.
 */
export const discordRequest: typeof makeRequest = async (url, init) => {
  const { body } = init;
  if (!(body instanceof FormData)) return makeRequest(url, init);
  const form = new Response(body);
  const headers = {
    ...Object.fromEntries(new Headers(headerEntries(init.headers))),
    "content-type": form.headers.get("content-type") ?? "",
  };
  return makeRequest(url, { ...init, headers, body: new Uint8Array(await form.arrayBuffer()) });
};

/** Headers of whichever undici, as pairs. */
function headerEntries(headers: Parameters<typeof makeRequest>[1]["headers"]): [string, string][] {
  if (headers === undefined) return [];
  const entries = Symbol.iterator in headers ? [...headers] : Object.entries(headers);
  return entries.map(([name, value]) => [name, String(value)]);
}
