import type { Api } from "grammy";
import { refusalOf } from "./failures.ts";

/** Is this person an administrator of that chat now? In a private chat: is it theirs? */
export async function isAdministrator(
  api: Api,
  chatId: number,
  userId: number | undefined,
): Promise<boolean> {
  if (userId === undefined) return false;
  if (chatId > 0) return chatId === userId;
  try {
    const { status } = await api.getChatMember(chatId, userId);
    return status === "creator" || status === "administrator";
  } catch (error) {
    // no such chat, or one the bot is not in: nobody's business then
    if (refusalOf(error) !== undefined) return false;
    throw error;
  }
}

/** Can the bot post in this channel? */
export async function canPost(
  api: Api,
  chatId: number,
  botId: number,
): Promise<"yes" | "no-right" | "not-admin"> {
  try {
    const member = await api.getChatMember(chatId, botId);
    if (member.status !== "administrator") return "not-admin";
    return member.can_post_messages === true ? "yes" : "no-right";
  } catch (error) {
    if (refusalOf(error) !== undefined) return "not-admin";
    throw error;
  }
}
