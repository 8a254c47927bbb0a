import type { Place } from "../../alerts/edits.ts";
import { textsIn, type Texts } from "../../texts/texts.ts";
import { languageMeant } from "../shared/commandLine.ts";
import type { Asked } from "../shared/conversation.ts";
import type { Interaction } from "./interaction.ts";
import { mayManage } from "./permissions.ts";
import { channelName } from "./render.ts";

/** Where an interaction was used, as a destination. */
export function destinationOf({ channel }: Pick<Interaction, "channel">): string {
  return `discord:${channel.id}`;
}

export function channelOf(destination: string): string {
  return destination.slice("discord:".length);
}

/** The user's own language, as Discord names it; English where we don't speak it. */
export function textsFor({ locale }: Pick<Interaction, "locale">): Texts {
  return textsIn(languageMeant(locale) ?? "en");
}

/** May who used it change what the bot does there? Discord says so anew with every interaction. */
export function mayChange({ place }: Pick<Interaction, "place">): boolean {
  return place.kind === "guild" ? mayManage(place.member) : place.isOwn;
}

/** Who asks what about which place. `target`: another channel than the one it was asked in. */
export function askedBy(interaction: Interaction, target: string | undefined): Asked {
  const here = destinationOf(interaction);
  const destination = target ?? here;
  const about =
    destination === here ? {} : { target: destination, chat: channelName(channelOf(destination)) };
  return {
    place: placeOf(interaction, destination),
    texts: textsFor(interaction),
    about,
    mayChange: async () => mayChange(interaction),
  };
}

function placeOf({ place, user }: Interaction, destination: string): Place {
  const owner = `discord:${user}`;
  if (place.kind === "guild") return { destination, kind: "channel", owner, guild: place.guild };
  return { destination, kind: "direct", owner };
}
