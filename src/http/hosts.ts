import { isIP } from "node:net";

/**
 * Is this Host header one a browser of ours would send? A page that rebinds its own domain name to our address
 * sends that name; it has a dot and is not an address, so addresses, single-label names and our own name are safe.
 */
export function isOwnHost(header: string | undefined, configuredHost: string): boolean {
  if (header === undefined) return false;
  const name = hostName(header).toLowerCase();
  if (name === configuredHost.toLowerCase()) return true;
  return isIP(name) !== 0 || /^[a-z0-9_-]+$/.test(name) || name.endsWith(".localhost");
}

function hostName(header: string): string {
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(header);
  return bracketed?.[1] ?? header.replace(/:\d+$/, "");
}
