import type { FiringContent } from "../../../alerts/content.ts";
import type { ActionOf } from "../actions.ts";
import { aftermath } from "../aftermath.ts";
import type { Asked, Tools } from "../conversation.ts";
import { helpReply, privacyReply, startReply } from "../replies/help.ts";
import { historyReply, type PastAlert } from "../replies/history.ts";
import { imbalanceReply } from "../replies/imbalance.ts";
import { heatmapReply, mapReply } from "../replies/pictures.ts";
import { statusReply } from "../replies/status.ts";
import { whyReply } from "../replies/why.ts";
import type { Reply } from "../reply.ts";

/** What is asked about the market and the bot; changes nothing. */
export const marketHandlers = {
  imbalance: async (tools: Tools, { symbol }: ActionOf<"imbalance">, { texts }: Asked): Promise<Reply> =>
    imbalanceReply(texts, symbol, await tools.imbalance(symbol)),
  why: async (tools: Tools, { symbol }: ActionOf<"why">, { texts }: Asked): Promise<Reply> =>
    whyReply(texts, symbol, await tools.imbalance(symbol)),
  map: async (tools: Tools, { symbol }: ActionOf<"map">, { texts }: Asked): Promise<Reply> =>
    mapReply(texts, symbol, await tools.imbalance(symbol)),
  heatmap: async (tools: Tools, { symbol }: ActionOf<"heatmap">, { texts }: Asked): Promise<Reply> =>
    heatmapReply(texts, symbol, await tools.imbalance(symbol)),
  history,
  status,
  help: async (tools: Tools, _action: ActionOf<"help">, { texts, place }: Asked): Promise<Reply> =>
    helpReply(texts, await ownSymbol(tools, place.destination), tools.words.helpOnPlaces),
  privacy: (_tools: Tools, _action: ActionOf<"privacy">, { texts }: Asked): Reply => privacyReply(texts),
  start: (tools: Tools, _action: ActionOf<"start">, { texts }: Asked): Reply =>
    startReply(texts, tools.symbols, tools.words.placeButtons(texts)),
};

/** What a chat is most likely about: its first subscription, or the operator's first symbol. */
export async function ownSymbol(
  tools: Pick<Tools, "destinations" | "symbols">,
  destination: string,
): Promise<string> {
  const record = await tools.destinations.get(destination);
  const own = record?.subscriptions
    .map(({ symbol }) => symbol)
    .find((symbol) => tools.symbols.includes(symbol));
  return own ?? tools.symbols[0] ?? "BTC";
}

const shownAlerts = 8;
const dayMs = 24 * 3_600_000;

async function history(
  tools: Tools,
  { symbol }: ActionOf<"history">,
  { place, texts }: Asked,
): Promise<Reply> {
  const now = tools.clock.now();
  const [record, deliveries] = await Promise.all([
    tools.destinations.get(place.destination),
    tools.deliveries.ofDestination(place.destination, {
      limit: shownAlerts,
      ...(symbol !== undefined && { symbol }),
    }),
  ]);
  const told = deliveries.flatMap((delivery) => {
    const { content } = delivery;
    return content.kind === "firing" ? [{ delivery, content }] : [];
  });
  const past = await Promise.all(
    told.map(async ({ delivery, content }): Promise<PastAlert> => {
      const after = aftermath(content, await pointsAfter(tools, content), now);
      return { delivery, content, after };
    }),
  );
  return historyReply(texts, past, { symbol, zone: record?.settings.zone });
}

async function pointsAfter(tools: Tools, { symbol, time }: FiringContent): ReturnType<Tools["points"]> {
  return tools.points(symbol, time, time + dayMs);
}

async function status(tools: Tools, _action: ActionOf<"status">, { place, texts }: Asked): Promise<Reply> {
  const [symbols, pending, record] = await Promise.all([
    Promise.all(tools.symbols.map(async (symbol) => ({ symbol, imbalance: await tools.imbalance(symbol) }))),
    tools.pending(),
    tools.destinations.get(place.destination),
  ]);
  return statusReply(texts, { symbols, pending, record });
}
