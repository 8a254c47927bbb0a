import { z } from "zod";
import { badRequest } from "../errors.ts";
import { flag, integer, json } from "../fields.ts";
import { meJson } from "../json.ts";
import { method, refuse, type Context } from "../method.ts";

const updateKinds = json(z.array(z.string()));

const getMe = method("getMe", {}, ({ bot }) => meJson(bot));

const getUpdates = method(
  "getUpdates",
  {
    offset: integer.optional(),
    limit: integer.optional(),
    timeout: integer.optional(),
    allowed_updates: updateKinds.optional(),
  },
  async ({ updates, hungUp }, params) =>
    updates.poll({
      offset: params.offset,
      limit: params.limit,
      timeoutSeconds: params.timeout,
      allowedUpdates: params.allowed_updates,
      signal: hungUp,
    }),
);

const setWebhook = method(
  "setWebhook",
  {
    url: z.string(),
    secret_token: z
      .string()
      .regex(/^[\w-]{1,256}$/)
      .optional(),
    max_connections: integer.optional(),
    allowed_updates: updateKinds.optional(),
    drop_pending_updates: flag.optional(),
  },
  ({ updates }, params) => {
    checkWebhookUrl(params.url);
    const secret = params.secret_token === undefined ? {} : { secretToken: params.secret_token };
    updates.setWebhook(params.url === "" ? undefined : { url: params.url, ...secret }, {
      allowedUpdates: params.allowed_updates,
      dropPendingUpdates: params.drop_pending_updates,
    });
    return true;
  },
);

/** HTTPS only; a loopback address passes, as on a self-hosted Bot API server. */
function checkWebhookUrl(url: string): void {
  if (url === "" || url.startsWith("https://") || url.startsWith("http://127.0.0.1:")) return;
  throw badRequest("bad webhook: An HTTPS URL must be provided for webhook");
}

const deleteWebhook = method(
  "deleteWebhook",
  { drop_pending_updates: flag.optional() },
  ({ updates }, params) => {
    updates.setWebhook(undefined, { dropPendingUpdates: params.drop_pending_updates });
    return true;
  },
);

const getWebhookInfo = method("getWebhookInfo", {}, ({ updates }) => updates.webhookInfo());

const commandLimit = 100; // Bot API, setMyCommands
const scope = json(z.looseObject({ type: z.string() }));
const scopeTypes = new Set([
  "default",
  "all_private_chats",
  "all_group_chats",
  "all_chat_administrators",
  "chat",
  "chat_administrators",
  "chat_member",
]);
const command = z.looseObject({ command: z.string(), description: z.string() });

type Scope = z.infer<typeof scope>;
const scopeShape = { scope: scope.optional(), language_code: z.string().optional() };

function scopeName(context: Context, given: Scope | undefined): string {
  const wanted = given ?? { type: "default" };
  if (!scopeTypes.has(wanted.type)) refuse(context, `setMyCommands: unknown scope ${wanted.type}`);
  return JSON.stringify(wanted);
}

function listKey(context: Context, given: Scope | undefined, language = ""): string {
  return `${context.bot.id}|${scopeName(context, given)}|${language}`;
}

const setMyCommands = method(
  "setMyCommands",
  { commands: json(z.array(command)), ...scopeShape },
  (context, { commands, scope: given, language_code: languageCode = "" }) => {
    if (commands.length > commandLimit) throw badRequest("BOT_COMMANDS_TOO_MUCH");
    for (const each of commands) checkCommand(each);
    const list = { scope: scopeName(context, given), languageCode, commands };
    context.commands.set(listKey(context, given, languageCode), list);
    return true;
  },
);

function checkCommand(each: { command: string; description: string }): void {
  if (!/^[a-z0-9_]{1,32}$/.test(each.command)) throw badRequest("BOT_COMMAND_INVALID");
  if (each.description.length === 0 || each.description.length > 256) {
    throw badRequest("BOT_COMMAND_DESCRIPTION_INVALID");
  }
}

const getMyCommands = method(
  "getMyCommands",
  scopeShape,
  (context, params) =>
    context.commands.get(listKey(context, params.scope, params.language_code))?.commands ?? [],
);

const deleteMyCommands = method("deleteMyCommands", scopeShape, (context, params) => {
  context.commands.delete(listKey(context, params.scope, params.language_code));
  return true;
});

/** Cosmetic settings a bot may keep in step; accepted and recorded. */
const setMyDescription = method(
  "setMyDescription",
  { description: z.string().max(512).optional(), language_code: z.string().optional() },
  () => true,
);
const setMyShortDescription = method(
  "setMyShortDescription",
  { short_description: z.string().max(120).optional(), language_code: z.string().optional() },
  () => true,
);

export const botMethods = [
  getMe,
  getUpdates,
  setWebhook,
  deleteWebhook,
  getWebhookInfo,
  setMyCommands,
  getMyCommands,
  deleteMyCommands,
  setMyDescription,
  setMyShortDescription,
];
