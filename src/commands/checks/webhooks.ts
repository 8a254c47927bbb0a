import { lookup } from "node:dns/promises";
import type { Config } from "../../config/config.ts";
import { isPrivateHost } from "../../notifier/senders/guardedAgent.ts";
import { isPublicAddress } from "../../notifier/senders/publicAddress.ts";
import { checkEntries, type Trouble } from "./entries.ts";
import type { Finding } from "./finding.ts";

/** The addresses of a host's name; rejects with the resolver's code. */
export type Resolve = (hostname: string) => Promise<readonly string[]>;

/** Do the operator's webhooks lead to where alerts may be posted? Nothing is posted to find out. */
export async function checkWebhooks(
  { urls, secret, allowPrivate }: Config["webhooks"],
  resolve: Resolve = systemResolve,
): Promise<readonly Finding[]> {
  // that a secret is missing is said with the other settings that need each other
  if (secret === undefined) return [];
  return checkEntries("WEBHOOK_URLS", urls, async (url) => lookAt(new URL(url), allowPrivate, resolve));
}

async function systemResolve(hostname: string): Promise<readonly string[]> {
  return (await lookup(hostname, { all: true })).map(({ address }) => address);
}

async function lookAt(url: URL, allowPrivate: boolean, resolve: Resolve): Promise<Trouble | undefined> {
  if (isPrivateHost(url)) return allowPrivate ? undefined : privateAddress;
  try {
    const addresses = await resolve(url.hostname.replace(/^\[|\]$/g, ""));
    return allowPrivate || addresses.every(isPublicAddress) ? undefined : privateAddress;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "no answer";
    return {
      level: "error",
      what: `has a host that can't be found (${code})`,
      hint: "Check the address, and that this machine can look names up.",
    };
  }
}

const privateAddress: Trouble = {
  level: "error",
  what: "leads to a private address: nothing is posted there",
  hint: "Set WEBHOOK_ALLOW_PRIVATE=true if it is your own network, or correct the address.",
};
