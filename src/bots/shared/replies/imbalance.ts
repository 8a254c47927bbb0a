import { alertContent } from "../../../alerts/content.ts";
import { judgeData, strength, type Direction } from "../../../alerts/data.ts";
import { alertMessage, type FullMessage } from "../../../alerts/message.ts";
import type { Imbalance } from "../../../model/types.ts";
import type { Texts } from "../../../texts/texts.ts";
import { bold, plain, press, type Button, type Paragraph, type Reply } from "../reply.ts";

/** The card of `/imbalance`: the same sentences as an alert, for the present. */
export function imbalanceReply(texts: Texts, symbol: string, imbalance: Imbalance | undefined): Reply {
  if (imbalance === undefined) {
    return {
      paragraphs: [bold(texts.say("bot-imbalance-none", { symbol }))],
      rows: [[refresh(texts, symbol)]],
    };
  }
  const told = sayImbalance(texts, imbalance);
  return {
    paragraphs: told ?? unusable(texts, imbalance),
    rows: imbalanceButtons(texts, symbol),
    picture: { kind: "map", symbol },
  };
}

/** Refresh, why, heatmap, subscribe. */
function imbalanceButtons(texts: Texts, symbol: string): readonly (readonly Button[])[] {
  const { say } = texts;
  return [
    [refresh(texts, symbol), press(say("bot-button-why"), { do: "why", symbol })],
    [
      press(say("bot-button-heatmap"), { do: "heatmap", symbol }),
      press(say("bot-button-subscribe"), { do: "choose-ratio", symbol }),
    ],
  ];
}

function refresh(texts: Texts, symbol: string): Button {
  return press(texts.say("bot-button-refresh"), { do: "imbalance", symbol });
}

/** Undefined where the figures are not fit to be said. */
function sayImbalance(texts: Texts, imbalance: Imbalance): readonly Paragraph[] | undefined {
  const message = presentMessage(texts, imbalance);
  if (message === undefined) return undefined;
  const isBalanced = imbalance.regime === "balanced";
  return [
    bold(headline(texts, imbalance)),
    plain(`${message.down}\n${message.up}`),
    plain(isBalanced ? texts.say("bot-imbalance-balanced-why") : (message.suggests[0] ?? "")),
    [{ text: message.caveat.first, style: "bold" }, { text: ` ${message.caveat.rest}` }],
    [{ text: message.honesty, style: "italic" }],
  ];
}

/** One line that says how lopsided it is, for captions and lists as well. */
export function headline(texts: Texts, imbalance: Imbalance): string {
  const { symbol, regime, markPrice, ratio } = imbalance;
  const price = markPrice === null ? "" : texts.price(markPrice);
  if (regime === "stale") return texts.say("bot-imbalance-stale", { symbol });
  if (ratio === null || regime === "thin") return texts.say("bot-imbalance-thin", { symbol });
  if (regime === "balanced") return texts.say("bot-imbalance-balanced", { symbol, price });
  const direction = leaning(ratio);
  return texts.say(`bot-imbalance-${direction}`, {
    symbol,
    price,
    ratio: texts.ratio(strength(ratio, direction)),
  });
}

export function leaning(ratio: number): Direction {
  return ratio >= 1 ? "up" : "down";
}

/** The sentences an alert would have now. */
function presentMessage(texts: Texts, imbalance: Imbalance): FullMessage | undefined {
  const judged = judgeData(imbalance);
  if (!judged.usable) return undefined;
  const content = alertContent(imbalance, {
    kind: "fire",
    reason: "held",
    direction: leaning(judged.data.ratio),
    rule: "now",
    alertId: "now",
    episodeId: "now",
    firedAt: imbalance.time,
  });
  const message = alertMessage(content, texts.language);
  return message.kind === "full" ? message : undefined;
}

function unusable(texts: Texts, imbalance: Imbalance): readonly Paragraph[] {
  if (imbalance.regime !== "stale") {
    return [bold(headline(texts, imbalance)), plain(texts.say("bot-imbalance-thin-why"))];
  }
  const ages = imbalance.venues.flatMap(({ ageMs }) => (ageMs === null ? [] : [ageMs]));
  const age = ages.length === 0 ? "?" : texts.age(Math.min(...ages));
  return [bold(headline(texts, imbalance)), plain(texts.say("bot-imbalance-stale-why", { age }))];
}
