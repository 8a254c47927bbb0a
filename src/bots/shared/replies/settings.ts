import type { DestinationSettings } from "../../../alerts/subscription.ts";
import { languages, textsIn, type Texts } from "../../../texts/texts.ts";
import { quietHoursText } from "../quietHours.ts";
import { bold, inRows, plain, press, type Paragraph, type Reply } from "../reply.ts";
import { localTime, timePiece, withTimes } from "../times.ts";
import { example, type About } from "./subscribe.ts";

type Settings = Partial<DestinationSettings>;

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** What holds for all alerts of a place, with a button for each. */
export function settingsReply(texts: Texts, settings: Settings, now: number, about: About): Reply {
  const { say } = texts;
  const { target, chat } = about;
  const isMuted = settings.mutedUntil !== undefined && settings.mutedUntil > now;
  const muted: Paragraph[] = isMuted ? [mutedLine(texts, "bot-settings-muted", settings)] : [];
  const hours = settings.quietHours;
  const isTold = settings.feedNotices === true;
  return {
    paragraphs: [
      bold(chat === undefined ? say("bot-settings-title") : say("bot-settings-title-in", { chat })),
      plain(
        [
          hours === undefined
            ? say("bot-settings-quiet-off")
            : say("bot-settings-quiet", { hours: quietHoursText(hours) }),
          say("bot-settings-zone", { zone: settings.zone ?? "UTC" }),
          say("bot-settings-language", { language: say("bot-language-name") }),
          loudLine(texts, settings),
          say(isTold ? "bot-settings-feed-on" : "bot-settings-feed-off"),
        ].join("\n"),
      ),
      ...muted,
    ],
    rows: [
      [
        isMuted
          ? press(say("bot-button-unmute"), { do: "unmute" }, target)
          : press(say("bot-button-mute"), { do: "choose-mute" }, target),
        press(say("bot-button-quiet"), { do: "choose-quiet" }, target),
      ],
      [
        press(say("bot-button-zone"), { do: "choose-zone" }, target),
        press(say("bot-button-language"), { do: "choose-language" }, target),
      ],
      [
        press(say("bot-button-loud"), { do: "choose-loud-per-day" }, target),
        press(
          say(isTold ? "bot-button-feed-off" : "bot-button-feed-on"),
          { do: "feed-notices", wanted: !isTold },
          target,
        ),
      ],
      [
        press(say("bot-button-alerts"), { do: "alerts" }, target),
        press(say("bot-button-forget"), { do: "forget" }, target),
      ],
    ],
  };
}

function mutedLine(texts: Texts, id: "bot-settings-muted" | "bot-muted", settings: Settings): Paragraph {
  const until = timePiece(texts, settings.mutedUntil ?? 0, settings.zone);
  return withTimes(texts.say(id, { until: until.text }), [until]);
}

const offeredMutes = [
  { count: 1, unit: "hour" },
  { count: 4, unit: "hour" },
  { count: 8, unit: "hour" },
  { count: 24, unit: "hour" },
  { count: 7, unit: "day" },
] as const;
const unitMs = { hour: hourMs, day: 24 * hourMs };

export function chooseMuteReply(texts: Texts, { target }: About): Reply {
  const buttons = offeredMutes.map(({ count, unit }) =>
    press(texts.duration(count, unit), { do: "mute", durationMs: count * unitMs[unit] }, target),
  );
  return {
    paragraphs: [plain(texts.say("bot-choose-mute")), example(texts, "/mute 2h")],
    rows: inRows(buttons, 3),
  };
}

export function mutedReply(texts: Texts, settings: Settings, { target }: About): Reply {
  return {
    paragraphs: [mutedLine(texts, "bot-muted", settings)],
    rows: [[press(texts.say("bot-button-unmute"), { do: "unmute" }, target)]],
  };
}

const offeredHours = [
  { from: 22 * 60, to: 7 * 60 },
  { from: 23 * 60, to: 8 * 60 },
  { from: 0, to: 6 * 60 },
];

export function chooseQuietReply(texts: Texts, settings: Settings, { target }: About): Reply {
  const { say } = texts;
  const zone = settings.zone ?? "UTC";
  const { quietHours } = settings;
  const now =
    quietHours === undefined
      ? say("bot-choose-quiet-off", { zone })
      : say("bot-choose-quiet-now", { hours: quietHoursText(quietHours), zone });
  const buttons = offeredHours.map((hours) => press(quietHoursText(hours), { do: "quiet", hours }, target));
  return {
    paragraphs: [
      plain(`${say("bot-choose-quiet")}\n${now}`),
      [{ text: `${say("bot-choose-quiet-typed")} ` }, { text: "/quiet 22:30-06:45", style: "code" }],
    ],
    rows: [buttons, [press(say("bot-button-quiet-off"), { do: "quiet", hours: "off" }, target)]],
  };
}

export function quietReply(texts: Texts, settings: Settings): Reply {
  const { say } = texts;
  const { quietHours, zone } = settings;
  if (quietHours === undefined) return { paragraphs: [plain(say("bot-quiet-off"))] };
  const hours = quietHoursText(quietHours);
  const set = plain(say("bot-quiet-set", { hours, zone: zone ?? "UTC" }));
  if (zone !== undefined) return { paragraphs: [set] };
  return {
    paragraphs: [
      set,
      [{ text: `${say("bot-quiet-set-utc", { hours })} ` }, { text: "/zone Berlin", style: "code" }],
    ],
  };
}

export function chooseZoneReply(texts: Texts, settings: Settings, now: number): Reply {
  const { say } = texts;
  const zone = settings.zone ?? "UTC";
  return {
    paragraphs: [
      [{ text: `${say("bot-choose-zone")} ` }, { text: "/zone Berlin", style: "code" }],
      plain(say("bot-choose-zone-location")),
      plain(say("bot-choose-zone-now", { zone, time: localTime(texts, now, zone) })),
    ],
  };
}

export function zoneReply(texts: Texts, zone: string, now: number): Reply {
  return { paragraphs: [plain(texts.say("bot-zone-set", { zone, time: localTime(texts, now, zone) }))] };
}

export function chooseLanguageReply(texts: Texts, { target }: About): Reply {
  const buttons = languages.map((language) =>
    press(textsIn(language).say("bot-language-name"), { do: "language", language }, target),
  );
  return { paragraphs: [plain(texts.say("bot-choose-language"))], rows: inRows(buttons, 2) };
}

function loudLine({ say, count }: Texts, { loudPerDay }: Settings): string {
  return loudPerDay === undefined
    ? say("bot-settings-loud-all")
    : say("bot-settings-loud", { count: count(loudPerDay) });
}

const offeredLoud = [1, 3, 5, 10];

export function chooseLoudPerDayReply(texts: Texts, settings: Settings, { target }: About): Reply {
  const { say, count } = texts;
  const buttons = offeredLoud.map((most) => press(count(most), { do: "loud-per-day", most }, target));
  return {
    paragraphs: [
      plain(say("bot-choose-loud", { zone: settings.zone ?? "UTC" })),
      plain(loudLine(texts, settings)),
    ],
    rows: [buttons, [press(say("bot-button-loud-all"), { do: "loud-per-day", most: "all" }, target)]],
  };
}

export function forgetReply(texts: Texts, { target }: About): Reply {
  const { say } = texts;
  return {
    paragraphs: [bold(say("bot-forget-sure"))],
    rows: [
      [
        press(say("bot-forget-yes"), { do: "forget-now" }, target),
        press(say("bot-forget-no"), { do: "settings" }, target),
      ],
    ],
  };
}

/** One sentence, for what is simply done. */
export function saidReply(text: string): Reply {
  return { paragraphs: [plain(text)] };
}
