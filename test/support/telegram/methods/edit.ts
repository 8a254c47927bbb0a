import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { openChat } from "../access.ts";
import { badRequest, tooManyRequests } from "../errors.ts";
import {
  chatReference,
  entity,
  flag,
  integer,
  json,
  linkPreviewOptions,
  replyMarkup,
  type ReplyMarkup,
} from "../fields.ts";
import { messageJson } from "../json.ts";
import { checkInlineOnly } from "../markup.ts";
import { method, type Context } from "../method.ts";
import { checkCaption, checkText } from "../text.ts";
import {
  findMessage,
  hasRight,
  memberOf,
  type ChatRecord,
  type MessageContent,
  type MessageRecord,
} from "../world.ts";
import { forbidParseMode } from "./send.ts";

const editShape = {
  chat_id: chatReference,
  message_id: integer,
  reply_markup: json(replyMarkup).optional(),
  parse_mode: z.string().optional(),
};
type EditParams = z.infer<z.ZodObject<typeof editShape>>;

const editMessageText = method(
  "editMessageText",
  {
    ...editShape,
    text: z.string(),
    entities: json(z.array(entity)).optional(),
    link_preview_options: json(linkPreviewOptions).optional(),
  },
  (context, params) => {
    const checked = checkText(params.text, params.entities ?? []);
    const preview = params.link_preview_options;
    return edit(context, params, (before) => {
      if (before.text === undefined) throw badRequest("there is no text in the message to edit");
      return preview === undefined ? checked : { ...checked, linkPreviewOptions: preview };
    });
  },
);

const captionShape = {
  caption: z.string().optional(),
  caption_entities: json(z.array(entity)).optional(),
  show_caption_above_media: flag.optional(),
};

const editMessageCaption = method(
  "editMessageCaption",
  { ...editShape, ...captionShape },
  (context, params) => {
    const caption = checkCaption(params.caption ?? "", params.caption_entities ?? []);
    return edit(context, params, (before) => {
      if (before.photo === undefined) throw badRequest("there is no caption in the message to edit");
      return {
        photo: before.photo,
        ...(caption.text === "" ? {} : { caption: caption.text }),
        entities: caption.entities,
        showCaptionAboveMedia: params.show_caption_above_media ?? false,
      };
    });
  },
);

const inputPhoto = z.strictObject({
  type: z.literal("photo"),
  media: z.string(),
  parse_mode: z.string().optional(),
  has_spoiler: z.boolean().optional(),
  caption: z.string().optional(),
  caption_entities: z.array(entity).optional(),
  show_caption_above_media: z.boolean().optional(),
});

const editMessageMedia = method(
  "editMessageMedia",
  { ...editShape, media: json(inputPhoto) },
  (context, params) => {
    const { media } = params;
    forbidParseMode(context, media.parse_mode);
    const caption = checkCaption(media.caption ?? "", media.caption_entities ?? []);
    const photo = context.photos.resolve(context.bot.id, media.media, context.files);
    return edit(context, params, () => ({
      photo,
      ...(caption.text === "" ? {} : { caption: caption.text }),
      entities: caption.entities,
      showCaptionAboveMedia: media.show_caption_above_media ?? false,
    }));
  },
);

const editMessageReplyMarkup = method("editMessageReplyMarkup", editShape, (context, params) =>
  edit(context, params, (before) => before),
);

/** Every edit replaces the keyboard: one that is not sent along is gone. */
function edit(
  context: Context,
  params: EditParams,
  change: (before: MessageContent) => MessageContent,
): unknown {
  forbidParseMode(context, params.parse_mode);
  const chat = openChat(context, params.chat_id);
  const message = findMessage(context.world, chat.id, params.message_id);
  if (message === undefined) throw badRequest("message to edit not found");
  if (message.fromId !== context.bot.id) throw badRequest("message can't be edited");
  const after = withMarkup(change(message.content), params.reply_markup);
  if (isDeepStrictEqual(after, message.content)) throw notModified();
  const wait = context.limiter.admit(chat.id, chat.type !== "private");
  if (wait !== undefined) throw tooManyRequests(wait);
  message.history.push({ editedAt: context.world.now(), before: message.content });
  message.content = after;
  return messageJson(context.world, chat, message);
}

function withMarkup(content: MessageContent, given: ReplyMarkup | undefined): MessageContent {
  const markup = checkInlineOnly(given);
  const { replyMarkup: before, ...rest } = content;
  if (before === undefined && markup === undefined) return content;
  return markup === undefined ? rest : { ...rest, replyMarkup: markup };
}

function notModified(): Error {
  return badRequest(
    "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
  );
}

const deletableForMs = 48 * 3_600_000; // Bot API, deleteMessage

const deleteMessage = method(
  "deleteMessage",
  { chat_id: chatReference, message_id: integer },
  (context, params) => {
    const chat = openChat(context, params.chat_id);
    const message = findMessage(context.world, chat.id, params.message_id);
    if (message === undefined) throw badRequest("message to delete not found");
    if (!mayDelete(context, chat, message)) throw badRequest("message can't be deleted for everyone");
    message.isDeleted = true;
    return true;
  },
);

function mayDelete(context: Context, chat: ChatRecord, message: MessageRecord): boolean {
  if (hasRight(memberOf(chat, context.bot.id), "can_delete_messages")) return true;
  const isYoung = context.world.now() - message.sentAt < deletableForMs;
  return isYoung && (message.fromId === context.bot.id || chat.type === "private");
}

export const editMethods = [
  editMessageText,
  editMessageCaption,
  editMessageMedia,
  editMessageReplyMarkup,
  deleteMessage,
];
