/** Ends a command with a message for people and an exit code: 1 failed, 2 misused. */
export class ExitError extends Error {
  override readonly name = "ExitError";
  readonly code: 1 | 2;

  constructor(message: string, code: 1 | 2 = 1) {
    super(message);
    this.code = code;
  }
}
