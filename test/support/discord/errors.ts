import type { z } from "zod";

/** What Discord nests under "errors": the path of the field, then what is wrong with it. */
export interface FieldError {
  readonly path: readonly PropertyKey[];
  readonly code: string;
  readonly message: string;
}

/** A refusal with Discord's own code and words. */
export class DiscordFailure extends Error {
  readonly status: number;
  readonly code: number;
  readonly fields: readonly FieldError[];

  constructor(status: number, code: number, message: string, fields: readonly FieldError[] = []) {
    super(message);
    this.status = status;
    this.code = code;
    this.fields = fields;
  }

  toJson(): object {
    const base = { message: this.message, code: this.code };
    return this.fields.length === 0 ? base : { ...base, errors: nest(this.fields) };
  }
}

export const failures = {
  unauthorized: () => new DiscordFailure(401, 0, "401: Unauthorized"),
  notFound: () => new DiscordFailure(404, 0, "404: Not Found"),
  unknownChannel: () => new DiscordFailure(404, 10_003, "Unknown Channel"),
  unknownGuild: () => new DiscordFailure(404, 10_004, "Unknown Guild"),
  unknownMessage: () => new DiscordFailure(404, 10_008, "Unknown Message"),
  unknownUser: () => new DiscordFailure(404, 10_013, "Unknown User"),
  unknownWebhook: () => new DiscordFailure(404, 10_015, "Unknown Webhook"),
  unknownInteraction: () => new DiscordFailure(404, 10_062, "Unknown interaction"),
  unknownCommand: () => new DiscordFailure(404, 10_063, "Unknown application command"),
  alreadyCrossposted: () => new DiscordFailure(400, 40_033, "This message has already been crossposted"),
  alreadyAcknowledged: () => new DiscordFailure(400, 40_060, "Interaction has already been acknowledged."),
  tooManyFollowups: () =>
    new DiscordFailure(
      400,
      40_094,
      "Maximum number of follow-up messages has been reached for this interaction",
    ),
  missingAccess: () => new DiscordFailure(403, 50_001, "Missing Access"),
  cannotEditOthers: () => new DiscordFailure(403, 50_005, "Cannot edit a message authored by another user"),
  emptyMessage: () => new DiscordFailure(400, 50_006, "Cannot send an empty message"),
  cannotMessageUser: () => new DiscordFailure(403, 50_007, "Cannot send messages to this user"),
  nonTextChannel: () => new DiscordFailure(400, 50_008, "Cannot send messages in a non-text channel"),
  missingPermissions: () => new DiscordFailure(403, 50_013, "Missing Permissions"),
  invalidWebhookToken: () => new DiscordFailure(401, 50_027, "Invalid Webhook Token"),
  wrongChannelType: () => new DiscordFailure(400, 50_024, "Cannot execute action on this channel type"),
  threadArchived: () => new DiscordFailure(400, 50_083, "Thread is archived"),
} as const;

export function invalidForm(fields: readonly FieldError[]): DiscordFailure {
  return new DiscordFailure(400, 50_035, "Invalid Form Body", fields);
}

/** Parses a body, or refuses it the way Discord does. */
export function parseBody<T extends z.ZodType>(schema: T, body: unknown): z.infer<T> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw invalidForm(parsed.error.issues.map((issue) => fieldError(issue)));
}

function fieldError(issue: z.core.$ZodIssue): FieldError {
  const { path, message } = issue;
  if (issue.code === "too_big" && issue.origin === "string") {
    return { path, code: "BASE_TYPE_MAX_LENGTH", message: `Must be ${issue.maximum} or fewer in length.` };
  }
  if (issue.code === "too_big" || issue.code === "too_small")
    return { path, code: "BASE_TYPE_BAD_LENGTH", message };
  if (issue.code === "invalid_type") return { path, code: "BASE_TYPE_REQUIRED", message };
  if (issue.code === "custom") return { path, code: customCode(issue.params), message };
  return { path, code: `STAND_IN_${issue.code.toUpperCase()}`, message };
}

function customCode(params: Record<string, unknown> | undefined): string {
  const code = params?.["code"];
  return typeof code === "string" ? code : "STAND_IN_INVALID";
}

type Problem = Pick<FieldError, "code" | "message">;

interface Nested {
  [field: string]: Nested | Problem[];
}

const leaf = "_errors";

function nest(fields: readonly FieldError[]): Nested {
  const root: Nested = {};
  for (const field of fields) {
    const node = field.path.reduce<Nested>((at, key) => child(at, String(key)), root);
    const known = node[leaf];
    node[leaf] = [...(Array.isArray(known) ? known : []), { code: field.code, message: field.message }];
  }
  return root;
}

function child(node: Nested, key: string): Nested {
  const known = node[key];
  if (known !== undefined && !Array.isArray(known)) return known;
  const fresh: Nested = {};
  node[key] = fresh;
  return fresh;
}
