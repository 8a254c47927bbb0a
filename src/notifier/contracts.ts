import type { AlertMessage } from "../alerts/message.ts";
import type { Picture } from "../charts/contracts.ts";
import type { ChatNames, PaceLimits } from "../store/contracts/pace.ts";

/**
 * One platform's way of posting. It only sends: whether, when and how often is decided before. Each
 * implementation renders the message in a pure function of its own and translates its library's errors here.
 */
export interface Sender {
  /** "console", "telegram", …: what the destinations it serves begin with. */
  readonly platform: string;
  /** Posts once, without retrying. Never rejects for what the platform or the network does; a bug throws. */
  readonly send: (request: SendRequest) => Promise<SendResult>;
  /** Puts a message's newest text in its place; doing it twice does no harm. Without it a new message is posted. */
  readonly edit?: (request: EditRequest) => Promise<SendResult>;
  /** How often it may be asked; as often as there is something, where it doesn't say. */
  readonly pace?: {
    readonly limits: PaceLimits;
    /** How its destinations name their chats (`wishOf`): scripts in Redis know no more of them than their text. */
    readonly names: ChatNames;
  };
  /** For so many real ms after a first attempt a second one is known as the same by its idempotency key. */
  readonly repeatSafeMs?: number;
  /** How long an alert is news, in ms of the clock; ten minutes where it doesn't say. */
  readonly usefulMs?: number;
}

export interface SendRequest {
  /** As users write it, prefix included: `console`, `telegram:CHAT[/TOPIC]`, `discord:CHANNEL`, `webhook:URL`. */
  readonly destination: string;
  readonly message: AlertMessage;
  /** The alert's facts as they were stored (JSON), for those who read no sentences. */
  readonly content?: string;
  /** An earlier attempt may have arrived: show `message.repeatNote`. */
  readonly possibleRepeat: boolean;
  /** The same for every attempt at one delivery, different between deliveries. Any length: hash it to fit. */
  readonly idempotencyKey: string;
  /** Shown with it, where the platform can. If it can't be posted, the text goes alone. */
  readonly picture?: Picture;
  /** What it says now of something posted before, for who can't edit. */
  readonly isUpdate?: true;
  /** Arrives without a sound. */
  readonly silent?: true;
  /** Rows of buttons below it, where the platform has buttons. */
  readonly buttons?: readonly (readonly MessageButton[])[];
  /** Discord: an embed instead of components. A message keeps the style it was posted in. */
  readonly style?: "embed";
  /** Discord: an announcement channel's followers get it too. */
  readonly crosspost?: true;
}

export interface EditRequest extends Omit<
  SendRequest,
  "possibleRepeat" | "idempotencyKey" | "isUpdate" | "silent" | "crosspost"
> {
  /** What `send` answered. */
  readonly messageId: string;
}

/** `data` comes back signed as it is when the button is pressed. */
export interface MessageButton {
  readonly label: string;
  readonly data: string;
}

/**
 * A platform's own ids of pictures it was given before: one upload serves everyone. Never rejects: a message that was sent
 * must not look as if it failed.
 */
export interface FileIds {
  readonly get: (key: string) => Promise<string | undefined>;
  readonly put: (key: string, fileId: string) => Promise<void>;
  readonly drop: (key: string) => Promise<void>;
}

/** What became of it. The kind alone answers "retry?". */
export type SendResult =
  | { readonly kind: "sent"; readonly messageId: string }
  /** Certainly not sent. Retry, not before `retryAt` (epoch ms): in this chat, or, as far as known, in any. */
  | { readonly kind: "rate-limited"; readonly retryAt: number; readonly scope?: "chat" | "all" }
  /** Certainly not sent: no connection, no name, refused before the body went out. Retry with back-off. */
  | { readonly kind: "unreachable"; readonly reason: string }
  /** Refused for good. Do not retry, but with `ofToken`; with `disable`, send nothing more to this destination. */
  | {
      readonly kind: "rejected";
      readonly reason: string;
      readonly disable: boolean;
      /** Any message would have been: the operator may be about to give it another token. */
      readonly ofToken?: true;
      /** It counts towards a ban. */
      readonly invalid?: true;
    }
  /** Not sent: the destination has moved. Retry there; `to` is written like `destination`. */
  | { readonly kind: "migrated"; readonly to: string }
  /** Nobody knows whether it arrived: the answer was lost. Retry as a possible repeat; the ledger says how often. */
  | { readonly kind: "unknown-outcome"; readonly reason: string };

/** Whose a bot token is. */
export type TokenCheck =
  | { readonly kind: "ok"; readonly name: string }
  /** Names the variable, never the token. */
  | { readonly kind: "wrong"; readonly reason: string }
  | { readonly kind: "unreachable"; readonly reason: string };
