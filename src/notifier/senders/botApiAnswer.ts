import type { ApiResponse } from "grammy/types";

/**
 * Whether it is the Bot API that answers. Gateways before it answer in JSON as well: taken for a refusal, an alert that may
 * have arrived would be given up for good, and for a reason that nobody gave.
 */
export function isBotApiAnswer(value: unknown): value is ApiResponse<unknown> {
  if (typeof value !== "object" || value === null || !("ok" in value)) return false;
  if (value.ok === true) return "result" in value && value.result !== null;
  return (
    "error_code" in value &&
    typeof value.error_code === "number" &&
    "description" in value &&
    typeof value.description === "string"
  );
}

/** What clients throw where an answer is no JSON: nobody knows what became of the request. */
export function notAnAnswer(): Error {
  return new SyntaxError("not an answer of the Bot API");
}
