import type { ChatNames, PaceLimits, PaceWish } from "../../store/contracts/pace.ts";
import type { Sender } from "../contracts.ts";

/** A platform's limits by chat, where a destination's text says which chat it is. */
export function paceBy(limits: PaceLimits, names: ChatNames): NonNullable<Sender["pace"]> {
  return { limits, names, wishOf: (destination) => wishOf(names, destination) };
}

/** `wishOf` of the store's scripts does the same. */
function wishOf({ before, after, groups }: ChatNames, destination: string): PaceWish {
  const rest = destination.slice(before.length);
  const stop = after === "" ? -1 : rest.indexOf(after);
  const chat = stop < 0 ? rest : rest.slice(0, stop);
  return { chat, isGroup: chat !== "" && groups.includes(chat.charAt(0)) };
}
