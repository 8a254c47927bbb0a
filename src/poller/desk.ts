import type { Clock } from "../ops/clock.ts";
import type { Log } from "../ops/log.ts";
import type { OpenInterestLog } from "../store/contracts/markets.ts";
import type { VenueAdapter } from "./adapter.ts";
import type { Boards } from "./board.ts";
import type { Line } from "./line.ts";
import type { Markets } from "./markets.ts";
import type { Recall } from "./recall.ts";
import type { Listed } from "./resolve.ts";
import type { Tiers } from "./tiers.ts";

/** What everything that is asked of one venue needs. */
export interface Desk {
  readonly adapter: VenueAdapter;
  readonly line: Line;
  readonly markets: Markets;
  readonly tiers: Tiers;
  /** What we heard of open interest ourselves. */
  readonly recorded?: Pick<OpenInterestLog, "bars"> | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** One contract in one round. */
export interface Part {
  readonly contract: Listed;
  /** Open time of the newest closed bar the model has of it. */
  readonly cursor: number | undefined;
  readonly recall: Recall;
  readonly boards: Boards;
  /** Its candles are asked for when a bar has closed, and `delayMs` after that, instead of in every round. */
  readonly onClose: boolean;
  readonly delayMs: number;
  readonly signal?: AbortSignal | undefined;
}
