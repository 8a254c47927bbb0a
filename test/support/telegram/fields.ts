import { z } from "zod";

/**
 * Values as the Bot API takes them: in a query or a form everything is text and objects are JSON in it; in a JSON
 * body numbers and objects may come as themselves.
 */

function fromJsonText(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch (error) {
    return error instanceof SyntaxError ? value : undefined;
  }
}

function asNumber(value: unknown): unknown {
  return typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value;
}

function asBoolean(value: unknown): unknown {
  if (value === "true" || value === "True" || value === "1" || value === 1) return true;
  if (value === "false" || value === "False" || value === "0" || value === 0) return false;
  return value;
}

export const integer = z.preprocess(asNumber, z.int());
export const flag = z.preprocess(asBoolean, z.boolean());
export const chatReference = z.preprocess(asNumber, z.union([z.int(), z.string().startsWith("@")]));

export function json<T extends z.ZodType>(schema: T): z.ZodPreprocess<T> {
  return z.preprocess(fromJsonText, schema);
}

/** type, offset and length in UTF-16 units, and what some types add. */
export const entity = z
  .strictObject({
    type: z.string(),
    offset: z.int(),
    length: z.int(),
    url: z.string().optional(),
    user: z.looseObject({ id: z.int() }).optional(),
    language: z.string().optional(),
    custom_emoji_id: z.string().optional(),
    unix_time: z.int().optional(),
    date_time_format: z.string().optional(),
  })
  .readonly();
export type Entity = z.infer<typeof entity>;

const button = z.looseObject({
  text: z.string(),
  callback_data: z.string().optional(),
  url: z.string().optional(),
});

/** An inline keyboard, or one of the keyboards below the text field. */
export const replyMarkup = z.union([
  z.strictObject({ inline_keyboard: z.array(z.array(button)) }),
  z.looseObject({ keyboard: z.array(z.array(z.union([z.string(), z.looseObject({ text: z.string() })]))) }),
  z.looseObject({ remove_keyboard: z.literal(true) }),
  z.looseObject({ force_reply: z.literal(true) }),
]);
export type ReplyMarkup = z.infer<typeof replyMarkup>;
export type InlineButton = z.infer<typeof button>;

export interface InlineMarkup {
  readonly inline_keyboard: readonly (readonly InlineButton[])[];
}

export function isInline(markup: ReplyMarkup): markup is ReplyMarkup & InlineMarkup {
  return "inline_keyboard" in markup;
}

export const linkPreviewOptions = z.strictObject({
  is_disabled: z.boolean().optional(),
  url: z.string().optional(),
  prefer_small_media: z.boolean().optional(),
  prefer_large_media: z.boolean().optional(),
  show_above_text: z.boolean().optional(),
});

export const replyParameters = z.strictObject({
  message_id: z.int(),
  chat_id: chatReference.optional(),
  allow_sending_without_reply: z.boolean().optional(),
});
