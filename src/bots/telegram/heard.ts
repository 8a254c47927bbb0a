import type { Message } from "grammy/types";
import type { Texts } from "../../texts/texts.ts";
import type { Action } from "../shared/actions.ts";
import type { Paragraph, Reply } from "../shared/reply.ts";
import { sendReply } from "./answer.ts";
import { explainRefusal, isShutOut, refusalOf } from "./failures.ts";
import { isAdministrator } from "./rights.ts";
import { askerOf, placeOf, spotOf, type Asker, type Spot } from "./spot.ts";
import { textsFor, type TelegramTools } from "./tools.ts";

/** A message somebody wrote to the bot, and what is known of it. */
export interface Heard {
  readonly spot: Spot;
  readonly asker: Asker;
  readonly texts: Texts;
  readonly messageId: number;
  /** Set where the message waited while no bot was there. */
  readonly lateMs?: number;
}

/** An update older than this was asked while nobody listened. */
const lateMs = 5 * 60_000;

export async function heardOf(tools: TelegramTools, message: Message): Promise<Heard> {
  const spot = spotOf(message.chat, message);
  const asker = askerOf(message, message.from);
  const ageMs = tools.ports.clock.now() - message.date * 1_000;
  return {
    spot,
    asker,
    texts: await textsFor(tools, spot, asker),
    messageId: message.message_id,
    ...(ageMs > lateMs && { lateMs: ageMs }),
  };
}

/** Does what was asked, in the chat it was asked in. */
export async function act(tools: TelegramTools, heard: Heard, action: Action): Promise<void> {
  const { spot, asker, texts } = heard;
  const reply = await tools.perform(action, {
    place: placeOf(spot, asker.userId),
    texts,
    about: {},
    mayChange: async () => asker.isChatItself || isAdministrator(tools.api, spot.chatId, asker.userId),
  });
  await sendHeard(tools, heard, reply);
}

export async function sendHeard(tools: TelegramTools, heard: Heard, reply: Reply): Promise<void> {
  const { spot, texts, messageId, lateMs: late } = heard;
  const note: Paragraph[] =
    late === undefined
      ? []
      : [[{ text: texts.say("bot-too-old", { age: texts.age(late) }), style: "italic" }]];
  const whole = { ...reply, paragraphs: [...note, ...reply.paragraphs] };
  try {
    await sendReply(tools, { spot, reply: whole, language: texts.language, replyTo: messageId });
  } catch (error) {
    if (!isShutOut(error)) throw error;
    await tellAsker(tools, heard, refusalOf(error)?.description ?? "");
  }
}

/** The chat takes no message of ours: whoever asked is told why in private, if they ever opened the bot. */
async function tellAsker(tools: TelegramTools, { spot, asker, texts }: Heard, reason: string): Promise<void> {
  if (spot.kind === "direct" || asker.userId === undefined) return;
  const said = `${spot.title}: ${explainRefusal(texts, reason)}`;
  await tools.api.sendMessage(asker.userId, said).catch((error: unknown) => {
    if (refusalOf(error) === undefined) throw error;
  });
}
