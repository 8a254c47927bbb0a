import type { Imbalance } from "../../../model/types.ts";
import type { Texts } from "../../../texts/texts.ts";
import { bold, plain, press, type Paragraph, type Reply } from "../reply.ts";
import { headline } from "./imbalance.ts";

const saidDistances = new Set([0.01, 0.05]);

/** The caption of `/map`. */
export function mapReply(texts: Texts, symbol: string, imbalance: Imbalance | undefined): Reply {
  const { say } = texts;
  if (imbalance === undefined) return { paragraphs: [bold(say("bot-imbalance-none", { symbol }))] };
  const near = imbalance.bands.filter(({ distanceRatio }) => saidDistances.has(distanceRatio));
  const lines = near.map((band) =>
    say("bot-map-band", {
      distance: texts.percent(band.distanceRatio),
      longs: texts.money(band.longUsd),
      shorts: texts.money(band.shortUsd),
    }),
  );
  return {
    paragraphs: [
      bold(mapTitle(texts, imbalance)),
      plain([headline(texts, imbalance), ...lines].join("\n")),
      ...caveat(texts),
    ],
    picture: { kind: "map", symbol },
    rows: [
      [
        press(say("bot-button-refresh"), { do: "map", symbol }),
        press(say("bot-button-why"), { do: "why", symbol }),
      ],
      [
        press(say("bot-button-heatmap"), { do: "heatmap", symbol }),
        press(say("bot-button-subscribe"), { do: "choose-ratio", symbol }),
      ],
    ],
  };
}

function mapTitle(texts: Texts, { symbol, markPrice, ageMs }: Imbalance): string {
  if (markPrice === null || ageMs === null) return texts.say("chart-map-title", { symbol });
  return texts.say("bot-map-caption", { symbol, price: texts.price(markPrice), age: texts.age(ageMs) });
}

/** The caption of the heatmap. */
export function heatmapReply(texts: Texts, symbol: string, imbalance: Imbalance | undefined): Reply {
  const { say } = texts;
  return {
    paragraphs: [
      bold(say("bot-heatmap-caption", { symbol })),
      ...(imbalance === undefined ? [] : [plain(headline(texts, imbalance))]),
      ...caveat(texts),
    ],
    picture: { kind: "heatmap", symbol },
    rows: [
      [
        press(say("bot-button-refresh"), { do: "heatmap", symbol }),
        press(say("bot-button-map"), { do: "map", symbol }),
      ],
    ],
  };
}

function caveat(texts: Texts): readonly Paragraph[] {
  return [[{ text: texts.say("caveat-first"), style: "italic" }]];
}
