import type { FullMessage } from "./message.ts";

/**
 * The message in as much length as a platform gives: the readings go first, then what it suggests, then the
 * bottom line. Headline, both distances, the caveat and the line of honesty are never dropped, so that the
 * shortest form is returned even if it is over the limit. `measure` is the platform's own count of the
 * rendered message (for Telegram UTF-16 units after entities).
 */
export function fitMessage(
  message: FullMessage,
  limit: number,
  measure: (message: FullMessage) => number,
): FullMessage {
  const shorter = [withoutReadings, withoutSuggests, withoutBottomLine];
  return shorter.reduce((kept, drop) => (measure(kept) <= limit ? kept : drop(kept)), message);
}

function withoutReadings(message: FullMessage): FullMessage {
  return { ...message, readings: [] };
}

function withoutSuggests(message: FullMessage): FullMessage {
  return { ...message, suggests: [] };
}

function withoutBottomLine({ bottomLine: _dropped, ...message }: FullMessage): FullMessage {
  return message;
}
