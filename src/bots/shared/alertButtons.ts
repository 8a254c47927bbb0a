import type { AlertContent } from "../../alerts/content.ts";
import { textsIn, type Language } from "../../texts/texts.ts";
import type { Action } from "./actions.ts";
import { seal, type Seal } from "./signature.ts";

/** A button as a platform posts it: what stands on it, and the data that comes back. */
export interface SignedButton {
  readonly label: string;
  readonly data: string;
}

const hourMs = 3_600_000;

/**
 * What goes below an alert: snooze, why?, settings. `sealed.place` is the destination it is posted to; one that is known by
 * its name only (`telegram:@name`) gets none, because a press comes with its number.
 */
export function alertButtons(
  { symbol }: Pick<AlertContent, "symbol">,
  language: Language,
  sealed: Seal,
): readonly (readonly SignedButton[])[] {
  if (!/^(?:telegram|discord):-?\d/u.test(sealed.place)) return [];
  const { say } = textsIn(language);
  const button = (label: string, action: Action): SignedButton => ({ label, data: seal({ action }, sealed) });
  return [
    [
      button(say("bot-button-snooze"), { do: "snooze", durationMs: hourMs }),
      button(say("bot-button-why"), { do: "why", symbol }),
      button(say("bot-button-settings"), { do: "alerts" }),
    ],
  ];
}
