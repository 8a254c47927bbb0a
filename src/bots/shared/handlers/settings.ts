import {
  setFeedNotices,
  setLanguage,
  setLoudPerDay,
  setMute,
  setQuietHours,
  setZone,
} from "../../../alerts/settings.ts";
import { quietUntil } from "../../../alerts/quietHours.ts";
import type { Edit } from "../../../alerts/change.ts";
import type { DestinationSettings } from "../../../alerts/subscription.ts";
import { textsIn } from "../../../texts/texts.ts";
import type { ActionOf } from "../actions.ts";
import type { Asked, Tools } from "../conversation.ts";
import {
  chooseLanguageReply,
  chooseLoudPerDayReply,
  chooseMuteReply,
  chooseQuietReply,
  chooseZoneReply,
  forgetReply,
  mutedReply,
  quietReply,
  saidReply,
  settingsReply,
  zoneReply,
} from "../replies/settings.ts";
import type { Reply } from "../reply.ts";
import { refusedReply } from "./subscribing.ts";

/** What holds for a whole place. */
export const settingsHandlers = {
  mute,
  snooze: mute,
  unmute,
  quiet: async (tools: Tools, { hours }: ActionOf<"quiet">, asked: Asked): Promise<Reply> => {
    const edit = setQuietHours(asked.place, hours === "off" ? undefined : hours);
    return changedQuiet(tools, asked, edit, (settings) => quietReply(asked.texts, settings));
  },
  zone: async (tools: Tools, { zone }: ActionOf<"zone">, asked: Asked): Promise<Reply> =>
    changedQuiet(tools, asked, setZone(asked.place, zone), () =>
      zoneReply(asked.texts, zone, tools.clock.now()),
    ),
  language: async (tools: Tools, { language }: ActionOf<"language">, asked: Asked): Promise<Reply> =>
    changed(tools, asked, setLanguage(asked.place, language), () =>
      saidReply(textsIn(language).say("bot-language-set")),
    ),
  "feed-notices": async (tools: Tools, { wanted }: ActionOf<"feed-notices">, asked: Asked): Promise<Reply> =>
    changed(tools, asked, setFeedNotices(asked.place, wanted), (settings) =>
      settingsReply(asked.texts, settings, tools.clock.now(), asked.about),
    ),
  "loud-per-day": async (tools: Tools, { most }: ActionOf<"loud-per-day">, asked: Asked): Promise<Reply> =>
    changed(tools, asked, setLoudPerDay(asked.place, most === "all" ? undefined : most), (settings) =>
      settingsReply(asked.texts, settings, tools.clock.now(), asked.about),
    ),
  "choose-mute": (_tools: Tools, _action: ActionOf<"choose-mute">, { texts, about }: Asked): Reply =>
    chooseMuteReply(texts, about),
  "choose-quiet": async (tools: Tools, _action: ActionOf<"choose-quiet">, asked: Asked): Promise<Reply> =>
    chooseQuietReply(asked.texts, await settingsOf(tools, asked), asked.about),
  "choose-zone": async (tools: Tools, _action: ActionOf<"choose-zone">, asked: Asked): Promise<Reply> =>
    chooseZoneReply(asked.texts, await settingsOf(tools, asked), tools.clock.now()),
  "choose-language": (_tools: Tools, _action: ActionOf<"choose-language">, { texts, about }: Asked): Reply =>
    chooseLanguageReply(texts, about),
  "choose-loud-per-day": async (
    tools: Tools,
    _action: ActionOf<"choose-loud-per-day">,
    asked: Asked,
  ): Promise<Reply> => chooseLoudPerDayReply(asked.texts, await settingsOf(tools, asked), asked.about),
  settings: async (tools: Tools, _action: ActionOf<"settings">, asked: Asked): Promise<Reply> =>
    settingsReply(asked.texts, await settingsOf(tools, asked), tools.clock.now(), asked.about),
  forget: (_tools: Tools, _action: ActionOf<"forget">, { texts, about }: Asked): Reply =>
    forgetReply(texts, about),
  "forget-now": forget,
};

async function mute(tools: Tools, { durationMs }: ActionOf<"mute" | "snooze">, asked: Asked): Promise<Reply> {
  const now = tools.clock.now();
  return changed(tools, asked, setMute(asked.place, now + durationMs, now), (settings) =>
    mutedReply(asked.texts, settings, asked.about),
  );
}

async function settingsOf(tools: Tools, { place }: Asked): Promise<Partial<DestinationSettings>> {
  return (await tools.destinations.get(place.destination))?.settings ?? {};
}

async function changed(
  tools: Tools,
  asked: Asked,
  edit: Edit,
  say: (settings: DestinationSettings) => Reply,
): Promise<Reply> {
  const result = await tools.destinations.change(asked.place.destination, edit);
  return result.kind === "refused" ? refusedReply(asked, result) : say(result.record.settings);
}

async function unmute(tools: Tools, _action: ActionOf<"unmute">, asked: Asked): Promise<Reply> {
  const now = tools.clock.now();
  const { mutedUntil = 0 } = await settingsOf(tools, asked);
  if (mutedUntil <= now) return saidReply(asked.texts.say("bot-unmuted-already"));
  return changed(tools, asked, setMute(asked.place, undefined, now), () =>
    saidReply(asked.texts.say("bot-unmuted")),
  );
}

/** A change after which it may be quiet no longer: what was held back needn't wait for what would have been the end. */
async function changedQuiet(
  tools: Tools,
  asked: Asked,
  edit: Edit,
  say: (settings: DestinationSettings) => Reply,
): Promise<Reply> {
  const { destination } = asked.place;
  const wasQuiet = isQuiet(await settingsOf(tools, asked), tools.clock.now());
  const reply = await changed(tools, asked, edit, say);
  const after = await settingsOf(tools, asked);
  const now = tools.clock.now();
  // a mute leaves summaries out: what is held back is better kept until what was the end
  const { mutedUntil = 0 } = after;
  if (wasQuiet && !isQuiet(after, now) && mutedUntil <= now) await tools.deliveries.tellHeld(destination);
  return reply;
}

function isQuiet({ quietHours, zone = "UTC" }: Partial<DestinationSettings>, now: number): boolean {
  return quietHours !== undefined && quietUntil(quietHours, zone, now) !== undefined;
}

async function forget(
  tools: Tools,
  _action: ActionOf<"forget-now">,
  { place, texts }: Asked,
): Promise<Reply> {
  const { destination } = place;
  const wasThere = await tools.deliveries.forget(destination, async () =>
    tools.destinations.forget(destination),
  );
  return saidReply(texts.say(wasThere ? "bot-forgotten" : "bot-forgotten-nothing"));
}
