import type { Composer, Context } from "grammy";
import type { InlineQueryResultArticle } from "grammy/types";
import { textsIn, type Texts } from "../../texts/texts.ts";
import { languageMeant } from "../shared/commandLine.ts";
import { headline, imbalanceReply } from "../shared/replies/imbalance.ts";
import { symbolMeant } from "../shared/symbols.ts";
import { isHarmless } from "./failures.ts";
import { renderText } from "./render.ts";
import type { TelegramTools } from "./tools.ts";

/** How long Telegram may show the same answer; figures change every round. */
const cacheSeconds = 10;
/** Bot API allows 50 results; nobody scrolls that far. */
const mostResults = 10;

/** `@bot BTC` in any chat: the current imbalance as a card to send. */
export function addInline(composer: Composer<Context>, tools: TelegramTools): void {
  composer.on("inline_query", async (ctx) => {
    const texts = textsIn(languageMeant(ctx.from.language_code ?? "en") ?? "en");
    const symbols = wanted(ctx.inlineQuery.query.slice(0, 64), tools.ports.symbols);
    const cards = await Promise.all(symbols.map(async (symbol) => card(tools, texts, symbol)));
    try {
      await ctx.answerInlineQuery(
        cards.filter((each) => each !== undefined),
        {
          cache_time: cacheSeconds,
          is_personal: true,
          button: { text: texts.say("bot-inline-help"), start_parameter: "inline" },
        },
      );
    } catch (error) {
      if (!isHarmless(error)) throw error;
    }
  });
}

/** The symbol that is meant, or all that begin as it was typed. */
function wanted(typed: string, watched: readonly string[]): readonly string[] {
  const meant = symbolMeant(typed, watched);
  if (meant !== undefined) return [meant];
  const start = typed.trim().toUpperCase();
  return watched.filter((symbol) => symbol.startsWith(start)).slice(0, mostResults);
}

async function card(
  { ports, links }: TelegramTools,
  texts: Texts,
  symbol: string,
): Promise<InlineQueryResultArticle | undefined> {
  const imbalance = await ports.imbalance(symbol);
  if (imbalance === undefined) return undefined;
  const { text, entities } = renderText(imbalanceReply(texts, symbol, imbalance));
  return {
    type: "article",
    id: `${symbol}-${imbalance.time}`,
    title: headline(texts, imbalance),
    description: texts.say("caveat-first"),
    input_message_content: {
      message_text: text,
      entities,
      link_preview_options: { is_disabled: true },
    },
    reply_markup: {
      inline_keyboard: [[{ text: texts.say("bot-button-subscribe"), url: links.start(symbol) }]],
    },
  };
}
