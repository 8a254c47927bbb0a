import type { Log } from "../../ops/log.ts";
import type { BotPorts } from "../contracts.ts";
import { createConversation } from "../shared/conversation.ts";
import { plain, type Reply } from "../shared/reply.ts";
import { createAnswers } from "./answers.ts";
import { textsFor } from "./asked.ts";
import { onCommand } from "./commandUse.ts";
import { onModal } from "./editingUse.ts";
import { safeError } from "./failures.ts";
import { readInteraction, type Interaction } from "./interaction.ts";
import { explainRefusal } from "./preflight.ts";
import { onPress } from "./pressUse.ts";
import { createResponder, type Answering, type Outcome, type Responder } from "./responder.ts";
import { suggestionsFor } from "./suggestions.ts";
import { createTurn, type TurnParts } from "./turn.ts";

export interface DiscordBotOptions {
  readonly ports: BotPorts;
  /** From `openAnswering`. */
  readonly answering: Answering;
  readonly log: Log;
  readonly onOutcome?: (outcome: InteractionOutcome) => void;
}

export type InteractionOutcome = "answered" | "over" | "failed";

export interface DiscordBot {
  /** Takes an interaction as Discord sent it, by whichever way; answers by itself. */
  readonly onInteraction: (payload: unknown) => void;
  /** Resolves when all that was taken so far is answered. */
  readonly settled: () => Promise<void>;
}

/** Beyond this the process is not serving anybody in time. */
const mostAtOnce = 500;

/** Answers people on Discord. Whoever connects it to Discord feeds it; any number of processes may. */
export function createDiscordBot({ ports, answering, log, onOutcome }: DiscordBotOptions): DiscordBot {
  const perform = createConversation(ports, {
    explainRefusal,
    testsDirect: true,
    helpOnPlaces: ["discord-help-servers", "discord-help-channels"],
    placeButtons: () => [],
  });
  const parts: TurnParts = { ports, perform, answers: createAnswers(ports), log };
  const active = new Set<Promise<void>>();

  const take = async (interaction: Interaction): Promise<void> => {
    const responder = createResponder(answering, interaction);
    try {
      const isBusy = active.size >= mostAtOnce;
      const outcome = await (isBusy ? sayBusy : answer)(parts, interaction, responder);
      onOutcome?.(outcome === "gone" ? "over" : "answered");
    } catch (error) {
      onOutcome?.("failed");
      log.warn({ kind: interaction.kind, ...safeError(error) }, "an interaction could not be answered");
    }
  };
  return {
    onInteraction: (payload) => {
      const interaction = readInteraction(payload);
      if (interaction === undefined) {
        log.warn({}, "an interaction of a kind that is not known was left unanswered");
        return;
      }
      const work = take(interaction).finally(() => active.delete(work));
      active.add(work);
    },
    settled: async () => {
      await Promise.all(active);
    },
  };
}

async function answer(parts: TurnParts, interaction: Interaction, responder: Responder): Promise<Outcome> {
  switch (interaction.kind) {
    case "typing":
      return responder.suggest(suggestionsFor(interaction, parts.ports.symbols, textsFor(interaction)));
    case "command":
      return onCommand(interaction, createTurn(parts, interaction, responder));
    case "press":
      return onPress(interaction, createTurn(parts, interaction, responder));
    case "modal":
      return onModal(interaction, createTurn(parts, interaction, responder));
  }
}

async function sayBusy(parts: TurnParts, interaction: Interaction, responder: Responder): Promise<Outcome> {
  if (interaction.kind === "typing") return responder.suggest([]);
  const reply: Reply = { paragraphs: [plain(textsFor(interaction).say("discord-busy"))] };
  return responder.reply(parts.answers.of(reply, interaction), true);
}
