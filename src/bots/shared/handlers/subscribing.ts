import { changeSubscription, subscribe, unsubscribe } from "../../../alerts/edits.ts";
import type { Limits } from "../../../alerts/limits.ts";
import { setLanguage } from "../../../alerts/settings.ts";
import type { DestinationRecord, Subscription } from "../../../alerts/subscription.ts";
import type { ChangeResult } from "../../../store/contracts/destinations.ts";
import type { TestOutcome } from "../../contracts.ts";
import type { ActionOf } from "../actions.ts";
import { alertState, awayFrom } from "../alertState.ts";
import type { Asked, Tools } from "../conversation.ts";
import { alertsReply, editReply, type ListedAlert } from "../replies/alerts.ts";
import { saidReply } from "../replies/settings.ts";
import { chooseRatioReply, chooseSymbolReply, offeredRatios, subscribedReply } from "../replies/subscribe.ts";
import type { Reply } from "../reply.ts";

/** Subscriptions: making, showing, changing, ending. */
export const subscribingHandlers = {
  "choose-symbol": (tools: Tools, _action: ActionOf<"choose-symbol">, { texts, about }: Asked): Reply =>
    chooseSymbolReply(texts, tools.symbols, about),
  "choose-ratio": async (
    tools: Tools,
    action: ActionOf<"choose-ratio">,
    { texts, about }: Asked,
  ): Promise<Reply> =>
    chooseRatioReply(texts, action, await tools.firings(action.symbol, offeredRatios), about),
  subscribe: subscribeTo,
  unsubscribe: endOf,
  "unsubscribe-all": endAll,
  alerts: async (tools: Tools, _action: ActionOf<"alerts">, asked: Asked): Promise<Reply> =>
    list(tools, asked),
  edit: async (tools: Tools, { id }: ActionOf<"edit">, asked: Asked): Promise<Reply> =>
    showOne(tools, id, asked),
  "change-ratio": change,
  "change-direction": change,
  "change-confidence": change,
  "change-mode": changeMode,
  delete: remove,
  test,
};

/** Nothing here asks for a sum of its own, so those in use don't matter. */
function limitsOf({ symbols }: Tools): Limits {
  return { symbols, notionalsInUse: new Set() };
}

async function subscribeTo(tools: Tools, wish: ActionOf<"subscribe">, asked: Asked): Promise<Reply> {
  const { place, texts, about } = asked;
  const { symbol, ratio } = wish;
  let before: DestinationRecord | undefined;
  const edit = subscribe(place, { symbol, ratio }, limitsOf(tools));
  const result = await tools.destinations.change(place.destination, (record) => {
    before = record;
    return edit(record);
  });
  if (result.kind === "refused") return refusedReply(asked, result);
  const subscription = madeFor(result.record, wish);
  if (subscription === undefined) throw new Error("a subscription that was kept is not there");
  await keepLanguage(tools, asked, result.record);
  const { record } = result;
  const known = before?.subscriptions.some(({ id }) => id === subscription.id) ?? false;
  const outcome = await testPlace(tools, symbol, asked);
  const [imbalance, watch] = await Promise.all([tools.imbalance(symbol), tools.watch(symbol)]);
  return subscribedReply(
    texts,
    {
      subscription,
      typed: ratio,
      isNew: !known,
      away: awayFrom(subscription, imbalance),
      state: alertState(subscription, { record, imbalance, watch, isPolled: true, now: tools.clock.now() }),
      zone: record.settings.zone,
      test: outcome,
      testReason: outcome?.kind === "refused" ? tools.words.explainRefusal(texts, outcome.reason) : "",
    },
    about,
  );
}

/** Alerts come in the language in which they were asked for, until somebody says otherwise. */
async function keepLanguage(tools: Tools, { place, texts }: Asked, record: DestinationRecord): Promise<void> {
  if (record.settings.language !== undefined || texts.language === "en") return;
  await tools.destinations.change(place.destination, setLanguage(place, texts.language));
}

/** The one that `subscribe` made or met: plain, and nearest to what was wished. */
function madeFor(
  { subscriptions }: DestinationRecord,
  { symbol, ratio }: { readonly symbol: string; readonly ratio: number },
): Subscription | undefined {
  return subscriptions
    .filter((one) => one.symbol === symbol && one.direction === "both" && one.notionalUsd === "auto")
    .filter(({ confidence }) => confidence === 50)
    .toSorted((a, b) => Math.abs(a.ratio - ratio) - Math.abs(b.ratio - ratio))[0];
}

/** In a private chat the answer can be the proof; everywhere else something real is posted. */
async function testPlace(
  tools: Tools,
  symbol: string,
  { place, texts }: Asked,
): Promise<TestOutcome | undefined> {
  if (place.kind === "direct" && tools.words.testsDirect !== true) return undefined;
  return tools.sendTest(place.destination, symbol, texts.language);
}

async function test(tools: Tools, { symbol }: ActionOf<"test">, asked: Asked): Promise<Reply> {
  const { place, texts, about } = asked;
  const outcome = await tools.sendTest(place.destination, symbol, texts.language);
  if (outcome.kind === "sent") {
    // whatever stopped the alerts there is over, and not every platform tells of it
    await tools.destinations.enable(place.destination);
    return saidReply(texts.say(about.target === undefined ? "bot-test-sent-here" : "bot-test-sent"));
  }
  if (outcome.kind === "refused") {
    const reason = tools.words.explainRefusal(texts, outcome.reason);
    return saidReply(texts.say("bot-test-refused", { reason }));
  }
  return saidReply(texts.say(outcome.kind === "later" ? "bot-test-later" : "bot-test-unsure"));
}

async function endOf(
  tools: Tools,
  { symbol }: ActionOf<"unsubscribe">,
  { place, texts }: Asked,
): Promise<Reply> {
  const result = await tools.destinations.change(place.destination, unsubscribe({ symbol }));
  const id = result.kind === "changed" ? "bot-unsubscribed" : "bot-unsubscribed-none";
  return saidReply(texts.say(id, { symbol }));
}

async function endAll(
  tools: Tools,
  _action: ActionOf<"unsubscribe-all">,
  { place, texts }: Asked,
): Promise<Reply> {
  const result = await tools.destinations.change(place.destination, unsubscribe("all"));
  return saidReply(
    texts.say(result.kind === "changed" ? "bot-unsubscribed-all" : "bot-unsubscribed-nothing"),
  );
}

async function list(tools: Tools, asked: Asked): Promise<Reply> {
  const record = await tools.destinations.get(asked.place.destination);
  const listed = record === undefined ? [] : await statesOf(tools, record, record.subscriptions);
  return alertsReply(asked.texts, listed, record, asked.about);
}

async function statesOf(
  tools: Tools,
  record: DestinationRecord,
  subscriptions: readonly Subscription[],
): Promise<readonly ListedAlert[]> {
  const now = tools.clock.now();
  const symbols = [...new Set(subscriptions.map(({ symbol }) => symbol))];
  const read = await Promise.all(
    symbols.map(async (symbol) => {
      const [imbalance, watch] = await Promise.all([tools.imbalance(symbol), tools.watch(symbol)]);
      const isPolled = tools.symbols.includes(symbol);
      return [symbol, { record, imbalance, watch, isPolled, now }] as const;
    }),
  );
  const watched = new Map(read);
  return subscriptions.flatMap((subscription) => {
    const known = watched.get(subscription.symbol);
    return known === undefined ? [] : [{ subscription, state: alertState(subscription, known) }];
  });
}

async function showOne(tools: Tools, id: number, asked: Asked): Promise<Reply> {
  const record = await tools.destinations.get(asked.place.destination);
  const one = record?.subscriptions.find((subscription) => subscription.id === id);
  if (record === undefined || one === undefined) return saidReply(asked.texts.say("bot-alert-gone"));
  const [listed] = await statesOf(tools, record, [one]);
  if (listed === undefined) return saidReply(asked.texts.say("bot-alert-gone"));
  return editReply(asked.texts, listed, record.settings.zone, asked.about);
}

async function change(
  tools: Tools,
  { do: _changed, id, ...wanted }: ActionOf<"change-ratio" | "change-direction" | "change-confidence">,
  asked: Asked,
): Promise<Reply> {
  const edit = changeSubscription(id, wanted, limitsOf(tools));
  const result = await tools.destinations.change(asked.place.destination, edit);
  return result.kind === "refused" ? refusedReply(asked, result) : showOne(tools, id, asked);
}

/** Pausing is done in the list as well as in the menu; the list shows both. */
async function changeMode(tools: Tools, action: ActionOf<"change-mode">, asked: Asked): Promise<Reply> {
  const edit = changeSubscription(action.id, { mode: action.mode }, limitsOf(tools));
  const result = await tools.destinations.change(asked.place.destination, edit);
  return result.kind === "refused" ? refusedReply(asked, result) : list(tools, asked);
}

async function remove(tools: Tools, { id }: ActionOf<"delete">, asked: Asked): Promise<Reply> {
  const result = await tools.destinations.change(asked.place.destination, unsubscribe({ id }));
  return result.kind === "refused" ? refusedReply(asked, result) : list(tools, asked);
}

export function refusedReply({ texts }: Asked, refused: Extract<ChangeResult, { kind: "refused" }>): Reply {
  return saidReply(texts.say(refused.reason, refused.arguments));
}
