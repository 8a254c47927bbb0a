import type { Socket } from "node:net";
import { Client } from "undici";

/** Connections to one host, as many as there are requests at once: whoever asks bounds those. */
export interface Connections {
  /** For one request. */
  readonly take: () => Client;
  /** Once its answer is complete. What failed is not given back: it ends by itself. */
  readonly giveBack: (connection: Client) => void;
}

/**
 * The one whose answer came last goes first: asked again in the same turn of the event loop it needs no timer for a
 * rest, and no look whether it is still there. A pool would take one that has rested.
 */
export function createConnections(origin: string, options: Omit<Client.Options, "connect">): Connections {
  const rested: Client[] = [];
  return {
    take: () => rested.pop() ?? new Client(origin, { ...options, connect: { onread } }),
    giveBack: (connection) => {
      rested.push(connection);
    },
  };
}

/**
 * What comes is read into one place and copied from there as long as it is. By itself Node makes room for 64 kB, for each
 * answer anew, and gives back what is left of it: several times the work.
 */
const onread = {
  buffer: Buffer.allocUnsafeSlow(65_536),
  callback(this: Socket, length: number, buffer: Uint8Array): boolean {
    return this.push(Buffer.from(buffer.subarray(0, length)));
  },
};
