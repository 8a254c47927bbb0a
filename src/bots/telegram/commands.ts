import type { Composer, Context } from "grammy";
import type { Message } from "grammy/types";
import { commandMeant, isCommand, readCommand, type Reader } from "../shared/commandLine.ts";
import { ownSymbol } from "../shared/handlers/market.ts";
import { quoted, type Refusal, sayRefusal } from "../shared/refusal.ts";
import { plain, type Paragraph, type Reply } from "../shared/reply.ts";
import { symbolMeant } from "../shared/symbols.ts";
import { zoneAt } from "../shared/zones.ts";
import type { Texts } from "../../texts/texts.ts";
import { act, heardOf, sendHeard, type Heard } from "./heard.ts";
import { destinationOf } from "./spot.ts";
import { startChat } from "./start.ts";
import type { TelegramTools } from "./tools.ts";

/** Nothing a person means is longer. */
const longestLine = 256;

/** Commands, typed in any chat or posted in the bot's channel. */
export function addCommands(composer: Composer<Context>, tools: TelegramTools): void {
  composer.on(["message:text", "channel_post:text"], async (ctx) => {
    await hear(tools, ctx.msg);
  });
  composer.on("message:location", async (ctx) => {
    const { latitude, longitude } = ctx.msg.location;
    const zone = zoneAt(latitude, longitude);
    // in a group somebody's location is none of the bot's business
    if (ctx.chat.type !== "private" || zone === undefined) return;
    await act(tools, await heardOf(tools, ctx.msg), { do: "zone", zone });
  });
}

async function hear(tools: TelegramTools, message: Message & { text: string }): Promise<void> {
  // what was written elsewhere commands nothing here, such as a channel's post in its discussion group
  if (message.forward_origin !== undefined && message.chat.type !== "private") return;
  const heard = await heardOf(tools, message);
  const { spot, asker } = heard;
  // what others post, or forward, into a channel commands nothing
  if (spot.kind === "channel" && !asker.isChatItself) return;
  const [, name, addressee, rest = ""] =
    /^\/([A-Za-z0-9_]{1,32})(?:@(\w{1,64}))?(?:\s+([\s\S]*))?$/u.exec(message.text) ?? [];
  const line = rest.slice(0, longestLine);
  if (name === undefined) {
    if (spot.kind === "direct") await hearWords(tools, heard, message.text.slice(0, longestLine));
    return;
  }
  const isForUs = addressee?.toLowerCase() === tools.username.toLowerCase();
  if (addressee !== undefined && !isForUs) return;
  if (name.toLowerCase() === "start") return startChat(tools, heard, line.trim());
  if (!isCommand(name.toLowerCase())) {
    // in a group it may be meant for another bot
    if (spot.kind === "direct" || isForUs) await sendHeard(tools, heard, unknownCommand(heard.texts, name));
    return;
  }
  await hearCommand(tools, heard, name.toLowerCase(), line);
}

async function hearCommand(tools: TelegramTools, heard: Heard, name: string, line: string): Promise<void> {
  if (!isCommand(name)) return;
  const reader: Reader = {
    watched: tools.ports.symbols,
    ownSymbol: await ownSymbol(tools.ports, destinationOf(heard.spot)),
  };
  const parsed = readCommand(name, line, reader);
  if (parsed.ok) await act(tools, heard, parsed.value);
  else await sendHeard(tools, heard, refusalReply(heard.texts, parsed.refusal));
}

/** In a private chat a bare symbol asks for it; anything else gets the way to the help. */
async function hearWords(tools: TelegramTools, heard: Heard, text: string): Promise<void> {
  const symbol = symbolMeant(text, tools.ports.symbols);
  if (symbol !== undefined) return act(tools, heard, { do: "imbalance", symbol });
  await sendHeard(tools, heard, unknownCommand(heard.texts, text));
}

function unknownCommand(texts: Texts, typed: string): Reply {
  const meant = commandMeant(typed);
  const args = { typed: quoted(typed) };
  const said =
    meant === undefined
      ? texts.say("bot-command-unknown", args)
      : texts.say("bot-command-typo", { ...args, meant });
  return { paragraphs: [plain(said)] };
}

function refusalReply(texts: Texts, refusal: Refusal): Reply {
  const example: Paragraph[] =
    refusal.example === undefined
      ? []
      : [[{ text: `${texts.say("bot-example")} ` }, { text: refusal.example, style: "code" }]];
  return { paragraphs: [plain(sayRefusal(texts, refusal)), ...example] };
}
