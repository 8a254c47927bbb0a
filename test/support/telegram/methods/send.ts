import { z } from "zod";
import { checkSending, checkThread, openChat, resolveReply, type Sending } from "../access.ts";
import {
  chatReference,
  entity,
  flag,
  integer,
  json,
  linkPreviewOptions,
  replyMarkup,
  replyParameters,
} from "../fields.ts";
import { messageJson } from "../json.ts";
import { checkMarkup } from "../markup.ts";
import { method, refuse, type Context } from "../method.ts";
import { checkCaption, checkText } from "../text.ts";
import { putMessage, type ChatRecord, type MessageContent } from "../world.ts";

const sendShape = {
  chat_id: chatReference,
  message_thread_id: integer.optional(),
  disable_notification: flag.optional(),
  protect_content: flag.optional(),
  allow_paid_broadcast: flag.optional(),
  message_effect_id: z.string().optional(),
  reply_parameters: json(replyParameters).optional(),
  reply_markup: json(replyMarkup).optional(),
  parse_mode: z.string().optional(),
};
type SendParams = z.infer<z.ZodObject<typeof sendShape>>;

const sendMessage = method(
  "sendMessage",
  {
    ...sendShape,
    text: z.string(),
    entities: json(z.array(entity)).optional(),
    link_preview_options: json(linkPreviewOptions).optional(),
  },
  (context, params) => {
    const chat = openForSending(context, params, "text");
    const preview = params.link_preview_options;
    const content = {
      ...checkText(params.text, params.entities ?? []),
      ...(preview === undefined ? {} : { linkPreviewOptions: preview }),
    };
    return send(context, chat, params, { sending: "text", content });
  },
);

const sendPhoto = method(
  "sendPhoto",
  {
    ...sendShape,
    photo: z.string().default(""),
    caption: z.string().optional(),
    caption_entities: json(z.array(entity)).optional(),
    show_caption_above_media: flag.optional(),
    has_spoiler: flag.optional(),
  },
  (context, params) => {
    const chat = openForSending(context, params, "photo");
    const caption = checkCaption(params.caption ?? "", params.caption_entities ?? []);
    const photo = context.photos.resolve(context.bot.id, params.photo, context.files);
    const content = {
      ...(caption.text === "" ? {} : { caption: caption.text }),
      entities: caption.entities,
      photo,
      showCaptionAboveMedia: params.show_caption_above_media ?? false,
    };
    return send(context, chat, params, { sending: "photo", content });
  },
);

function openForSending(context: Context, params: SendParams, sending: Sending): ChatRecord {
  forbidParseMode(context, params.parse_mode);
  if (params.reply_parameters?.chat_id !== undefined) refuse(context, `${sending}: replies across chats`);
  return openChat(context, params.chat_id);
}

/** We send entities; markup parsed from text is the class of bug this project does without. */
export function forbidParseMode(context: Context, parseMode: string | undefined): void {
  if (parseMode !== undefined) refuse(context, `parse_mode ${parseMode}: send entities`);
}

interface Outgoing {
  readonly sending: Sending;
  readonly content: MessageContent;
}

function send(context: Context, chat: ChatRecord, params: SendParams, outgoing: Outgoing): unknown {
  const markup = checkMarkup(chat, params.reply_markup);
  checkThread(context, chat, params.message_thread_id);
  const replyToMessageId = resolveReply(context, chat, params.reply_parameters);
  checkSending(context, chat, outgoing.sending);
  const message = putMessage(context.world, chat, {
    fromId: context.bot.id,
    content: markup === undefined ? outgoing.content : { ...outgoing.content, replyMarkup: markup },
    isSilent: params.disable_notification ?? false,
    isProtected: params.protect_content ?? false,
    ...(params.message_thread_id === undefined ? {} : { threadId: params.message_thread_id }),
    ...(replyToMessageId === undefined ? {} : { replyToMessageId }),
  });
  return messageJson(context.world, chat, message);
}

const chatActions = new Set(["typing", "upload_photo", "upload_document", "choose_sticker", "find_location"]);

const sendChatAction = method(
  "sendChatAction",
  { chat_id: chatReference, message_thread_id: integer.optional(), action: z.string() },
  (context, params) => {
    const chat = openChat(context, params.chat_id);
    if (params.message_thread_id !== 1) checkThread(context, chat, params.message_thread_id);
    if (!chatActions.has(params.action)) refuse(context, `sendChatAction: ${params.action}`);
    return true;
  },
);

export const sendMethods = [sendMessage, sendPhoto, sendChatAction];
