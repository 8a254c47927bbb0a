import { chatJson, compact, messageJson, type Json } from "./json.ts";
import type { ChatRecord, MessageRecord, World } from "./world.ts";

/** Bot API, MaybeInaccessibleMessage: date 0 stands for a message that is gone. */
export function callbackMessage(world: World, chat: ChatRecord, message: MessageRecord): Json {
  if (!message.isDeleted) return messageJson(world, chat, message);
  return { chat: chatJson(chat), message_id: message.messageId, date: 0 };
}

export function callbackData(message: MessageRecord, wanted: string): string {
  const markup = compact({ ...message.content.replyMarkup });
  const rows = Array.isArray(markup["inline_keyboard"]) ? markup["inline_keyboard"] : [];
  const buttons: unknown[] = rows.flat();
  for (const button of buttons) {
    if (!isButton(button)) continue;
    if (button.text === wanted || button.callback_data === wanted) return button.callback_data;
  }
  throw new Error(`message ${message.messageId} of ${message.chatId} has no button ${wanted}`);
}

function isButton(value: unknown): value is { text: string; callback_data: string } {
  return typeof value === "object" && value !== null && "text" in value && "callback_data" in value;
}
