import { z } from "zod";
import type { Config } from "../../config/config.ts";
import { ask, grantedBody, type Answer } from "./ask.ts";
import { checkEntries, unanswered, type Trouble } from "./entries.ts";
import type { Finding } from "./finding.ts";

type Ask = (method: string, parameters: Readonly<Record<string, string>>) => Promise<Answer>;

const permissions = { can_send_messages: z.boolean().optional(), can_send_photos: z.boolean().optional() };
const chat = z.object({
  result: z.object({ type: z.string(), permissions: z.object(permissions).optional() }),
});
const member = z.object({
  result: z.object({ status: z.string(), can_post_messages: z.boolean().optional(), ...permissions }),
});
const refusal = z.object({
  description: z.string(),
  parameters: z.object({ migrate_to_chat_id: z.number().optional() }).optional(),
});

/** Can alerts be posted to each of the operator's chats? Nothing is posted to find out. Takes a token that is known. */
export async function checkTelegramChats(
  { apiRoot, chats }: Pick<Config["telegram"], "apiRoot" | "chats">,
  token: string,
): Promise<readonly Finding[]> {
  const root = `${apiRoot ?? "https://api.telegram.org"}/bot${token}`;
  const [botId = ""] = token.split(":");
  const asked: Ask = async (method, parameters) =>
    ask(`${root}/${method}?${new URLSearchParams(parameters).toString()}`);
  return checkEntries("TELEGRAM_CHATS", chats, async (entry) => lookAt(entry, botId, asked));
}

async function lookAt(entry: string, botId: string, asked: Ask): Promise<Trouble | undefined> {
  const [chatId = "", topic] = entry.split("/");
  const answer = await asked("getChat", { chat_id: chatId });
  const known = chat.safeParse(grantedBody(answer));
  if (!known.success) return refused(answer);
  const { type, permissions: everybody = {} } = known.data.result;
  if (type !== "private") {
    const own = await asked("getChatMember", { chat_id: chatId, user_id: botId });
    const bot = member.safeParse(grantedBody(own));
    if (!bot.success) return refused(own);
    const missing = type === "channel" ? inChannel(bot.data.result) : inGroup(bot.data.result, everybody);
    if (missing !== undefined) return missing;
  }
  // nobody is written to in a channel this way: Bot API, sendChatAction
  if (type === "channel") return undefined;
  const typing = {
    chat_id: chatId,
    action: "typing",
    ...(topic !== undefined && { message_thread_id: topic }),
  };
  const answered = await asked("sendChatAction", typing);
  return "status" in answered && answered.status === 200 ? undefined : refused(answered);
}

type Member = z.infer<typeof member>["result"];
type Permissions = z.infer<z.ZodObject<typeof permissions>>;

function inChannel({ status, can_post_messages: mayPost }: Member): Trouble | undefined {
  if (status === "creator" || (status === "administrator" && mayPost === true)) return undefined;
  return {
    level: "error",
    what: "is a channel in which the bot may not post",
    hint: "Make the bot an administrator of the channel, with the right “Post messages”.",
  };
}

function inGroup(bot: Member, everybody: Permissions): Trouble | undefined {
  if (bot.status === "creator" || bot.status === "administrator") return undefined;
  const may = bot.status === "restricted" ? bot : everybody;
  if (may.can_send_messages === false)
    return {
      level: "error",
      what: "is a group in which the bot may not write",
      hint: "Give the bot the right “Send messages” there, or make it an administrator.",
    };
  if (may.can_send_photos === false)
    return {
      level: "warning",
      what: "takes no photos from the bot: alerts go there without their picture",
      hint: "Give the bot the right “Send photos” there, or make it an administrator.",
    };
  return undefined;
}

const hints: readonly (readonly [RegExp, string])[] = [
  [
    /blocked|initiate conversation|deactivated/i,
    "That person has to open the bot and press Start; or take the entry out.",
  ],
  [
    /chat not found|not a member|kicked|member list is inaccessible/i,
    "Add the bot to that group or channel (a person has to press Start), or correct the number: groups' begin with a minus.",
  ],
];

function refused(answer: Answer): Trouble {
  const silent = unanswered(answer, "Telegram");
  if (silent !== undefined) return silent;
  const known = refusal.safeParse("body" in answer ? answer.body : undefined);
  const text = known.success
    ? known.data.description.replace(/^\w[\w ]*: /, "")
    : "an answer that can't be read";
  const next = known.success ? known.data.parameters?.migrate_to_chat_id : undefined;
  if (next !== undefined)
    return { level: "warning", what: "has become a supergroup", hint: `Write its new id there: ${next}` };
  const topic = topicTrouble(text);
  if (topic !== undefined) return topic;
  const hint =
    hints.find(([pattern]) => pattern.test(text))?.[1] ?? "Look at what Telegram says, and ask again.";
  return { level: "error", what: `gets no alerts: ${text}`, hint };
}

/** Alerts take the way through General then, as the sender does it. */
function topicTrouble(text: string): Trouble | undefined {
  const isClosed = /topic_closed/i.test(text);
  if (!isClosed && !/thread not found|topic_deleted/i.test(text)) return undefined;
  return {
    level: "warning",
    what: `is a topic that is ${isClosed ? "closed" : "gone"}: its alerts go to the group's General topic`,
    hint: isClosed
      ? "Open the topic again, or write another one's id there."
      : "Write another topic's id there, or the group's alone for General.",
  };
}
