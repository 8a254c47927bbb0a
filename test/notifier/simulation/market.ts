import { die } from "./actor.ts";
import { symbols } from "./cast.ts";
import { showSightings, type Sightings } from "./sightings.ts";
import type { Stage } from "./stage.ts";
import type { Workers } from "./workers.ts";

const minuteMs = 60_000;
/** How often a worker's own poll begins a round's recompute; else a queue wakes it. */
const polled = 0.6;
/** How often another one is woken for the same round: by its deadline, or because a job is taken over. */
const again = 0.5;

/** What is to be seen, and who is woken to look at it. */
export interface Market extends Pick<Sightings, "setRatio" | "setLost"> {
  /** It isn't waited for. */
  readonly look: (symbol: string) => void;
  /** Nobody is woken by the clock. */
  readonly rest: (isResting: boolean) => void;
  readonly close: () => void;
}

export function openMarket({ world, pick }: Stage, workers: Workers): Market {
  const sightings = showSightings();
  const clock = world.actor("clock");
  const slots = new Map<string, number>();
  const look = (symbol: string): void => {
    const slot = (slots.get(symbol) ?? 0) + 1;
    slots.set(symbol, slot);
    const all = workers.all();
    if (all.length === 0) return;
    const first = pick(all);
    first.work({ symbol, slot }, world.random() < polled);
    const others = all.filter((one) => one !== first);
    if (others.length === 0 || world.random() >= again) return;
    // to a clock that is ahead it is the next one already
    pick(others).work({ symbol, slot: world.random() < 0.5 ? slot : slot + 1 }, false);
  };
  let isResting = false;
  const lookAround = (): void => (isResting ? undefined : symbols.forEach(look));
  world.as(clock, () => setInterval(lookAround, minuteMs));
  const rest = (wanted: boolean): void => {
    isResting = wanted;
  };
  return { ...sightings, look, rest, close: () => die(clock) };
}
