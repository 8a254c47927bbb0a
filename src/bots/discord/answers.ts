import { setTimeout as sleep } from "node:timers/promises";
import type { PictureResult } from "../../charts/contracts.ts";
import type { BotPorts } from "../contracts.ts";
import { replyText, type Reply } from "../shared/reply.ts";
import { destinationOf } from "./asked.ts";
import type { Interaction } from "./interaction.ts";
import { renderReply } from "./render.ts";
import type { Answer, Outcome, Responder } from "./responder.ts";

export type AnswerPorts = Pick<BotPorts, "pictures" | "signingKey" | "clock">;

/** A picture that takes longer comes after the words. */
const pictureWaitMs = 1_500;

/** Replies as Discord's messages, and onto the screen. */
export interface Answers {
  readonly of: (reply: Reply, interaction: Interaction) => Answer;
  /** After a deferral: the words, with their picture as soon as it is there. */
  readonly show: (reply: Reply, interaction: Interaction, responder: Responder) => Promise<Outcome>;
}

export function createAnswers({ pictures, signingKey, clock }: AnswerPorts): Answers {
  const answerOf = (reply: Reply, interaction: Interaction, picture?: PictureResult): Answer => {
    const seal = { key: signingKey, place: destinationOf(interaction), now: clock.now() };
    if (reply.picture === undefined || picture?.kind !== "picture")
      return { components: renderReply(reply, { seal }) };
    const filename = `${reply.picture.symbol}-${reply.picture.kind}.png`;
    const described = { filename, description: replyText(reply).split("\n")[0] ?? "" };
    const files = [{ name: filename, data: Buffer.from(picture.png), contentType: "image/png" }];
    return { components: renderReply(reply, { seal, picture: described }), files };
  };
  const draw = async ({ kind, symbol }: NonNullable<Reply["picture"]>): Promise<PictureResult> => {
    if (kind === "map") return pictures.map(symbol);
    return kind === "heatmap" ? pictures.heatmap(symbol, "day") : pictures.history(symbol, historyDays);
  };
  return {
    of: answerOf,
    show: async (reply, interaction, responder) => {
      if (reply.picture === undefined) return responder.edit(answerOf(reply, interaction));
      const drawing = draw(reply.picture);
      const soon = await soonOr(drawing, undefined);
      const shown = await responder.edit(answerOf(reply, interaction, soon));
      if (soon !== undefined || shown === "gone") return shown;
      const late = await drawing;
      return late.kind === "failed" ? shown : responder.edit(answerOf(reply, interaction, late));
    },
  };
}

const historyDays = 30;

async function soonOr<T, E>(work: Promise<T>, otherwise: E): Promise<T | E> {
  return limited(work, pictureWaitMs, () => otherwise);
}

/** The work's result, or `late()` when it takes longer than `ms` of real time: Discord's deadlines are real. */
export async function limited<T, E>(work: Promise<T>, ms: number, late: () => E): Promise<T | E> {
  const timer = new AbortController();
  const waiting = sleep(ms, undefined, { signal: timer.signal }).then(late);
  waiting.catch(() => undefined);
  try {
    return await Promise.race([work, waiting]);
  } finally {
    timer.abort();
  }
}
