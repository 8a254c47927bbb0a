import { botsEnglish } from "./english/bots.ts";
import { chartsEnglish } from "./english/charts.ts";
import { deliveryEnglish } from "./english/delivery.ts";
import { discordEnglish } from "./english/discord.ts";
import { rulesEnglish } from "./english/rules.ts";
import { settingsEnglish } from "./english/settings.ts";

/**
 * English, which every other language is checked against: id → Fluent pattern (https://projectfluent.org).
 * Arguments are text that was formatted already. A no-break space keeps a number with its unit.
 */
export const english = {
  // up: shorts sit nearer (short-squeeze); down: longs do (long-flush)
  "headline-up": "{ $symbol } { $ratio }× lopsided up: shorts are closer to liquidation than longs",
  "headline-down": "{ $symbol } { $ratio }× lopsided down: longs are closer to liquidation than shorts",
  "headline-test": "TEST · { $headline }",

  "fall-far":
    "⬇️ { $symbol } needs to fall ~{ $distance } ({ $percent }) to liquidate { $notional } of longs,",
  "rise-near": "⬆️ but rise only ~{ $distance } ({ $percent }) to liquidate { $notional } of shorts.",
  "fall-near":
    "⬇️ { $symbol } needs to fall only ~{ $distance } ({ $percent }) to liquidate { $notional } of longs,",
  "rise-far": "⬆️ but rise ~{ $distance } ({ $percent }) to liquidate { $notional } of shorts.",

  "suggests-up-1": "Shorts crowd closer to the price, so a rise would force buying sooner.",
  "suggests-up-2": "A fall of the same size would force less selling.",
  "suggests-down-1": "Longs crowd closer to the price, so a fall would force selling sooner.",
  "suggests-down-2": "A rise of the same size would force less buying.",

  "readings-title": "How traders tend to read it",
  "momentum-who": "Momentum traders",
  "momentum-up": "may buy a break up, hoping short covering carries it.",
  "momentum-down": "may sell a break down, hoping long liquidations carry it.",
  "makers-who": "Market makers",
  "makers-up": "may quote wider above, where forced buying can run them over.",
  "makers-down": "may quote wider below, where forced selling can run them over.",
  "contrarians-who": "Contrarians",
  "contrarians-up": "may wait until the squeeze is spent, then sell it.",
  "contrarians-down": "may wait until the flush is spent, then buy it.",

  "caveat-first": "Liquidation maps are not price predictions.",
  "caveat-rest":
    "They show where leverage sits, not where price must go; news, ETF flows and spot demand still dominate.",
  "bottom-line-up": "Bottom line: the same liquidations lie { $ratio }× as far below the price as above.",
  "bottom-line-down": "Bottom line: the same liquidations lie { $ratio }× as far above the price as below.",

  honesty: "Estimated (modelled) at { $price } · { $age } · { $venues } · { $band } · { $realised }",
  "honesty-test":
    "Example numbers, not market data. Nothing crossed a threshold; delivery to this place works.",
  "data-age": "data { $age } old",
  "data-age-unknown": "data age unknown",
  "venues-all": "{ $fresh }/{ $total } venues",
  "venues-some": "{ $fresh }/{ $total } venues, { $coverage } of open interest ({ $missing } missing)",
  "names-more": "{ $names } and { $count } more",
  band: "80% band { $low }–{ $high }×",
  "band-none": "no confidence band yet",
  realised: "past maps realised { $share }",
  "realised-over": "past maps held less than was liquidated",
  "realised-none": "past maps not scored yet",

  "resolved-up": "{ $symbol } imbalance back to { $ratio }× up. The alert of { $firedAt } has ended.",
  "resolved-down": "{ $symbol } imbalance back to { $ratio }× down. The alert of { $firedAt } has ended.",
  "resolved-unsure-up":
    "{ $symbol } imbalance is { $ratio }× up, but no longer { $percent } sure to be beyond the threshold. The alert of { $firedAt } has ended.",
  "resolved-unsure-down":
    "{ $symbol } imbalance is { $ratio }× down, but no longer { $percent } sure to be beyond the threshold. The alert of { $firedAt } has ended.",
  "resolved-turned-up":
    "{ $symbol } imbalance has turned, now { $ratio }× up. The downward alert of { $firedAt } has ended.",
  "resolved-turned-down":
    "{ $symbol } imbalance has turned, now { $ratio }× down. The upward alert of { $firedAt } has ended.",
  "possible-repeat": "Possible repeat: an earlier delivery of this message was never confirmed.",

  "age-seconds": "{ $count }\u00a0s",
  "age-minutes": "{ $count }\u00a0min",
  "age-hours": "{ $count }\u00a0h",
  "time-utc": "{ $time } UTC",

  ...botsEnglish,
  ...settingsEnglish,
  ...chartsEnglish,
  ...discordEnglish,
  ...rulesEnglish,
  ...deliveryEnglish,
} as const;

export type TextId = keyof typeof english;

/** What a language has to say: every id, none missing, none invented. */
export type Catalogue = Readonly<Record<TextId, string>>;
