import { z } from "zod";
import type { UploadedFile } from "../multipart.ts";
import { badRequest } from "./errors.ts";
import type { Photos } from "./photos.ts";
import type { RateLimiter } from "./limits.ts";
import type { UpdateQueue } from "./updates.ts";
import type { BotAccount, World } from "./world.ts";

/** A callback or inline query that waits for its answer. */
export interface OpenQuery {
  readonly id: string;
  readonly kind: "callback" | "inline";
  readonly botId: number;
  readonly askedAt: number;
  isExpired: boolean;
  answer: Readonly<Record<string, unknown>> | undefined;
}

/** A bot's command list in one scope and language. */
export interface CommandList {
  readonly scope: string;
  readonly languageCode: string;
  readonly commands: readonly { readonly command: string; readonly description: string }[];
}

/** What one call of a method can see and touch. */
export interface Context {
  readonly world: World;
  readonly bot: BotAccount;
  readonly files: readonly UploadedFile[];
  readonly updates: UpdateQueue;
  readonly photos: Photos;
  readonly limiter: RateLimiter;
  readonly queries: Map<string, OpenQuery>;
  readonly commands: Map<string, CommandList>;
  /** Aborted when the client hung up. */
  readonly hungUp: AbortSignal;
  /** Notes something the real server would let pass or mangle, and a test must not. */
  readonly violate: (what: string) => void;
}

export interface Method {
  readonly name: string;
  readonly run: (context: Context, fields: Readonly<Record<string, unknown>>) => Promise<unknown>;
}

/** Declares a method: its parameters' shape is all it takes; anything else is a violation. */
export function method<S extends z.ZodRawShape>(
  name: string,
  shape: S,
  run: (context: Context, params: z.infer<z.ZodObject<S>>) => unknown,
): Method {
  const schema = z.object(shape);
  return {
    name,
    run: async (context, fields) => {
      const unknown = Object.keys(fields).filter((key) => !Object.hasOwn(shape, key));
      if (unknown.length > 0) refuse(context, `${name}: unknown parameter ${unknown.join(", ")}`);
      const params = schema.safeParse(fields);
      if (!params.success) return refuse(context, `${name}: ${z.prettifyError(params.error)}`);
      return run(context, params.data);
    },
  };
}

/** For what is a bug in the caller whatever the real server would make of it. */
export function refuse(context: Context, what: string): never {
  context.violate(what);
  throw badRequest(what);
}
