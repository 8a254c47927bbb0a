import { noteOwnerTold } from "../../alerts/edits.ts";
import type { Clock } from "../../ops/clock.ts";
import type { Log } from "../../ops/log.ts";
import type { Destinations } from "../../store/contracts/destinations.ts";
import { languages, textsIn } from "../../texts/texts.ts";
import type { BotPorts } from "../contracts.ts";
import { channelOf } from "./asked.ts";
import type { TellUser } from "./directMessages.ts";
import { safeError } from "./failures.ts";
import type { ChannelRights, GatewayEvents } from "./gateway.ts";
import { missingRights, type Right } from "./permissions.ts";
import { channelName } from "./render.ts";

export interface ServerEventsOptions {
  readonly destinations: Destinations;
  readonly clock: Clock;
  readonly log: Log;
  readonly onInteraction: (payload: unknown) => void;
  readonly tell: TellUser;
  readonly tellStopped: BotPorts["tellStopped"];
}

/** Why sending stopped, as people and operators read it. */
const reasons = {
  left: "I was removed from the server",
  deleted: "the channel was deleted",
  missing: "a permission is missing: ",
} as const;

/** Without these nothing can be posted; without the others alerts are only plainer. */
const vital = new Set<Right>(["view", "send", "send-in-threads"]);

/**
 * What happens to servers and channels, told to those who are subscribed there: nothing is sent to a place that can't
 * be reached, and it goes on by itself when it can be reached again. What is missed while nobody is connected is
 * learnt from the first message that is refused.
 */
export function createServerEvents(options: ServerEventsOptions): GatewayEvents & {
  readonly settled: () => Promise<void>;
} {
  const { destinations, log } = options;
  const active = new Set<Promise<void>>();
  const later = (work: Promise<void>): void => {
    const kept = work
      .catch((error: unknown) =>
        log.warn(safeError(error), "what happened to a Discord server could not be noted"),
      )
      .finally(() => active.delete(kept));
    active.add(kept);
  };
  const stop = async (destination: string, reason: string): Promise<void> =>
    stopAndTell(options, destination, reason);
  return {
    onInteraction: options.onInteraction,
    onGuildLeft: (guild) => later(eachOf(destinations, guild, async (each) => stop(each, reasons.left))),
    onGuildJoined: (guild) => later(goOn(destinations, guild)),
    onChannelDeleted: (channel) => later(stop(`discord:${channel}`, reasons.deleted)),
    onRights: (rights) => later(applyRights(destinations, { rights, stop })),
    settled: async () => {
      await Promise.all(active);
    },
  };
}

/** Whoever set it up hears of it, once. */
async function stopAndTell(
  { destinations, clock, log, tell, tellStopped }: ServerEventsOptions,
  destination: string,
  reason: string,
): Promise<void> {
  if (!(await destinations.disable(destination, reason, clock.now()))) return;
  const record = await destinations.get(destination);
  const user = /^discord:(\d{15,20})$/u.exec(record?.settings.owner ?? "")?.[1];
  if (record === undefined || user === undefined) return;
  const language = languages.find((known) => known === record.settings.language) ?? "en";
  const channel = channelName(channelOf(destination));
  // first, or whoever has an alert for it right now would tell as well
  await destinations.change(destination, noteOwnerTold);
  try {
    await tell(user, textsIn(language).say("discord-owner-stopped", { channel, reason }));
  } catch (error) {
    log.debug(safeError(error), "an owner could not be told; the outbox tries again");
    await tellStopped(record);
  }
}

async function eachOf(
  destinations: Destinations,
  guild: string,
  act: (destination: string) => Promise<void>,
): Promise<void> {
  for (const destination of await destinations.ofGuild(guild)) await act(destination);
}

async function goOn(destinations: Destinations, guild: string): Promise<void> {
  await eachOf(destinations, guild, async (destination) => {
    const record = await destinations.get(destination);
    const reason = record?.disabled?.reason;
    if (reason === reasons.left || isRefusal(reason)) await destinations.enable(destination);
  });
}

interface Applying {
  readonly rights: readonly ChannelRights[];
  readonly stop: (destination: string, reason: string) => Promise<void>;
}

/** By channel, because what the operator has configured names no server. */
async function applyRights(destinations: Destinations, { rights, stop }: Applying): Promise<void> {
  const names = rights.map(({ channel }) => `discord:${channel}`);
  const records = await destinations.getMany(names);
  for (const [index, { type, granted }] of rights.entries()) {
    const record = records[index];
    if (record === undefined) continue;
    const { destination, disabled } = record;
    const missing = missingRights(type, granted).filter((right) => vital.has(right));
    if (missing.length > 0 && disabled === undefined) {
      await stop(destination, `${reasons.missing}${rightNames(missing)}`);
    } else if (missing.length === 0 && isOver(disabled?.reason)) {
      await destinations.enable(destination);
    }
  }
}

/** Is what stopped it over where nothing is missing any more? */
function isOver(reason: string | undefined): boolean {
  return reason === reasons.left || reason?.startsWith(reasons.missing) === true || isRefusal(reason);
}

/** An alert was refused for want of access (50001) or of a permission (50013) before we heard why. */
function isRefusal(reason: string | undefined): boolean {
  return reason !== undefined && /\((?:50001|50013)\)/u.test(reason);
}

function rightNames(rights: readonly Right[]): string {
  return rights.map((right) => textsIn("en").say(`discord-right-${right}`)).join(", ");
}
