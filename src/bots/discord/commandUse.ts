import type { Edit } from "../../alerts/change.ts";
import { start, type Place } from "../../alerts/edits.ts";
import { setCrosspost, setStyle } from "../../alerts/settings.ts";
import type { Action } from "../shared/actions.ts";
import { isCommand, readCommand } from "../shared/commandLine.ts";
import { ownSymbol } from "../shared/handlers/market.ts";
import { sayRefusal, type Refusal } from "../shared/refusal.ts";
import { example } from "../shared/replies/subscribe.ts";
import { plain, type Reply } from "../shared/reply.ts";
import type { CommandName } from "../shared/vocabulary.ts";
import { seal } from "../shared/signature.ts";
import { destinationOf } from "./asked.ts";
import { zoneModal } from "./editing.ts";
import type { Channel, CommandUse, Options } from "./interaction.ts";
import { announcementChannel } from "./permissions.ts";
import { preflight, refusedHere } from "./preflight.ts";
import type { Outcome } from "./responder.ts";
import { isPosting, type Turn } from "./turn.ts";

const shownToAll = new Set<CommandName>(["imbalance", "map"]);

/** A slash command: refused at once where nothing must be read for it, answered after a deferral otherwise. */
export async function onCommand(interaction: CommandUse, turn: Turn): Promise<Outcome> {
  const { texts, ports } = turn;
  const { name } = interaction;
  if (!isCommand(name)) return turn.sayAtOnce({ paragraphs: [plain(texts.say("discord-command-old"))] });
  const read = (symbol: string) =>
    readCommand(name, lineOf(interaction.options), { watched: ports.symbols, ownSymbol: symbol });
  const parsed = read(ports.symbols[0] ?? "BTC");
  if (!parsed.ok) return turn.sayAtOnce(misread(turn, parsed.refusal));
  const refused = refusedHere(interaction, parsed.value, texts) ?? channelRefusal(interaction, name, turn);
  if (refused !== undefined) return turn.sayAtOnce(refused);
  const meant = async (): Promise<Action> => {
    if (interaction.options.values.has("symbol") || !speaksOfOwnSymbol.has(name)) return parsed.value;
    const again = read(await ownSymbol(ports, destinationOf(interaction)));
    return again.ok ? again.value : parsed.value;
  };
  const channel = interaction.options.channels.get("channel");
  const target = channel === undefined ? undefined : `discord:${channel.id}`;
  if (parsed.value.do === "choose-zone") return askForZone(turn, target);
  return turn.work({
    screen: shownToAll.has(name) ? "public" : "private",
    target,
    isPosting: isPosting(parsed.value),
    make: async (asked) => {
      if (parsed.value.do === "subscribe") await settle(interaction, asked.place, turn);
      return turn.perform(await meant(), asked);
    },
  });
}

async function askForZone(
  { texts, responder, seal: sealing }: Turn,
  target: string | undefined,
): Promise<Outcome> {
  const pressed = { action: { do: "choose-zone" } as const, ...(target !== undefined && { target }) };
  return responder.openModal(zoneModal(texts, seal(pressed, sealing)));
}

/** Without a symbol the channel's own is meant, which is known only after reading. */
const speaksOfOwnSymbol = new Set<CommandName>(["imbalance", "map", "subscribe"]);

function channelRefusal(interaction: CommandUse, name: CommandName, { texts }: Turn): Reply | undefined {
  return name === "subscribe" ? preflight(interaction, meantChannel(interaction), texts) : undefined;
}

function meantChannel({ options, channel }: CommandUse): Channel {
  return options.channels.get("channel") ?? channel;
}

/** The options as they would be typed: the same reader takes both. */
function lineOf({ values }: Options): string {
  const typed = ["symbol", "ratio", "duration", "hours", "zone", "language"].flatMap((option) => {
    const value = values.get(option);
    return value === undefined ? [] : [String(value)];
  });
  return typed.join(" ");
}

function misread({ texts }: Turn, refusal: Refusal): Reply {
  const { example: line } = refusal;
  return {
    paragraphs: [plain(sayRefusal(texts, refusal)), ...(line === undefined ? [] : [example(texts, line)])],
    isPrivate: true,
  };
}

/** What /subscribe says of the channel itself, in one change: whose it is, how alerts look, whether they are published. */
async function settle(interaction: CommandUse, place: Place, { ports }: Turn): Promise<void> {
  const style = interaction.options.values.get("style");
  const publish = interaction.options.values.get("publish");
  const isAnnouncing = meantChannel(interaction).type === announcementChannel;
  const edits: readonly Edit[] = [
    ...(style === undefined ? [] : [setStyle(place, style === "embed" ? "embed" : undefined)]),
    ...(typeof publish === "boolean" ? [setCrosspost(place, publish && isAnnouncing)] : []),
  ];
  if (edits.length === 0 && !(await isOwnerless(ports.destinations, place))) return;
  await ports.destinations.change(place.destination, inTurn([start(place), ...edits]));
}

/** Kept already, such as from the configuration, without a word about whose it is. */
async function isOwnerless(destinations: Turn["ports"]["destinations"], place: Place): Promise<boolean> {
  const record = await destinations.get(place.destination);
  return record !== undefined && record.settings.guild !== place.guild;
}

/** All of them, or the first refusal. */
function inTurn(edits: readonly [Edit, ...Edit[]]): Edit {
  const [first, ...others] = edits;
  return (record) =>
    others.reduce((change, edit) => (change.kind === "keep" ? edit(change.record) : change), first(record));
}
