import { Api } from "grammy";
import { textsIn } from "../../texts/texts.ts";
import type { Log } from "../../ops/log.ts";
import type { Destinations } from "../../store/contracts/destinations.ts";
import type { BotMemory } from "../../store/contracts/memory.ts";
import { languageMeant } from "../shared/commandLine.ts";
import { safeError } from "./failures.ts";
import { chatOfDestination, spotOf } from "./spot.ts";
import { topicName } from "./remembered.ts";

export interface TopicGoneOptions {
  readonly token: string;
  readonly apiRoot: string | undefined;
  readonly destinations: Destinations;
  readonly memory: BotMemory;
  readonly log: Log;
  /** Where the operator has configured a destination, as a log may say it. */
  readonly entryOf: (destination: string) => string | undefined;
}

/** A closed topic may be opened again; whoever runs the forum is told once in this time. */
const toldForMs = 30 * 24 * 3_600_000;

/**
 * What follows when a forum topic no longer takes messages: its alerts go to General, where its settings join those that
 * are there if it is gone for good, and whoever set it up is told once.
 */
export function createTopicGone(options: TopicGoneOptions) {
  const { token, apiRoot, destinations, memory, log } = options;
  const tellOperator = createTellOperator(options);
  const root = apiRoot?.replace(/\/+$/u, "");
  const api = new Api(token, { timeoutSeconds: 15, ...(root !== undefined && { apiRoot: root }) });
  const follow = async (destination: string, isForGood: boolean): Promise<void> => {
    const place = chatOfDestination(destination);
    if (place === undefined) return;
    const isNews = await memory.isFirst(topicName(destination), toldForMs);
    const record = await destinations.get(destination);
    if (isForGood) await destinations.move(destination, `telegram:${place.chatId}`);
    // it may have been told when the topic was closed
    if (!isNews) return;
    const owner = Number(record?.settings.owner?.replace("telegram:", "") ?? Number.NaN);
    if (!Number.isSafeInteger(owner)) return;
    const { title } = spotOf(await api.getChat(place.chatId));
    const own = await destinations.get(`telegram:${owner}`);
    const language = own?.settings.language ?? record?.settings.language ?? "en";
    const texts = textsIn(languageMeant(language) ?? "en");
    await api.sendMessage(owner, texts.say("bot-topic-gone", { chat: title }));
  };
  return (destination: string, isForGood: boolean): void => {
    tellOperator(destination, isForGood);
    follow(destination, isForGood).catch((error: unknown) => {
      log.debug(safeError(error), "nobody could be told of a forum topic that is gone");
    });
  };
}

/** What the operator has configured only the operator can mend: said once by each process, at the first alert. */
function createTellOperator({ log, entryOf }: TopicGoneOptions) {
  const told = new Set<string>();
  return (destination: string, isForGood: boolean): void => {
    const entry = entryOf(destination);
    if (entry === undefined || told.has(destination)) return;
    told.add(destination);
    log.warn(
      {
        destination: entry,
        hint: isForGood
          ? "Write another topic's id there, or the group's alone for General."
          : "Open the topic again, or write another one's id there.",
      },
      `a forum topic is ${isForGood ? "gone" : "closed"}: its alerts go to the group's General topic`,
    );
  };
}
