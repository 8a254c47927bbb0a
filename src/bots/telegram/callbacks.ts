import type { Composer, Context } from "grammy";
import type { CallbackQuery, Message } from "grammy/types";
import type { Texts } from "../../texts/texts.ts";
import type { Action } from "../shared/actions.ts";
import { replyText, type Reply } from "../shared/reply.ts";
import { unseal, type Pressed } from "../shared/signature.ts";
import { replaceWith, sendReply } from "./answer.ts";
import { isHarmless } from "./failures.ts";
import { isAdministrator } from "./rights.ts";
import { chatOfDestination, destinationOf, placeOf, spotOf, type Spot } from "./spot.ts";
import { removeHello } from "./start.ts";
import { textsFor, type TelegramTools } from "./tools.ts";

/** Bot API, answerCallbackQuery. */
const toastLimit = 200;

/** Buttons. What they carry is believed only with our signature, and rights are looked up again at every press. */
export function addCallbacks(composer: Composer<Context>, tools: TelegramTools): void {
  composer.on("callback_query", async (ctx) => {
    const { callbackQuery: query } = ctx;
    const { message } = query;
    if (message === undefined) return answerQuery(tools, query, "");
    const spot = spotOf(message.chat, isReadable(message) ? message : undefined);
    const texts = await textsFor(tools, spot, { languageCode: query.from.language_code });
    const opened = unseal(query.data ?? "", {
      key: tools.ports.signingKey,
      place: destinationOf(spot),
      now: tools.ports.clock.now(),
    });
    if (opened.kind !== "pressed") return answerQuery(tools, query, texts.say("bot-button-old"));
    await press(tools, { query, message, spot, texts, pressed: opened.pressed });
  });
}

interface Press {
  readonly query: CallbackQuery;
  readonly message: NonNullable<CallbackQuery["message"]>;
  readonly spot: Spot;
  readonly texts: Texts;
  readonly pressed: Pressed;
}

async function press(tools: TelegramTools, pressing: Press): Promise<void> {
  const { query, spot, texts, pressed } = pressing;
  const named = namedSpot(pressing);
  const mayChange = async (): Promise<boolean> => isAdministrator(tools.api, named.chatId, query.from.id);
  const isElsewhere = named.chatId !== spot.chatId;
  // another chat's settings are not even shown to a stranger
  if (isElsewhere && !(await mayChange())) return answerQuery(tools, query, texts.say("bot-not-yours"));
  const meant = isElsewhere
    ? { ...spotOf(await tools.api.getChat(named.chatId)), topic: named.topic }
    : named;
  const reply = await tools.perform(pressed.action, {
    place: placeOf(meant, query.from.id),
    texts,
    about: isElsewhere ? { target: destinationOf(meant), chat: meant.title } : {},
    mayChange,
  });
  if (isElsewhere && pressed.action.do === "subscribe") await removeHello(tools, meant.chatId);
  // a channel's readers are many, and what is posted there reaches them all
  const isReaders = spot.kind === "channel" && !(await mayChange());
  if (isReaders || isToast(pressed.action, reply)) return answerQuery(tools, query, replyText(reply));
  await answerQuery(tools, query, "");
  await show(tools, pressing, reply);
}

/** The destination that is meant: the one the button names, or where it stands. */
function namedSpot({ spot, pressed }: Press): Spot {
  const named = pressed.target === undefined ? undefined : chatOfDestination(pressed.target);
  return named === undefined ? spot : { ...spot, ...named };
}

/** Short answers that are for the presser alone need no message. */
function isToast(action: Action, reply: Reply): boolean {
  const isShort = replyText(reply).length <= toastLimit;
  if (action.do === "snooze") return isShort;
  return reply.isPrivate === true && isShort && reply.rows === undefined;
}

/** Pictures and menus change in place; a card or an alert stays, and the answer comes below it. */
async function show(tools: TelegramTools, pressing: Press, reply: Reply): Promise<void> {
  const { spot, texts, message, pressed } = pressing;
  const outgoing = { spot, reply, language: texts.language };
  const isPicture = ["imbalance", "map", "heatmap"].includes(pressed.action.do);
  const isCard = !isReadable(message) || message.photo !== undefined || hasWhy(message);
  if (isReadable(message) && (isPicture || !isCard)) return replaceWith(tools, message, outgoing);
  await sendReply(tools, { ...outgoing, replyTo: message.message_id });
}

/** Cards and alerts have a button for why; menus never do. */
function hasWhy(message: Message): boolean {
  const buttons = message.reply_markup?.inline_keyboard.flat() ?? [];
  return buttons.some((button) => "callback_data" in button && button.callback_data.startsWith("W:"));
}

/** Bot API, InaccessibleMessage: date 0 stands for a message that is gone or too old. */
function isReadable(message: NonNullable<CallbackQuery["message"]>): message is Message {
  return message.date !== 0;
}

/** Every query is answered, or the button goes on spinning. */
async function answerQuery(tools: TelegramTools, { id }: CallbackQuery, text: string): Promise<void> {
  const said = text === "" ? {} : { text: text.slice(0, toastLimit), show_alert: true };
  try {
    await tools.api.answerCallbackQuery(id, said);
  } catch (error) {
    if (!isHarmless(error)) throw error;
  }
}
