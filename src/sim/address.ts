import type { IncomingMessage } from "node:http";

/** Where a request goes: `/{venueId}/{the venue's own path}`. */
export interface Address {
  readonly venueId: string;
  readonly path: string;
  readonly query: URLSearchParams;
}

export function addressOf(request: IncomingMessage): Address {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
  const end = pathname.indexOf("/", 1);
  const venueId = pathname.slice(1, end === -1 ? undefined : end);
  return { venueId, path: end === -1 ? "/" : pathname.slice(end), query: searchParams };
}
