const platform = "telegram:";

/** Which message in a channel shows the way to its set-up. */
export function helloName(chatId: number | string): string {
  return `hello-${chatId}`;
}

/** That somebody was told that a forum topic is closed or gone. */
export function topicName(destination: string): string {
  return `topic-${destination}`;
}

/** What of a destination the bots remember for longer than a day, by its names. */
export function rememberedOf(destination: string): readonly string[] {
  if (!destination.startsWith(platform)) return [];
  return [helloName(destination.slice(platform.length)), topicName(destination)];
}
