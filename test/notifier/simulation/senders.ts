import type { EditRequest, Sender, SendRequest, SendResult } from "../../../src/notifier/contracts.ts";
import type { Actor } from "./actor.ts";
import { ask, type Call, type Platforms } from "./platforms.ts";
import type { World } from "./world.ts";

/** How long Discord knows a nonce, which is longer than the sender counts on it. */
const nonceMs = 150_000;
const repeatSafeMs = 110_000;

const telegramPace = {
  limits: { perSecond: 25, chatGapMs: 1_000, groupPerMinute: 20, invalidPer10Minutes: Infinity },
  names: { before: "telegram:", after: "/", groups: "-@" },
};
const discordPace = {
  limits: { perSecond: 45, chatGapMs: 0, groupPerMinute: Infinity, invalidPer10Minutes: 2_000 },
  names: { before: "", after: "", groups: "" },
};

/** What a process posts by: they promise what the real ones promise. */
export function sendersFor(world: World, platforms: Platforms, actor: Actor): readonly Sender[] {
  const send = (platform: string): Pick<Sender, "platform" | "send"> => ({
    platform,
    send: async (request) => {
      const call = aCall("send", request, request.idempotencyKey, world.now());
      const take = (): SendResult => takeSend(world, platforms, { platform, actor, call, request });
      return ask(world, platforms, { platform, actor, call, take });
    },
  });
  const edit = (platform: string): Required<Pick<Sender, "edit">> => ({
    edit: async (request) => {
      const call = aCall("edit", request, `edit ${request.messageId}`, world.now());
      return ask(world, platforms, { platform, actor, call, take: () => takeEdit(platforms, request) });
    },
  });
  return [
    send("console"),
    { ...send("telegram"), ...edit("telegram"), pace: telegramPace },
    { ...send("discord"), ...edit("discord"), pace: discordPace, repeatSafeMs },
    { ...send("webhook"), repeatSafeMs: Infinity, usefulMs: Infinity },
  ];
}

function aCall(kind: Call["kind"], request: SendRequest | EditRequest, key: string, askedAt: number): Call {
  const { destination } = request;
  return { kind, destination, key, askedAt, request, answer: "none", answeredAt: Infinity };
}

interface Sending {
  readonly platform: string;
  readonly actor: Actor;
  readonly call: Call;
  readonly request: SendRequest;
}

function takeSend({ now }: World, { posts, newId }: Platforms, sending: Sending): SendResult {
  const { platform, actor, call, request } = sending;
  const { destination, key, askedAt } = call;
  const known = posts.find(
    (post) =>
      post.key === key &&
      post.destination === destination &&
      (platform === "webhook" || (platform === "discord" && now() - post.at < nonceMs)),
  );
  if (known !== undefined) return { kind: "sent", messageId: known.messageId };
  const messageId = newId();
  const shown = request.content ?? "";
  posts.push({
    destination,
    messageId,
    key,
    request,
    askedAt,
    at: now(),
    by: actor,
    isKnown: false,
    shown,
  });
  return { kind: "sent", messageId };
}

function takeEdit({ posts, problems }: Platforms, request: EditRequest): SendResult {
  const { destination, messageId, content = "" } = request;
  const post = posts.find((one) => one.messageId === messageId && one.destination === destination);
  if (post === undefined) problems.push(`edited ${messageId} of ${destination}, which isn't there`);
  else post.shown = content;
  return { kind: "sent", messageId };
}
