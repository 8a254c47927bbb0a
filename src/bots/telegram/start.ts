import { start } from "../../alerts/edits.ts";
import { plain } from "../shared/reply.ts";
import { chooseSymbolReply } from "../shared/replies/subscribe.ts";
import { saidReply } from "../shared/replies/settings.ts";
import { sendReply } from "./answer.ts";
import { act, sendHeard, type Heard } from "./heard.ts";
import { readPayload } from "./links.ts";
import { canPost, isAdministrator } from "./rights.ts";
import { chatOfDestination, destinationOf, placeOf, spotOf } from "./spot.ts";
import type { TelegramTools } from "./tools.ts";
import { channelRequest } from "./requests.ts";
import { helloName } from "./remembered.ts";

/** `/start`, alone or with what a link carries. Whatever was stopped here goes on. */
export async function startChat(tools: TelegramTools, heard: Heard, payload: string): Promise<void> {
  const { spot, asker, texts } = heard;
  const place = placeOf(spot, asker.userId);
  const mayChange = asker.isChatItself || (await isAdministrator(tools.api, spot.chatId, asker.userId));
  const known = await tools.ports.destinations.get(destinationOf(spot));
  if (known !== undefined && mayChange)
    await tools.ports.destinations.change(place.destination, start(place));
  const started = readPayload(payload, tools.ports.symbols);
  if (started.kind === "set-up") return setUp(tools, heard, started.target);
  if (started.kind === "action") return act(tools, heard, started.action);
  await act(tools, heard, { do: "start" });
  if (spot.kind !== "direct") return;
  await tools.api.sendMessage(
    spot.chatId,
    texts.say("bot-pick-channel", { button: texts.say("bot-button-pick-channel") }),
    { reply_markup: channelRequest(texts) },
  );
}

/** Offers the set-up of another chat, to its administrators, in their private chat. */
export async function setUp(tools: TelegramTools, heard: Heard, target: string): Promise<void> {
  const { asker, texts, spot } = heard;
  if (spot.kind !== "direct") return sendHeard(tools, heard, saidReply(texts.say("bot-picked-wrong-place")));
  const chat = chatOfDestination(target);
  const isTheirs = chat !== undefined && (await isAdministrator(tools.api, chat.chatId, asker.userId));
  if (chat === undefined || !isTheirs) {
    return sendHeard(tools, heard, saidReply(texts.say("bot-not-yours")));
  }
  const named = spotOf(await tools.api.getChat(chat.chatId));
  const right = named.kind === "channel" ? await canPost(tools.api, chat.chatId, tools.botId) : "yes";
  if (right !== "yes") {
    const id = right === "no-right" ? "bot-channel-no-right" : "bot-channel-not-admin";
    return sendHeard(tools, heard, saidReply(texts.say(id, { chat: named.title })));
  }
  await removeHello(tools, chat.chatId);
  const about = { target, chat: named.title };
  const menu = chooseSymbolReply(texts, tools.ports.symbols, about);
  const intro = plain(texts.say("bot-channel-added", { chat: named.title }));
  const reply = { ...menu, paragraphs: [intro] };
  await sendReply(tools, { spot, reply, language: texts.language });
}

/** The line in a channel that showed the way to its set-up has done its work. */
export async function removeHello({ memory, api, log }: TelegramTools, chatId: number): Promise<void> {
  const name = helloName(chatId);
  const messageId = await memory.recall(name);
  if (messageId === undefined) return;
  await memory.drop(name);
  await api.deleteMessage(chatId, Number(messageId)).catch(() => {
    log.debug({}, "a set-up line could not be deleted");
  });
}
