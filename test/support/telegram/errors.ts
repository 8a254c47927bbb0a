/** Extra fields of an error the Bot API gives machines: ResponseParameters. */
export interface FailureParameters {
  readonly retry_after?: number;
  readonly migrate_to_chat_id?: number;
}

/** An answer with `ok: false`; the texts are the real server's own, as bots see them. */
export class BotApiFailure extends Error {
  readonly code: number;
  readonly parameters: FailureParameters | undefined;

  constructor(code: number, description: string, parameters?: FailureParameters) {
    super(description);
    this.code = code;
    this.parameters = parameters;
  }

  toJson(): object {
    const base = { ok: false, error_code: this.code, description: this.message };
    return this.parameters === undefined ? base : { ...base, parameters: this.parameters };
  }
}

export const badRequest = (text: string): BotApiFailure => new BotApiFailure(400, `Bad Request: ${text}`);
export const forbidden = (text: string): BotApiFailure => new BotApiFailure(403, `Forbidden: ${text}`);
export const conflict = (text: string): BotApiFailure => new BotApiFailure(409, `Conflict: ${text}`);

export const tooManyRequests = (retryAfter: number): BotApiFailure =>
  new BotApiFailure(429, `Too Many Requests: retry after ${retryAfter}`, { retry_after: retryAfter });

export const migrated = (to: number): BotApiFailure =>
  new BotApiFailure(400, "Bad Request: group chat was upgraded to a supergroup chat", {
    migrate_to_chat_id: to,
  });
