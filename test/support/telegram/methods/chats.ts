import { openChat, requireMember } from "../access.ts";
import { badRequest } from "../errors.ts";
import { chatReference, integer } from "../fields.ts";
import { chatJson, memberJson } from "../json.ts";
import { method } from "../method.ts";
import { isAdmin, memberOf, setMember } from "../world.ts";

const getChat = method("getChat", { chat_id: chatReference }, (context, params) => {
  const chat = openChat(context, params.chat_id);
  const isGroup = chat.type === "group" || chat.type === "supergroup";
  const permissions = Object.fromEntries([...chat.permissions].map((name) => [name, true]));
  return {
    ...chatJson(chat),
    accent_color_id: 0,
    max_reaction_count: 11,
    accepted_gift_types: {},
    ...(isGroup ? { permissions } : {}),
  };
});

const getChatMember = method(
  "getChatMember",
  { chat_id: chatReference, user_id: integer },
  (context, params) => {
    const chat = openChat(context, params.chat_id);
    if (!context.world.users.has(params.user_id)) throw badRequest("invalid user_id specified");
    const botIsAdmin = isAdmin(memberOf(chat, context.bot.id));
    if (chat.type === "channel" && !botIsAdmin) throw badRequest("member list is inaccessible");
    return memberJson(context.world, chat, memberOf(chat, params.user_id));
  },
);

const getChatAdministrators = method(
  "getChatAdministrators",
  { chat_id: chatReference },
  (context, params) => {
    const chat = openChat(context, params.chat_id);
    if (chat.type === "private") throw badRequest("there are no administrators in the private chat");
    const admins = [...chat.members.values()].filter((member) => isAdmin(member));
    return admins.map((member) => memberJson(context.world, chat, member));
  },
);

const getChatMemberCount = method("getChatMemberCount", { chat_id: chatReference }, (context, params) => {
  const { members } = openChat(context, params.chat_id);
  return [...members.values()].filter((member) => member.status !== "left" && member.status !== "kicked")
    .length;
});

const leaveChat = method("leaveChat", { chat_id: chatReference }, (context, params) => {
  const chat = openChat(context, params.chat_id);
  if (chat.type === "private") throw badRequest("chat member status can't be changed in private chats");
  requireMember(context, chat);
  setMember(chat, context.bot.id, "left");
  return true;
});

export const chatMethods = [getChat, getChatMember, getChatAdministrators, getChatMemberCount, leaveChat];
