import type { Api } from "grammy";
import type { Texts } from "../../texts/texts.ts";
import { textsIn } from "../../texts/texts.ts";
import type { Log } from "../../ops/log.ts";
import type { BotMemory } from "../../store/contracts/memory.ts";
import type { BotPorts } from "../contracts.ts";
import { languageMeant } from "../shared/commandLine.ts";
import type { Perform } from "../shared/conversation.ts";
import type { Links } from "./links.ts";
import { destinationOf, type Asker, type Spot } from "./spot.ts";

/** What every feature of the Telegram bot works with. */
export interface TelegramTools {
  readonly api: Api;
  readonly botId: number;
  readonly username: string;
  readonly links: Links;
  readonly ports: BotPorts;
  readonly memory: BotMemory;
  readonly perform: Perform;
  readonly log: Log;
}

/** The chat's own language, else the client's, else English. */
export async function textsFor(
  { ports }: Pick<TelegramTools, "ports">,
  spot: Pick<Spot, "chatId" | "topic">,
  asker: Pick<Asker, "languageCode">,
): Promise<Texts> {
  const record = await ports.destinations.get(destinationOf(spot));
  const wanted = record?.settings.language ?? asker.languageCode ?? "en";
  return textsIn(languageMeant(wanted) ?? "en");
}
