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
export function createConnections(origin: string, options: Client.Options): Connections {
  const rested: Client[] = [];
  return {
    take: () => rested.pop() ?? new Client(origin, options),
    giveBack: (connection) => {
      rested.push(connection);
    },
  };
}
