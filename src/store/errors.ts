/** Something about Redis or DATA_DIR that an operator must put right. The message says what, the hint how. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly hint: string;

  constructor(problem: string, hint: string) {
    super(`${problem}\n${hint}`);
    this.hint = hint;
  }
}

/**
 * What was thrown, in words. Only the message, because ioredis hangs the arguments of AUTH on its errors; of a
 * cluster's, that of the node, because "Failed to refresh slots cache" says nothing.
 */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ("lastNodeError" in error && error.lastNodeError instanceof Error) return error.lastNodeError.message;
  return error.message;
}

/** The errno of a failed system call, "" when it was something else. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
