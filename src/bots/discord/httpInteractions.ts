import { InteractionResponseType, InteractionType } from "discord-api-types/v10";
import { z } from "zod";
import type { Clock } from "../../ops/clock.ts";
import type { Webhook } from "../../http/contracts.ts";
import type { Verify } from "./signature.ts";

export interface HttpInteractionsOptions {
  readonly verify: Verify;
  /** Takes an interaction as the gateway would bring it. */
  readonly onInteraction: (payload: unknown) => void;
  readonly clock: Clock;
}

const ping = z.object({ type: z.literal(InteractionType.Ping) });

/**
 * Interactions that Discord POSTs instead of sending them through the gateway. Only its ping is answered here;
 * everything else is answered by the callback route, as with the gateway, for which Discord wants a 202 without a
 * body (discord-api-docs, interactions/receiving-and-responding#create-interaction-response).
 */
export function createHttpInteractions({ verify, onInteraction, clock }: HttpInteractionsOptions): Webhook {
  return async ({ header, body }) => {
    const signature = header("x-signature-ed25519");
    const timestamp = header("x-signature-timestamp");
    const verdict = verify({ signature, timestamp, body }, clock.now());
    if (verdict !== "genuine") return { status: 401, body: refusals[verdict] };
    const payload = parse(body);
    if (payload === undefined) return { status: 400, body: refusals.malformed };
    if (ping.safeParse(payload).success) return { status: 200, body: { type: InteractionResponseType.Pong } };
    onInteraction(payload);
    return { status: 202 };
  };
}

const refusals = {
  forged: { error: "wrong signature", hint: "DISCORD_PUBLIC_KEY must be this application's public key" },
  replayed: { error: "old request", hint: "its time is over, or it came before: check the clock here" },
  malformed: { error: "no JSON", hint: "Discord sends JSON" },
} as const;

function parse(body: Uint8Array): unknown {
  try {
    const payload: unknown = JSON.parse(Buffer.from(body).toString("utf8"));
    return payload;
  } catch {
    return undefined; // said with the answer
  }
}
