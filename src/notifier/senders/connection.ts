import { NotConnectedError } from "./connector.ts";
import type { SendResult } from "../contracts.ts";

/** Failures that come before the first byte of a request: nothing was sent. */
const beforeSending = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EAI_FAIL",
  "EHOSTUNREACH",
  "EHOSTDOWN",
  "ENETUNREACH",
  "ENETDOWN",
  "EADDRNOTAVAIL",
  "UND_ERR_CONNECT_TIMEOUT",
  "CERT_HAS_EXPIRED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "ERR_SSL_WRONG_VERSION_NUMBER",
]);

/**
 * What a failed connection means for a message. Only the code goes into the reason: messages of such errors
 * carry addresses, and Telegram's addresses carry the token. A reset or a timeout may come after the message.
 */
export function connectionFailure(error: unknown, platform: string): SendResult {
  const code = codeOf(error);
  if (error instanceof NotConnectedError || (code !== undefined && beforeSending.has(code))) {
    return { kind: "unreachable", reason: `cannot reach ${platform}: ${code}` };
  }
  return { kind: "unknown-outcome", reason: `no answer from ${platform}: ${code ?? nameOf(error)}` };
}

/** What clients throw when a connection or its answer fails; anything else is a bug. */
export function isConnectionError(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return codeOf(error) !== undefined || ["AbortError", "TimeoutError", "SyntaxError"].includes(error.name);
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** Without a code it is either an answer that is no JSON, or the time limit. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return "connection lost";
  return error.name === "SyntaxError" || error.name === "FetchError" ? "not its API's language" : "timed out";
}
