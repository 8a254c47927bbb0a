import type { ChatNames, PaceWish } from "../store/contracts/pace.ts";

/** The chat whose limits a destination falls under. `wishOf` of the store's scripts does the same. */
export function wishOf({ before, after, groups }: ChatNames, destination: string): PaceWish {
  const rest = destination.slice(before.length);
  const stop = after === "" ? -1 : rest.indexOf(after);
  const chat = stop < 0 ? rest : rest.slice(0, stop);
  return { chat, isGroup: chat !== "" && groups.includes(chat.charAt(0)) };
}
