import { testAlertContent } from "../alerts/content.ts";
import { alertMessage } from "../alerts/message.ts";
import { platformOf } from "../alerts/platform.ts";
import { symbolRules } from "../alerts/ruleState.ts";
import type { BotPorts, TestOutcome } from "../bots/contracts.ts";
import { rememberedOf } from "../bots/telegram/remembered.ts";
import { createFirings } from "../bots/shared/firings.ts";
import { agedImbalance } from "../model/aged.ts";
import type { Imbalance } from "../model/types.ts";
import type { Sender, SendResult } from "../notifier/contracts.ts";
import { rest } from "../notifier/heed.ts";
import { summaryFor } from "../notifier/holding.ts";
import { createRefusals } from "../notifier/refusals.ts";
import { openSender } from "../notifier/senders/senders.ts";
import { wishOf } from "../notifier/wishOf.ts";
import { createAlertLog } from "../store/ledger/alertLog.ts";
import { createForgetting } from "../store/destinations/forgetting.ts";
import { noticesPlace } from "../store/contracts/outbox.ts";
import type { ReplyPace } from "../store/contracts/pace.ts";
import { readMemory } from "../store/market/memory.ts";
import { createReplyPace } from "../store/pace/replyPace.ts";
import { readSigningKey } from "../store/signingKey.ts";
import { decodeMemory } from "../worker/memory.ts";
import { openDressing, openFileIds, type Dress } from "./dressing.ts";
import type { Parts } from "./parts.ts";
import { openPastDeliveries } from "./pastDeliveries.ts";

/** Everything the bots read and change, for every platform alike. */
export async function openBotPorts(parts: Parts): Promise<BotPorts> {
  const { config, clock, store, redis, pictures } = parts;
  const staleAfterMs = Math.max(3 * config.pollIntervalMs, 10_000);
  const imbalance = async (symbol: string): Promise<Imbalance | undefined> => {
    const stored = await store.symbols.imbalance(symbol);
    return stored === undefined ? undefined : agedImbalance(stored, clock.now(), staleAfterMs);
  };
  const forgetting = createForgetting(redis.commands, { symbols: config.symbols, remembered: rememberedOf });
  const signingKey = await readSigningKey(redis.commands);
  return {
    symbols: config.symbols,
    clock,
    imbalance,
    points: store.symbols.history,
    destinations: store.destinations,
    watch: async (symbol) => {
      const { memory } = decodeMemory(await readMemory(redis.commands, symbol), clock.now());
      return symbolRules(memory.episode, config.alerts);
    },
    firings: createFirings(store.symbols.history, config.alerts, clock),
    deliveries: {
      ...openPastDeliveries(createAlertLog(redis.commands), config.symbols, clock),
      tellHeld: async (destination) => {
        const now = clock.now();
        await store.outbox.insert(noticesPlace, now, [summaryFor(destination, "quiet-hours", now)]);
      },
      forget: forgetting.forget,
    },
    tellStopped: createRefusals({ ...store, clock }).tellOwner,
    pending: async () => {
      const counts = await Promise.all(config.symbols.map(store.outbox.countPending));
      return counts.reduce((sum, count) => sum + count, 0);
    },
    sendTest: createTestSender(parts, { imbalance, dress: await openDressing(parts) }),
    pictures,
    signingKey,
  };
}

/** Posts the example at today's price, exactly as an alert would be posted. It counts as an answer, and waits for none. */
function createTestSender(
  { config, clock, print, store, redis, log }: Parts,
  { imbalance, dress }: { readonly imbalance: BotPorts["imbalance"]; readonly dress: Dress },
): BotPorts["sendTest"] {
  const fileIds = openFileIds(redis.commands, config.telegram.botToken, log);
  const options = { config, clock, print, terminal: process.stdout.isTTY, fileIds };
  const answers = createReplyPace(redis.commands);
  const senders = new Map<string, ReturnType<typeof openSender>>();
  return async (destination, symbol, language) => {
    const platform = platformOf(destination);
    const opened = senders.get(platform) ?? openSender(platform, options);
    senders.set(platform, opened);
    const now = clock.now();
    const [record, priced] = await Promise.all([store.destinations.get(destination), imbalance(symbol)]);
    const content = testAlertContent(symbol, now, priced?.markPrice ?? undefined);
    const style = record?.settings.style;
    const sender = await opened;
    if (!(await mayGo(answers, sender, destination))) return { kind: "later" };
    const result = await sender.send({
      destination,
      message: alertMessage(content, language),
      possibleRepeat: false,
      idempotencyKey: `test-${now}-${destination}`,
      ...(await dress(content, destination, language)),
      ...(style !== undefined && { style }),
    });
    if (result.kind === "rate-limited") {
      const waitMs = Math.max(0, clock.realMs(result.retryAt - clock.now()));
      const isAll = result.scope !== "chat";
      await rest({ sender, pace: store.pace, log }, destination, { waitMs, isAll });
    }
    return outcomeOf(result);
  };
}

async function mayGo(answers: ReplyPace, { platform, pace }: Sender, destination: string): Promise<boolean> {
  if (pace === undefined) return true;
  return (await answers.take(platform, pace.limits, wishOf(pace.names, destination))).kind === "go";
}

function outcomeOf(result: SendResult): TestOutcome {
  switch (result.kind) {
    case "sent":
      return { kind: "sent" };
    case "rejected":
      return { kind: "refused", reason: result.reason };
    case "rate-limited":
    case "migrated":
      return { kind: "later" };
    case "unreachable":
    case "unknown-outcome":
      return { kind: "unsure" };
  }
}
