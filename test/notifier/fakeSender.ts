import type { Sender, SendRequest, SendResult } from "../../src/notifier/contracts.ts";
import type { RuleAlert } from "../../src/store/contracts/symbols.ts";
import { content } from "./builders.ts";

const rule = "up-auto-50-2";
/** What a rule says to all that `subscribed` made. */
export const aPush = (alertId: string, over: Partial<RuleAlert> = {}): RuleAlert => ({
  alertId,
  kind: "push",
  episodeId: alertId,
  content,
  rule,
  ...over,
});

/** A platform that answers what the test scripts, "sent" when that has run out. */
export function fakeSender(answers: readonly SendResult[] = [], over: Partial<Sender> = {}) {
  const left = [...answers];
  const requests: SendRequest[] = [];
  const edits: unknown[] = [];
  const sender: Sender = {
    platform: "console",
    send: async (request) => {
      requests.push(request);
      return left.shift() ?? { kind: "sent", messageId: `m${requests.length}` };
    },
    edit: async (request) => {
      edits.push([request.destination, request.messageId, request.message.headline]);
      return { kind: "sent", messageId: request.messageId };
    },
    ...over,
  };
  return { sender, requests, edits };
}
