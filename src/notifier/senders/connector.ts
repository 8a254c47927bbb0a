import { buildConnector } from "undici";

/** The connection itself did not come about, encryption included: of what was to go through it nothing was sent. */
export class NotConnectedError extends Error {
  readonly code: string;

  constructor(cause: Error) {
    super("no connection");
    this.name = "NotConnectedError";
    this.code = "code" in cause && typeof cause.code === "string" ? cause.code : cause.name;
  }
}

/** Of a call's time, so that no connection can be told from no answer; undici is up to a second late. */
const connectShare = 0.6;

/**
 * Connects as undici does. A reset means one thing before there is a connection and another one after it, and undici
 * gives both the same code: only here they can be told apart.
 */
export function createConnector(callMs: number): buildConnector.connector {
  const connect = buildConnector({ timeout: callMs * connectShare });
  return (options, callback) => {
    connect(options, (...[error, socket]) => {
      if (error === null) callback(null, socket);
      else callback(new NotConnectedError(error), null);
    });
  };
}
