import { badRequest } from "./errors.ts";
import { isInline, type InlineButton, type ReplyMarkup } from "./fields.ts";
import type { ChatRecord } from "./world.ts";

const callbackDataBytes = 64; // Bot API, InlineKeyboardButton
const buttonLimit = 100; // per message; more are refused in practice

/** Checks a keyboard; an empty inline keyboard is none. */
export function checkMarkup(chat: ChatRecord, markup: ReplyMarkup | undefined): object | undefined {
  if (markup === undefined) return undefined;
  if (!isInline(markup)) {
    if (chat.type === "channel") throw badRequest("inline keyboard expected");
    return markup;
  }
  return checkInline(markup.inline_keyboard);
}

export function checkInlineOnly(markup: ReplyMarkup | undefined): object | undefined {
  if (markup === undefined) return undefined;
  if (!isInline(markup)) throw badRequest("inline keyboard expected");
  return checkInline(markup.inline_keyboard);
}

function checkInline(rows: readonly (readonly InlineButton[])[]): object | undefined {
  const buttons = rows.flat();
  if (buttons.length > buttonLimit) throw badRequest("REPLY_MARKUP_TOO_LONG");
  for (const button of buttons) checkButton(button);
  const kept = rows.filter((row) => row.length > 0);
  return kept.length === 0 ? undefined : { inline_keyboard: kept };
}

/** What a button can do; exactly one of these. */
const actions = [
  "callback_data",
  "url",
  "web_app",
  "login_url",
  "switch_inline_query",
  "switch_inline_query_current_chat",
  "switch_inline_query_chosen_chat",
  "copy_text",
];

function checkButton(button: InlineButton): void {
  if (button.text.length === 0) throw badRequest("BUTTON_TEXT_INVALID");
  const given = actions.filter((action) => button[action] !== undefined);
  if (given.length === 0) {
    throw badRequest("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard");
  }
  if (given.length > 1) throw badRequest("can't parse inline keyboard button: more than one action");
  const data = button.callback_data;
  if (data !== undefined && (data === "" || Buffer.byteLength(data) > callbackDataBytes)) {
    throw badRequest("BUTTON_DATA_INVALID");
  }
  if (button.url !== undefined && !/^(https?|tg):\/\/\S+$/.test(button.url)) {
    throw badRequest(`inline keyboard button URL '${button.url}' is invalid: Wrong HTTP URL`);
  }
}
