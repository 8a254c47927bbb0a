import type { Texts } from "../../../texts/texts.ts";
import type { AlertState } from "../alertState.ts";
import type { Piece } from "../reply.ts";
import { timePiece, withTimes } from "../times.ts";

/** What a subscription is doing, in a line with a mark before it. */
export function stateText(texts: Texts, state: AlertState, zone: string | undefined): readonly Piece[] {
  const { say } = texts;
  switch (state.kind) {
    case "disabled":
      return [{ text: `⛔ ${say("bot-state-disabled", { reason: state.reason })}` }];
    case "off":
      return [{ text: `⏸ ${say("bot-state-off")}` }];
    case "unwatched":
      return [{ text: `⏳ ${say("bot-state-unwatched")}` }];
    case "muted":
    case "quiet":
    case "cooling": {
      const until = timePiece(texts, state.until, zone);
      return withTimes(`🔕 ${say(`bot-state-${state.kind}`, { until: until.text })}`, [until]);
    }
    case "held":
      return [{ text: `⏳ ${heldText(texts, state.reason)}` }];
    case "firing":
    case "pending": {
      const since = timePiece(texts, state.since, zone);
      const ratio = state.ratio === undefined ? "?" : texts.ratio(state.ratio);
      const mark = state.kind === "firing" ? "🔴" : "🟡";
      return withTimes(`${mark} ${say(`bot-state-${state.kind}`, { since: since.text, ratio })}`, [since]);
    }
    case "armed":
      return [{ text: `🟢 ${armedText(texts, state.away)}` }];
  }
}

function heldText(texts: Texts, reason: Extract<AlertState, { kind: "held" }>["reason"]): string {
  if (reason === "warming-up") return texts.say("bot-state-warming");
  return texts.say("bot-state-data", { reason: texts.say(`bot-data-${reason}`) });
}

function armedText(texts: Texts, away: number | undefined): string {
  if (away === undefined) return texts.say("bot-state-armed-unknown");
  if (away <= 0) return texts.say("bot-state-armed-beyond");
  return texts.say("bot-state-armed", { away: texts.percent(away) });
}
