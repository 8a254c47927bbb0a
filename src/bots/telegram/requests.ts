import type { ChatAdministratorRights, ReplyKeyboardMarkup } from "grammy/types";
import type { Texts } from "../../texts/texts.ts";

/** Which button a `chat_shared` answers; any number of ours. */
export const channelRequestId = 1;

const none: ChatAdministratorRights = {
  is_anonymous: false,
  can_manage_chat: false,
  can_delete_messages: false,
  can_manage_video_chats: false,
  can_restrict_members: false,
  can_promote_members: false,
  can_change_info: false,
  can_invite_users: false,
  can_post_stories: false,
  can_edit_stories: false,
  can_delete_stories: false,
  can_send_welcome_messages: false,
};

/** Telegram lists the user's channels and adds the bot with these rights: nobody types an id. */
export function channelRequest(texts: Texts): ReplyKeyboardMarkup {
  const wanted = { ...none, can_manage_chat: true, can_post_messages: true, can_edit_messages: true };
  // whoever may not give a right can't hand it on
  const needed = { ...wanted, can_promote_members: true };
  return {
    keyboard: [
      [
        {
          text: texts.say("bot-button-pick-channel"),
          request_chat: {
            request_id: channelRequestId,
            chat_is_channel: true,
            user_administrator_rights: needed,
            bot_administrator_rights: wanted,
            request_title: true,
          },
        },
      ],
    ],
    resize_keyboard: true,
    one_time_keyboard: true,
  };
}
