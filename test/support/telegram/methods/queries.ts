import { z } from "zod";
import { badRequest } from "../errors.ts";
import { entity, flag, integer, json, linkPreviewOptions, replyMarkup } from "../fields.ts";
import { checkInlineOnly } from "../markup.ts";
import { method, type Context, type OpenQuery } from "../method.ts";
import { checkText } from "../text.ts";
import { forbidParseMode } from "./send.ts";

/** How long an answer is taken; the real figure is not published, bots see minutes. */
const queryLifetimeMs = 5 * 60_000;
const alertTextLimit = 200; // Bot API, answerCallbackQuery
const inlineResultLimit = 50; // Bot API, answerInlineQuery

function openQuery(context: Context, id: string, kind: OpenQuery["kind"]): OpenQuery {
  const query = context.queries.get(id);
  const isOpen =
    query !== undefined &&
    query.kind === kind &&
    query.botId === context.bot.id &&
    !query.isExpired &&
    context.world.now() - query.askedAt <= queryLifetimeMs;
  if (!isOpen) throw badRequest("query is too old and response timeout expired or query ID is invalid");
  return query;
}

const answerCallbackQuery = method(
  "answerCallbackQuery",
  {
    callback_query_id: z.string(),
    text: z.string().optional(),
    show_alert: flag.optional(),
    url: z.string().optional(),
    cache_time: integer.optional(),
  },
  (context, params) => {
    const query = openQuery(context, params.callback_query_id, "callback");
    if ((params.text?.length ?? 0) > alertTextLimit) throw badRequest("MESSAGE_TOO_LONG");
    query.answer = params;
    return true;
  },
);

const article = z.strictObject({
  type: z.literal("article"),
  id: z.string(),
  title: z.string().min(1),
  description: z.string().optional(),
  url: z.string().optional(),
  thumbnail_url: z.string().optional(),
  thumbnail_width: z.int().optional(),
  thumbnail_height: z.int().optional(),
  reply_markup: replyMarkup.optional(),
  input_message_content: z.strictObject({
    message_text: z.string(),
    entities: z.array(entity).optional(),
    parse_mode: z.string().optional(),
    link_preview_options: linkPreviewOptions.optional(),
  }),
});
const photo = z.looseObject({
  type: z.literal("photo"),
  id: z.string(),
  photo_file_id: z.string(),
  reply_markup: replyMarkup.optional(),
});

const answerInlineQuery = method(
  "answerInlineQuery",
  {
    inline_query_id: z.string(),
    results: json(z.array(z.union([article, photo]))),
    cache_time: integer.optional(),
    is_personal: flag.optional(),
    next_offset: z.string().optional(),
    button: json(z.looseObject({ text: z.string() })).optional(),
  },
  (context, params) => {
    const query = openQuery(context, params.inline_query_id, "inline");
    if (params.results.length > inlineResultLimit) throw badRequest("RESULTS_TOO_MUCH");
    const ids = params.results.map((result) => result.id);
    if (new Set(ids).size < ids.length) throw badRequest("RESULT_ID_DUPLICATE");
    for (const result of params.results) checkResult(context, result);
    query.answer = params;
    return true;
  },
);

function checkResult(context: Context, result: z.infer<typeof article> | z.infer<typeof photo>): void {
  if (result.id === "" || Buffer.byteLength(result.id) > 64) throw badRequest("RESULT_ID_INVALID");
  checkInlineOnly(result.reply_markup);
  if (result.type === "photo") {
    context.photos.resolve(context.bot.id, result.photo_file_id, []);
    return;
  }
  const content = result.input_message_content;
  forbidParseMode(context, content.parse_mode);
  checkText(content.message_text, content.entities ?? []);
}

export const queryMethods = [answerCallbackQuery, answerInlineQuery];
