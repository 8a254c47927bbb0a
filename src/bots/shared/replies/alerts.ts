import type { DestinationRecord, Subscription } from "../../../alerts/subscription.ts";
import type { Texts } from "../../../texts/texts.ts";
import type { AlertState } from "../alertState.ts";
import { bold, plain, press, type Button, type Paragraph, type Reply } from "../reply.ts";
import { stateText } from "./state.ts";
import { exactRatio, type About } from "./subscribe.ts";

export interface ListedAlert {
  readonly subscription: Subscription;
  readonly state: AlertState;
}

/** With four buttons each; Telegram takes a hundred. */
const shownWithButtons = 20;

/** `/alerts`: each with its state and buttons. */
export function alertsReply(
  texts: Texts,
  listed: readonly ListedAlert[],
  record: DestinationRecord | undefined,
  about: About,
): Reply {
  const { say } = texts;
  const title =
    about.chat === undefined ? say("bot-alerts-title") : say("bot-alerts-title-in", { chat: about.chat });
  const shown = listed.slice(0, shownWithButtons);
  const more = listed.length - shown.length;
  const zone = record?.settings.zone;
  const paragraphs: Paragraph[] = [
    bold(title),
    ...(listed.length === 0 ? [plain(say("bot-alerts-none"))] : []),
    ...shown.map((alert) => alertParagraph(texts, alert, zone)),
    ...(more > 0 ? [plain(say("bot-alerts-more", { count: texts.count(more) }))] : []),
  ];
  const last = [
    press(say("bot-button-add"), { do: "choose-symbol" }, about.target),
    press(say("bot-button-settings"), { do: "settings" }, about.target),
  ];
  return {
    paragraphs,
    rows: [...shown.map(({ subscription }) => buttons(texts, subscription, about)), last],
  };
}

function alertParagraph(
  texts: Texts,
  { subscription, state }: ListedAlert,
  zone: string | undefined,
): Paragraph {
  return [
    { text: describe(texts, subscription), style: "bold" },
    { text: "\n" },
    ...stateText(texts, state, zone),
  ];
}

/** "BTC 2.5×, either way, 80% sure": what was asked for, in full. */
export function describe(texts: Texts, subscription: Subscription): string {
  const { symbol, ratio, direction, notionalUsd, confidence, mode } = subscription;
  const said = texts.say("bot-alert-line", {
    symbol,
    ratio: exactRatio(texts, ratio),
    direction: texts.say(`bot-direction-${direction}`),
  });
  const extras = [
    notionalUsd === "auto" ? "" : texts.say("bot-alert-notional", { notional: texts.money(notionalUsd) }),
    confidence === 50 ? "" : texts.say("bot-alert-confidence", { percent: texts.percent(confidence / 100) }),
    mode === "silent" ? texts.say("bot-mode-silent") : "",
  ];
  return [said, ...extras.filter((extra) => extra !== "")].join(", ");
}

/** "BTC 2.5×", for buttons. */
export function shortName(texts: Texts, { symbol, ratio }: Subscription): string {
  return `${symbol} ${exactRatio(texts, ratio)}×`;
}

function buttons(texts: Texts, subscription: Subscription, { target }: About): readonly Button[] {
  const { say } = texts;
  const { id, symbol, mode } = subscription;
  const isOff = mode === "off";
  return [
    press(say("bot-button-edit", { name: shortName(texts, subscription) }), { do: "edit", id }, target),
    press(
      say(isOff ? "bot-button-resume" : "bot-button-pause"),
      { do: "change-mode", id, mode: isOff ? "loud" : "off" },
      target,
    ),
    press(say("bot-button-test"), { do: "test", symbol }, target),
    press(say("bot-button-delete"), { do: "delete", id }, target),
  ];
}

/** The menu of one subscription: all that can be changed, with ticks at what it is. */
export function editReply(texts: Texts, listed: ListedAlert, zone: string | undefined, about: About): Reply {
  const { say } = texts;
  const { subscription } = listed;
  const { id, symbol, direction, confidence, mode } = subscription;
  const { target } = about;
  const ticked = (label: string, isNow: boolean): string =>
    isNow ? say("bot-edit-button", { label }) : label;
  const sure = (percent: 50 | 80 | 90): Button =>
    press(
      ticked(say("bot-edit-confidence", { percent: texts.percent(percent / 100) }), confidence === percent),
      { do: "change-confidence", id, confidence: percent },
      target,
    );
  const ways = { both: "bot-edit-either", up: "bot-edit-up", down: "bot-edit-down" } as const;
  const way = (value: Subscription["direction"]): Button =>
    press(
      ticked(say(ways[value]), direction === value),
      { do: "change-direction", id, direction: value },
      target,
    );
  const sound = (value: Subscription["mode"]): Button =>
    press(ticked(say(`bot-edit-${value}`), mode === value), { do: "change-mode", id, mode: value }, target);
  return {
    paragraphs: [
      bold(say("bot-edit-title", { name: shortName(texts, subscription) })),
      alertParagraph(texts, listed, zone),
      plain(say("bot-edit-how")),
    ],
    rows: [
      [press(say("bot-edit-other-ratio"), { do: "choose-ratio", symbol, id }, target)],
      [way("both"), way("up"), way("down")],
      [sure(50), sure(80), sure(90)],
      [sound("loud"), sound("silent"), sound("off")],
      [
        press(say("bot-edit-test"), { do: "test", symbol }, target),
        press(say("bot-edit-delete"), { do: "delete", id }, target),
      ],
      [press(say("bot-button-back"), { do: "alerts" }, target)],
    ],
  };
}
