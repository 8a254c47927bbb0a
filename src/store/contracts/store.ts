import type { Destinations, Rules } from "./destinations.ts";
import type { Depths, Liquidations, OpenInterestLog, Positions } from "./markets.ts";
import type { MarketCache } from "./memory.ts";
import type { Outbox } from "./outbox.ts";
import type { Pace } from "./pace.ts";
import type { Backfills, Rounds } from "./rounds.ts";
import type { Symbols } from "./symbols.ts";
import type { Turns } from "./turns.ts";

export interface Store {
  readonly liquidations: Liquidations;
  readonly positions: Positions;
  readonly depths: Depths;
  readonly openInterest: OpenInterestLog;
  readonly rounds: Rounds;
  readonly backfills: Backfills;
  readonly symbols: Symbols;
  readonly outbox: Outbox;
  readonly markets: MarketCache;
  readonly destinations: Destinations;
  readonly rules: Rules;
  readonly pace: Pace;
  readonly turns: Turns;
}
