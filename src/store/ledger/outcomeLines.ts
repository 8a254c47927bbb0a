import type { Delivery, DeliveryResult, Outcome } from "../contracts/outbox.ts";

const states: Readonly<Record<Exclude<DeliveryResult["kind"], "sent">, string>> = {
  dead: "d",
  skipped: "k",
  held: "h",
  postponed: "p",
  back: "b",
  unknown: "u",
};

/**
 * As settleScript.ts takes them, a claim's worth in one argument: a line for each outcome, and before it, where they
 * change, lines with what it shares with those behind it.
 */
export function packOutcomes(outcomes: readonly Outcome[], withTurns: boolean): string {
  let text = "";
  let ticket = "";
  let manner = "";
  for (const { delivery, result, end } of outcomes) {
    if (delivery.ticket !== ticket) {
      ticket = delivery.ticket;
      text += `\t${ticket}\n`;
    }
    const isFirst = isUsual(delivery, result);
    const turn = withTurns && end !== undefined ? `=${end.pushes ?? ""}` : "";
    const its = isFirst ? `f${turn}` : `n${turn}`;
    if (its !== manner) {
      manner = its;
      text += `\t\t${its}\n`;
    }
    text += `${delivery.destination}\t${isFirst ? result.messageId : `${delivery.attempt}\t${packResult(delivery, result)}`}\n`;
  }
  return text;
}

/** A push that was sent at its first attempt, to whom it was for: nearly all are. */
function isUsual(
  { attempt, alert }: Delivery,
  result: DeliveryResult,
): result is Extract<DeliveryResult, { kind: "sent" }> {
  return attempt === 1 && alert.kind === "push" && result.kind === "sent" && result.destination === undefined;
}

function packResult({ alert, version }: Delivery, result: DeliveryResult): string {
  if (result.kind === "sent") {
    const extra = alert.kind === "edit" ? version : result.destination;
    return extra === undefined ? `o\t${result.messageId}` : `m\t${extra}\t${result.messageId}`;
  }
  const note = oneLine(result.reason);
  const state = states[result.kind];
  return "retryInMs" in result
    ? `${state}\t${Math.max(0, Math.ceil(result.retryInMs))}\t${note}`
    : `${state}\t${note}`;
}

function oneLine(reason: string): string {
  return reason.includes("\n") ? reason.replaceAll("\n", " ") : reason;
}
