/** Something about Redis or DATA_DIR that an operator must put right. The message says what, the hint how. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly hint: string;

  constructor(problem: string, hint: string) {
    super(`${problem}\n${hint}`);
    this.hint = hint;
  }
}

/** What was thrown, in words. Only the message: ioredis hangs the arguments of AUTH on its errors. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The errno of a failed system call, "" when it was something else. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
