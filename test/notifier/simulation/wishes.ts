import type { Edit } from "../../../src/alerts/change.ts";
import { changeSubscription, start, subscribe, unsubscribe } from "../../../src/alerts/edits.ts";
import {
  setFeedNotices,
  setLoudPerDay,
  setMute,
  setQuietHours,
  setZone,
} from "../../../src/alerts/settings.ts";
import type { DestinationRecord } from "../../../src/alerts/subscription.ts";
import { summaryFor } from "../../../src/notifier/holding.ts";
import { noticesPlace } from "../../../src/store/contracts/outbox.ts";
import type { Actions } from "./actions.ts";
import { closingTopic, destinations, movingGroup, placeOf, symbols } from "./cast.ts";
import { iso, nameNow } from "./platforms.ts";
import type { Bot } from "./processes.ts";
import type { Stage } from "./stage.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const limits = { symbols, notionalsInUse: new Set<number>() };

export interface Wishes {
  /** Everybody wants both symbols. */
  readonly begin: () => Promise<void>;
  /** What people do to what they are told. */
  readonly asks: Actions;
}

interface People {
  readonly stage: Stage;
  readonly bot: Bot;
  readonly change: (destination: string, edit: Edit) => Promise<void>;
  readonly someone: () => string;
  readonly newest: (destination: string) => DestinationRecord | undefined;
}

export function createWishes(stage: Stage, bot: Bot): Wishes {
  const { platforms, history, pick } = stage;
  const people: People = {
    stage,
    bot,
    change: async (destination, edit) => {
      await hearOfMove(people, destination);
      await bot.ask(async ({ store }) => store.destinations.change(destination, edit));
    },
    someone: () => nameNow(platforms, pick(destinations)),
    newest: (destination) => history.wishes.get(destination)?.at(-1)?.record,
  };
  return {
    begin: async () => {
      for (const destination of destinations)
        for (const symbol of symbols)
          await people.change(
            destination,
            subscribe(placeOf(destination), { ...aWish(stage), symbol }, limits),
          );
    },
    asks: { ...subscriptionAsks(people), ...settingAsks(people), ...quietAsks(people), ...fates(people) },
  };
}

function aWish({ world, pick }: Stage) {
  return {
    symbol: pick(symbols),
    ratio: pick([1.5, 2, 2, 3]),
    direction: pick(["both", "both", "up", "down"] as const),
    mode: pick(["loud", "loud", "silent"] as const),
    ...(world.random() < 0.3 && { cooldownMs: pick([1, 3]) * hourMs }),
  };
}

function settingAsks({ stage, change, someone }: People): Actions {
  const { world, note, pick } = stage;
  const now = (): number => Math.floor(world.now());
  return {
    mute: async () => {
      const destination = someone();
      const until = now() + pick([30_000, 5 * minuteMs, 2 * hourMs]);
      note(`mute ${destination} until ${iso(until)}`);
      await change(destination, setMute(placeOf(destination), until, now()));
    },
    unmute: async () => {
      const destination = someone();
      note(`unmute ${destination}`);
      await change(destination, setMute(placeOf(destination), undefined, now()));
    },
    loud: async () => {
      const destination = someone();
      const most = pick([{ perDay: 1 }, { perDay: 2 }, { perDay: undefined }]).perDay;
      note(`loud ${destination} ${most}`);
      await change(destination, setLoudPerDay(placeOf(destination), most));
    },
    feed: async () => {
      const destination = someone();
      note(`feed ${destination}`);
      await change(destination, setFeedNotices(placeOf(destination), world.random() < 0.8));
    },
  };
}

function quietAsks({ stage, bot, change, someone }: People): Actions {
  const { world, note, pick } = stage;
  return {
    quiet: async () => {
      const destination = someone();
      const minute = Math.floor(world.now() / minuteMs) % 1_440;
      const from = (minute + pick([-60, -5, 1, 120]) + 1_440) % 1_440;
      const to = (from + pick([10, 62, 480])) % 1_440;
      const zone = pick(["UTC", "Europe/Berlin", "America/New_York"]);
      note(`quiet ${destination} ${from}-${to} ${zone}`);
      await change(destination, setZone(placeOf(destination), zone));
      await change(destination, setQuietHours(placeOf(destination), { from, to }));
    },
    unquiet: async () => {
      const destination = someone();
      note(`unquiet ${destination}`);
      await change(destination, setQuietHours(placeOf(destination), undefined));
      const at = Math.floor(world.now());
      await bot.ask(async ({ store }) =>
        store.outbox.insert(noticesPlace, at, [summaryFor(destination, "quiet-hours", at)]),
      );
    },
  };
}

function subscriptionAsks({ stage, change, someone, newest }: People): Actions {
  const { world, platforms, note, pick } = stage;
  const add = async (destination: string): Promise<void> => {
    const wish = aWish(stage);
    note(`subscribe ${destination} ${JSON.stringify(wish)}`);
    await change(destination, subscribe(placeOf(destination), wish, limits));
  };
  return {
    subscribe: async () => add(someone()),
    mode: async () => {
      const destination = someone();
      const one = newest(destination)?.subscriptions[0];
      if (one === undefined) return;
      const mode = pick(["off", "off", "loud", "silent"] as const);
      note(`mode ${destination} ${one.id} ${mode}`);
      await change(destination, changeSubscription(one.id, { mode }, limits));
    },
    unsubscribe: async () => {
      const destination = someone();
      note(`unsubscribe ${destination}`);
      await change(destination, unsubscribe(world.random() < 0.5 ? "all" : { symbol: pick(symbols) }));
    },
    start: async () => {
      const destination = someone();
      platforms.blocked.delete(destination);
      note(`start ${destination}`);
      await change(destination, start(placeOf(destination)));
      if (newest(destination)?.subscriptions.length === 0) await add(destination);
    },
  };
}

/** What becomes of a chat. */
function fates(people: People): Actions {
  const { world, platforms, note, pick } = people.stage;
  return {
    forget: async () => forget(people, people.someone()),
    block: async () => {
      const destination = pick(destinations.filter((one) => /telegram|discord/.test(one)));
      note(`block ${destination}`);
      platforms.blocked.add(nameNow(platforms, destination));
    },
    move: async () => {
      const { from, to } = movingGroup;
      if (platforms.movedTo.has(from)) return;
      note(`move ${from} to ${to}`);
      platforms.movedTo.set(from, to);
      // else whoever posts there hears of it first
      if (world.random() < 0.5) await move(people, from, to);
    },
    topic: async () => {
      const { from, to } = closingTopic;
      if (world.random() < 0.5) return;
      note(`topic ${from} is gone`);
      await move(people, from, to);
      if (people.newest(from) === undefined) platforms.joined.set(from, to);
    },
  };
}

/** Platforms say so before anybody speaks at the new address. */
async function hearOfMove(people: People, destination: string): Promise<void> {
  const { from, to } = movingGroup;
  const isUnheard = people.stage.platforms.movedTo.has(from) && people.newest(from) !== undefined;
  if (destination === to && isUnheard) await move(people, from, to);
}

/** What a bot died over is told it again. */
async function move({ bot }: People, from: string, to: string): Promise<void> {
  const asked = async () => bot.ask(async ({ store }) => store.destinations.move(from, to));
  const { isDead } = await asked();
  if (isDead) await asked();
}

async function forget(people: People, destination: string): Promise<void> {
  const { stage, bot } = people;
  const { world, history, note } = stage;
  await hearOfMove(people, destination);
  note(`forget ${destination}`);
  const entry = { destination, at: world.now(), doneAt: Infinity };
  history.forgotten.push(entry);
  const asked = async () =>
    bot.ask(async ({ store, forgetting }) =>
      forgetting.forget(destination, async () => store.destinations.forget(destination)),
    );
  // who saw no answer asks again
  const { isDead } = await asked();
  if (isDead) await asked();
  entry.doneAt = world.now();
}
