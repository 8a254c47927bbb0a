import { InputFile } from "grammy";
import type { InlineKeyboardButton, InputMediaPhoto, Message } from "grammy/types";
import type { Picture } from "../../charts/contracts.ts";
import type { Language } from "../../texts/texts.ts";
import type { PictureWish, Reply } from "../shared/reply.ts";
import { isHarmless, isWrongFile, refusalOf, safeError } from "./failures.ts";
import { captionLimit, renderKeyboard, renderText, type RenderedText } from "./render.ts";
import { destinationOf, type Spot } from "./spot.ts";
import type { TelegramTools } from "./tools.ts";

/** A reply on its way to one chat. */
export interface Outgoing {
  readonly spot: Spot;
  readonly reply: Reply;
  readonly language: Language;
  /** The message it answers. */
  readonly replyTo?: number;
}

/** Telegram keeps files for good; a picture's key changes with its snapshot. */
const fileIdTtlMs = 24 * 3_600_000;

/** Posts a reply; with its picture if there is one and the chat takes it, otherwise as text. */
export async function sendReply(tools: TelegramTools, outgoing: Outgoing): Promise<void> {
  const { spot, reply } = outgoing;
  const rendered = renderText(reply);
  const picture = await pictureFor(tools, outgoing, rendered);
  const common = { ...threadOf(spot), ...answering(outgoing), ...keyboardOf(tools, outgoing) };
  if (picture !== undefined) {
    const options = { caption: rendered.text, caption_entities: rendered.entities, ...common };
    try {
      await withPhoto(tools, picture, async (photo) => tools.api.sendPhoto(spot.chatId, photo, options));
      return;
    } catch (error) {
      // photos may be forbidden where text is not; a refused text then says why
      if (refusalOf(error)?.code !== 400) throw error;
      tools.log.debug(safeError(error), "an answer goes without its picture");
    }
  }
  await tools.api.sendMessage(spot.chatId, rendered.text, {
    entities: rendered.entities,
    link_preview_options: { is_disabled: true },
    ...common,
  });
}

/** Puts a reply in the place of what a message says; where Telegram can't, it is posted anew. */
export async function replaceWith(
  tools: TelegramTools,
  message: Pick<Message, "message_id" | "photo">,
  outgoing: Outgoing,
): Promise<void> {
  const { spot, reply } = outgoing;
  const rendered = renderText(reply);
  const isPhoto = message.photo !== undefined;
  const picture = isPhoto ? await pictureFor(tools, outgoing, rendered) : undefined;
  // a photo can't become text, nor text a photo
  if (isPhoto !== (picture !== undefined)) return sendReply(tools, outgoing);
  const keyboard = keyboardOf(tools, outgoing);
  try {
    if (picture === undefined) {
      await tools.api.editMessageText(spot.chatId, message.message_id, rendered.text, {
        entities: rendered.entities,
        link_preview_options: { is_disabled: true },
        ...keyboard,
      });
      return;
    }
    await withPhoto(tools, picture, async (photo) => {
      const media: InputMediaPhoto = {
        type: "photo",
        media: photo,
        caption: rendered.text,
        caption_entities: rendered.entities,
      };
      const edited = await tools.api.editMessageMedia(spot.chatId, message.message_id, media, keyboard);
      return edited === true ? {} : edited;
    });
  } catch (error) {
    if (!isHarmless(error)) throw error;
  }
}

/** Undefined where none can be drawn, or where the text is too long to stand below one. */
async function pictureFor(
  tools: TelegramTools,
  { reply, language }: Outgoing,
  rendered: RenderedText,
): Promise<Picture | undefined> {
  if (reply.picture === undefined || rendered.text.length > captionLimit) return undefined;
  const drawn = await draw(tools, reply.picture, language);
  if (drawn.kind === "picture") return drawn;
  tools.log.debug({ reason: drawn.reason }, "an answer goes without its picture");
  return undefined;
}

async function draw({ ports }: TelegramTools, wish: PictureWish, language: Language) {
  const { pictures } = ports;
  if (wish.kind === "map") return pictures.map(wish.symbol, { language });
  if (wish.kind === "heatmap") return pictures.heatmap(wish.symbol, "day", { language });
  return pictures.history(wish.symbol, 7, { language });
}

/** Uploads a picture once; from then on Telegram's own id of it goes to everyone. */
async function withPhoto(
  { memory, botId, log }: TelegramTools,
  picture: Picture,
  post: (photo: InputFile | string) => Promise<Pick<Message, "photo">>,
): Promise<void> {
  const name = `file-${botId}-${picture.key}`;
  const known = await memory.recall(name);
  if (known !== undefined) {
    try {
      await post(known);
      return;
    } catch (error) {
      if (!isWrongFile(error)) throw error;
      log.debug(safeError(error), "a picture is uploaded again");
    }
  }
  const { photo } = await post(new InputFile(picture.png, `${picture.key}.png`));
  const fileId = photo?.at(-1)?.file_id;
  if (fileId !== undefined) await memory.remember(name, fileId, fileIdTtlMs);
}

function threadOf({ topic }: Spot): { readonly message_thread_id?: number } {
  return topic === undefined ? {} : { message_thread_id: topic };
}

function answering({ spot, replyTo }: Outgoing) {
  // in a private chat and a channel it is plain what is answered
  if (replyTo === undefined || spot.kind !== "group") return {};
  return { reply_parameters: { message_id: replyTo, allow_sending_without_reply: true } };
}

function keyboardOf({ ports }: TelegramTools, { spot, reply }: Outgoing) {
  const place = destinationOf(spot);
  const sealed = { key: ports.signingKey, place, now: ports.clock.now() };
  const rows: InlineKeyboardButton[][] = renderKeyboard(reply.rows, sealed);
  return rows.length === 0 ? {} : { reply_markup: { inline_keyboard: rows } };
}
