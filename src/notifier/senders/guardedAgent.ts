import { lookup, type LookupAddress } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { Agent } from "undici";
import { isPublicAddress } from "./publicAddress.ts";

type Resolve = (
  hostname: string,
  answer: (error: Error | null, addresses: readonly LookupAddress[]) => void,
) => void;

export interface GuardOptions {
  /** Private, loopback and link-local addresses too: the operator's own network. */
  readonly allowPrivate: boolean;
  readonly timeoutMs: number;
  /** The machine's resolver, unless a test says otherwise. */
  readonly resolve?: Resolve;
}

const systemResolve: Resolve = (hostname, answer) => {
  lookup(hostname, { all: true }, answer);
};

/** A name, or one of its addresses, is not where the public internet is. */
class PrivateAddressError extends Error {
  readonly code = "LOPSIDE_PRIVATE_ADDRESS";
}

/**
 * Connections that go only to public addresses. The address that was judged is the one that is connected to: a name
 * that answers differently the second time (DNS rebinding) gains nothing. One private address among several refuses
 * the name, since which of them is taken is up to the machine.
 */
export function createGuardedAgent({
  allowPrivate,
  timeoutMs,
  resolve = systemResolve,
}: GuardOptions): Agent {
  const guarded: LookupFunction = (hostname, options, callback) => {
    resolve(hostname, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error !== null) callback(error, "", 0);
      else if (first === undefined) callback(new Error(`${hostname} has no address`), "", 0);
      else if (!allowPrivate && !addresses.every(({ address }) => isPublicAddress(address)))
        callback(new PrivateAddressError("a private address"), "", 0);
      else if (options.all === true) callback(null, [...addresses]);
      else callback(null, first.address, first.family);
    });
  };
  return new Agent({
    connect: { lookup: guarded, timeout: timeoutMs },
    keepAliveTimeout: 60_000,
    connections: 8,
    pipelining: 1,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });
}

/** An address that is written out is never looked up; it has to be judged beforehand. */
export function isPrivateHost({ hostname }: URL): boolean {
  const bare = hostname.replace(/^\[|\]$/g, "");
  return isIP(bare) !== 0 && !isPublicAddress(bare);
}

export function isPrivateAddressError(error: unknown): boolean {
  return error instanceof PrivateAddressError;
}
