import { createHash, createHmac } from "node:crypto";
import type { SendRequest } from "../contracts.ts";

export interface SignedBody {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * What a webhook is sent. `Lopside-Signature: t=SECONDS,v1=HEX` is HMAC-SHA256 over `SECONDS.BODY` with
 * WEBHOOK_SECRET; a receiver that checks both the signature and the time can't be fed a forged or an old message.
 * `Idempotency-Key` is the same for every attempt at one message.
 */
export function signedBody(request: SendRequest, secret: string, now: number): SignedBody {
  const id = createHash("sha256").update(request.idempotencyKey).digest("hex").slice(0, 32);
  const alert = storedAlert(request.content);
  // a receiver that prints what it gets must not read it in every message
  const { repeatNote, ...message } = request.message;
  const body = JSON.stringify({
    version: 1,
    id,
    sentAt: new Date(now).toISOString(),
    message,
    ...(alert !== undefined && { alert }),
    ...(request.possibleRepeat && { possibleRepeat: true, note: repeatNote }),
  });
  const seconds = Math.floor(now / 1000);
  const signature = createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex");
  return {
    body,
    headers: {
      "content-type": "application/json; charset=utf-8",
      "user-agent": "Lopside",
      "idempotency-key": id,
      "lopside-signature": `t=${seconds},v1=${signature}`,
    },
  };
}

/** The facts, as they were stored; the outbox has checked them already. */
function storedAlert(content: string | undefined): unknown {
  return content === undefined ? undefined : JSON.parse(content);
}
