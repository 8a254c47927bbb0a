import { GrammyError, InputFile, type Api } from "grammy";
import type { InlineKeyboardMarkup, InputMediaPhoto, Message } from "grammy/types";
import type { Picture } from "../../charts/contracts.ts";
import type { EditRequest, FileIds, SendRequest } from "../contracts.ts";
import { captionLimit, renderTelegram } from "./telegramText.ts";

export interface TelegramDestination {
  readonly chat: number | string;
  /** message_thread_id; undefined for the General topic. */
  readonly topic?: number;
}

/** Posts once and gives the message's id; throws grammY's errors. */
export type Post = (request: SendRequest, place: TelegramDestination) => Promise<number>;

export function createPost(api: Api, fileIds: FileIds | undefined): Post {
  return async (request, place) => {
    const { picture } = request;
    const caption = renderTelegram(request.message, request.possibleRepeat, captionLimit);
    // a caption that doesn't fit even at its shortest is better read than seen
    if (picture === undefined || caption.text.length > captionLimit) return postText(api, request, place);
    const options = {
      caption: caption.text,
      caption_entities: [...caption.entities],
      ...common(request, place),
    };
    return withFile(picture, fileIds, async (photo) => api.sendPhoto(place.chat, photo, options));
  };
}

async function postText(api: Api, request: SendRequest, place: TelegramDestination): Promise<number> {
  const { text, entities } = renderTelegram(request.message, request.possibleRepeat);
  const options = {
    entities: [...entities],
    link_preview_options: { is_disabled: true },
    ...common(request, place),
  };
  const sent = await api.sendMessage(place.chat, text, options);
  return sent.message_id;
}

/** Puts the newest words, and picture if there is one, in a message's place; throws grammY's errors. */
export type Edit = (request: EditRequest, place: TelegramDestination) => Promise<void>;

export function createEdit(api: Api, fileIds: FileIds | undefined): Edit {
  return async (request, { chat }) => {
    const { picture, buttons = [] } = request;
    const id = Number(request.messageId);
    const caption = renderTelegram(request.message, false, captionLimit);
    const words = { caption: caption.text, caption_entities: [...caption.entities] };
    // an edit takes the keyboard away, unless it is sent along
    const kept = buttons.length > 0 ? { reply_markup: keyboard(buttons) } : {};
    if (picture !== undefined && caption.text.length <= captionLimit) {
      try {
        await withFile(picture, fileIds, async (photo) => {
          const media: InputMediaPhoto = { type: "photo", media: photo, ...words };
          const edited = await api.editMessageMedia(chat, id, media, kept);
          return edited === true ? { message_id: id } : edited;
        });
        return;
      } catch (error) {
        // what it says must stay true, with the picture of before or none
        if (!isPhotoRefused(error)) throw error;
      }
    }
    try {
      await api.editMessageCaption(chat, id, { ...words, ...kept });
    } catch (error) {
      if (!isWithoutCaption(error)) throw error;
      const { text, entities } = renderTelegram(request.message);
      const options = { entities: [...entities], link_preview_options: { is_disabled: true }, ...kept };
      await api.editMessageText(chat, id, text, options);
    }
  };
}

/** The photo was refused, not the chat: it may take text. */
export function isPhotoRefused(error: unknown): boolean {
  if (!(error instanceof GrammyError)) return false;
  const { error_code: code, description } = error;
  // 413: a gateway's own limit; without its picture the request is small
  return code === 413 || (code === 400 && /photo|image|caption|file|media/i.test(description));
}

/** It was posted as text, because its picture failed. */
function isWithoutCaption(error: unknown): boolean {
  return error instanceof GrammyError && /no caption in the message/i.test(error.description);
}

function common({ buttons, silent }: SendRequest, { topic }: TelegramDestination) {
  return {
    ...(topic !== undefined && { message_thread_id: topic }),
    ...(silent === true && { disable_notification: true }),
    ...(buttons !== undefined && buttons.length > 0 && { reply_markup: keyboard(buttons) }),
  };
}

export function keyboard(rows: NonNullable<SendRequest["buttons"]>): InlineKeyboardMarkup {
  const inline = rows.map((row) => row.map(({ label, data }) => ({ text: label, callback_data: data })));
  return { inline_keyboard: inline };
}

type Posted = Pick<Message, "message_id" | "photo">;

/** Uploads a picture once; from then on Telegram's own id of it goes to everyone. */
async function withFile(
  picture: Picture,
  fileIds: FileIds | undefined,
  post: (photo: InputFile | string) => Promise<Posted>,
): Promise<number> {
  const known = await fileIds?.get(picture.key);
  if (known !== undefined) {
    try {
      return (await post(known)).message_id;
    } catch (error) {
      if (!isWrongFile(error)) throw error;
      await fileIds?.drop(picture.key);
    }
  }
  const sent = await post(new InputFile(picture.png, `${picture.key}.png`));
  const fileId = sent.photo?.at(-1)?.file_id;
  if (fileId !== undefined) await fileIds?.put(picture.key, fileId);
  return sent.message_id;
}

function isWrongFile(error: unknown): boolean {
  return (
    error instanceof GrammyError &&
    /wrong (?:remote )?file identifier|wrong file_id|file reference/i.test(error.description)
  );
}
