import type { TextId } from "../../../texts/en.ts";
import type { Texts } from "../../../texts/texts.ts";
import { bold, plain, press, type Button, type Paragraph, type Piece, type Reply } from "../reply.ts";
import { commands, type CommandName } from "../vocabulary.ts";

/** A line for each command that works as it stands. */
function examples(symbol: string): Readonly<Record<CommandName, string>> {
  return {
    imbalance: `/imbalance ${symbol}`,
    map: `/map ${symbol}`,
    subscribe: `/subscribe ${symbol} 2.5`,
    unsubscribe: `/unsubscribe ${symbol}`,
    alerts: "/alerts",
    mute: "/mute 2h",
    unmute: "/unmute",
    quiet: "/quiet 22:00-07:00",
    zone: "/zone Berlin",
    history: `/history ${symbol}`,
    status: "/status",
    language: "/language es",
    privacy: "/privacy",
    forget: "/forget",
    help: "/help",
  };
}

/** Every command with an example that can be copied, and what its platform says of `places`. */
export function helpReply(texts: Texts, symbol: string, places: readonly TextId[]): Reply {
  const { say } = texts;
  const lines = examples(symbol);
  const listed = commands.flatMap((command, index): Piece[] => [
    { text: index === 0 ? "" : "\n" },
    { text: lines[command.name], style: "code" },
    { text: `  ${say(command.description)}` },
  ]);
  return {
    paragraphs: [
      bold(say("bot-help-intro")),
      listed.filter(({ text }) => text !== ""),
      plain(places.map((id) => say(id)).join("\n")),
      [{ text: say("bot-help-advice"), style: "italic" }],
    ],
  };
}

export function privacyReply(texts: Texts): Reply {
  const { say } = texts;
  return {
    paragraphs: (["bot-privacy", "bot-privacy-not", "bot-privacy-shared", "bot-privacy-forget"] as const).map(
      (id) => plain(say(id)),
    ),
    isPrivate: true,
  };
}

/** Symbols offered as buttons; the others are typed. */
const offered = 12;

/** `/start`: what this is, and the shortest way to a subscription. `places`: ways into groups and channels. */
export function startReply(texts: Texts, symbols: readonly string[], places: readonly Button[]): Reply {
  const { say } = texts;
  const paragraphs: Paragraph[] = [
    bold(say("bot-start")),
    plain(say("bot-start-how")),
    ...(places.length === 0 ? [] : [plain(say("bot-start-places"))]),
    [{ text: say("bot-help-advice"), style: "italic" }],
  ];
  const buttons = symbols
    .slice(0, offered)
    .map((symbol) => press(`🔔 ${symbol}`, { do: "choose-ratio", symbol }));
  const rows = [
    ...Array.from({ length: Math.ceil(buttons.length / 3) }, (_, row) => buttons.slice(row * 3, row * 3 + 3)),
    [press(`📊 ${symbols[0] ?? ""}`, { do: "imbalance", symbol: symbols[0] ?? "BTC" })],
    ...places.map((button) => [button]),
  ];
  return { paragraphs, rows };
}
