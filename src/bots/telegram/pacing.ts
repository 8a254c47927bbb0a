import type { Transformer } from "grammy";
import { systemClock } from "../../ops/clock.ts";
import type { Log } from "../../ops/log.ts";
import type { Pace, PaceLimits, PaceWish, ReplyPace, ReplyTurn } from "../../store/contracts/pace.ts";
import { safeError } from "./failures.ts";

export interface AnswerPacing {
  readonly answers: ReplyPace;
  readonly pause: Pace["pause"];
  /** What alerts keep to: answers count among the same messages. */
  readonly limits: PaceLimits;
}

/** More is asked than Telegram lets us answer: this answer was left out. */
export class BusyError extends Error {
  override readonly name = "BusyError";

  constructor() {
    super("Telegram can't be asked that often");
  }
}

/** Whoever waits longer has asked again. Real time. */
const patienceMs = 3_000;

const counted: ReadonlySet<string> = new Set([
  "sendMessage",
  "sendPhoto",
  "editMessageText",
  "editMessageCaption",
  "editMessageMedia",
]);

/** Lets every answer of the bot keep to the limits that alerts keep to: some wait a little, some are left out. */
export function paceAnswers(pacing: AnswerPacing, log: Log): Transformer {
  const inLine = createLine(pacing, log);
  return async (call, method, payload, signal) => {
    const wish = counted.has(method) ? wishOf(payload) : undefined;
    if (wish === undefined) return call(method, payload, signal);
    await inLine(wish);
    const answer = await call(method, payload, signal);
    const retryAfter = answer.ok ? undefined : answer.parameters?.retry_after;
    // of this chat only: somebody who presses too fast must not hold up everybody's alerts
    if (retryAfter !== undefined)
      await pacing.pause("telegram", wish.chat, retryAfter * 1_000).catch((error: unknown) => {
        log.debug(safeError(error), "a pause could not be kept");
      });
    return answer;
  };
}

/** Who must wait stands in line: who came first goes first, and many who wait cost Redis no more than one. */
function createLine({ answers, limits }: AnswerPacing, log: Log): (wish: PaceWish) => Promise<void> {
  let waiting = 0;
  let last: Promise<void> = Promise.resolve();
  const ask = async (wish: PaceWish): Promise<ReplyTurn> =>
    answers.take("telegram", limits, wish).catch((error: unknown) => {
      log.debug(safeError(error), "an answer could not be counted");
      return { kind: "go" } as const;
    });
  const takeTurn = async (wish: PaceWish, until: number): Promise<void> => {
    while (performance.now() < until) {
      const turn = await ask(wish);
      if (turn.kind === "go") return;
      if (turn.kind === "full") break;
      await systemClock.sleep(Math.min(turn.ms, patienceMs));
    }
    throw new BusyError();
  };
  return async (wish) => {
    const until = performance.now() + patienceMs;
    if (waiting === 0) {
      const turn = await ask(wish);
      if (turn.kind === "go") return;
      if (turn.kind === "full") throw new BusyError();
    }
    waiting += 1;
    const turn = last.then(async () => takeTurn(wish, until)).finally(() => (waiting -= 1));
    last = turn.catch(() => undefined);
    return turn;
  };
}

/** Undefined for what goes to no chat of ours, such as a card in somebody else's. */
function wishOf(payload: object): PaceWish | undefined {
  const chat: unknown = Reflect.get(payload, "chat_id");
  if (typeof chat !== "number" && typeof chat !== "string") return undefined;
  const name = String(chat);
  return { chat: name, isGroup: name.startsWith("-") || name.startsWith("@") };
}
