import { languages, textsIn, type Texts } from "../../texts/texts.ts";
import type { Log } from "../../ops/log.ts";
import type { BotPorts } from "../contracts.ts";
import type { Action } from "../shared/actions.ts";
import type { Asked, Perform } from "../shared/conversation.ts";
import { plain, type Reply } from "../shared/reply.ts";
import type { Seal } from "../shared/signature.ts";
import { limited, type Answers } from "./answers.ts";
import { askedBy, destinationOf, textsFor } from "./asked.ts";
import { safeError } from "./failures.ts";
import type { Interaction } from "./interaction.ts";
import type { Outcome, Responder } from "./responder.ts";

export interface TurnParts {
  readonly ports: BotPorts;
  readonly perform: Perform;
  readonly answers: Answers;
  readonly log: Log;
}

/** How an answer looks: a new message for all or for one, or the message whose button was pressed. */
export type Screen = "public" | "private" | "in-place";

/** One interaction on its way to its answer. */
export interface Turn {
  readonly ports: BotPorts;
  /** In the language of who asked. */
  readonly texts: Texts;
  readonly responder: Responder;
  /** For buttons that stand where the interaction was used. */
  readonly seal: Seal;
  /** The first and only answer, seen by who asked only. Nothing is read before it. */
  readonly sayAtOnce: (reply: Reply) => Promise<Outcome>;
  /**
   * Acknowledges, then works, then shows what came of it. Does nothing where nobody can be answered: another replica
   * has it, or it came too late.
   */
  readonly work: (working: Working) => Promise<Outcome>;
  /** Does the action, in words that fit the screen. */
  readonly perform: (action: Action, asked: Asked) => Promise<Reply>;
}

export interface Working {
  readonly screen: Screen;
  /** The channel that is meant, where it isn't the one it was asked in. */
  readonly target?: string | undefined;
  /** Something is posted on the way, which may have to wait for Discord. */
  readonly isPosting: boolean;
  readonly make: (asked: Asked) => Promise<Reply>;
}

/** Actions that post a test alert. */
export function isPosting(action: Action): boolean {
  return action.do === "subscribe" || action.do === "test";
}

/**
 * Redis that is away says so at once, one that hangs after two seconds, its commands' own limit; whoever asked knows
 * within 2.5.
 */
const storeLimitMs = 2_200;
const postingLimitMs = 20_000;

export function createTurn(parts: TurnParts, interaction: Interaction, responder: Responder): Turn {
  const { ports, answers, perform, log } = parts;
  const texts = textsFor(interaction);
  const trouble: Reply = { paragraphs: [plain(texts.say("discord-trouble"))] };

  const make = async ({ target, make: work, screen }: Working): Promise<Reply> => {
    if (await isStrange(ports, interaction, target)) {
      return { paragraphs: [plain(texts.say("discord-other-server"))] };
    }
    const spoken = screen === "public" ? await channelTexts(ports, interaction, texts) : texts;
    return work({ ...askedBy(interaction, target), texts: spoken });
  };
  const work: Turn["work"] = async (working) => {
    const isPrivate = working.screen === "private";
    const acknowledged =
      working.screen === "in-place" ? await responder.deferUpdate() : await responder.defer(isPrivate);
    if (acknowledged === "gone") {
      log.debug({}, "an interaction was taken by somebody else, or is over");
      return acknowledged;
    }
    const making = make(working).catch((error: unknown) => {
      log.warn(safeError(error), "what was asked on Discord could not be done");
      return trouble;
    });
    const limitMs = working.isPosting ? postingLimitMs : storeLimitMs;
    return answers.show(await limited(making, limitMs, () => trouble), interaction, responder);
  };
  return {
    ports,
    texts,
    responder,
    seal: { key: ports.signingKey, place: destinationOf(interaction), now: ports.clock.now() },
    sayAtOnce: async (reply) => responder.reply(answers.of(reply, interaction), true),
    work,
    perform,
  };
}

/** Buttons are signed for the place they stand in; that what they mean is of the same server is looked at besides. */
async function isStrange(
  { destinations }: BotPorts,
  interaction: Interaction,
  target: string | undefined,
): Promise<boolean> {
  if (target === undefined || target === destinationOf(interaction)) return false;
  if (interaction.place.kind !== "guild") return true;
  const guild = (await destinations.get(target))?.settings.guild;
  return guild !== undefined && guild !== interaction.place.guild;
}

/** What all can read is in the channel's language, where it has one. */
async function channelTexts(
  { destinations }: BotPorts,
  interaction: Interaction,
  own: Texts,
): Promise<Texts> {
  const settings = (await destinations.get(destinationOf(interaction)))?.settings;
  const language = languages.find((known) => known === settings?.language);
  return language === undefined ? own : textsIn(language);
}
