import type { EditRequest, SendRequest, SendResult } from "../../../src/notifier/contracts.ts";
import type { Actor } from "./actor.ts";
import { drawFrom, fine, type Weather } from "./weather.ts";
import type { World } from "./world.ts";

/** What somebody sees in a chat. */
export interface Posted {
  readonly destination: string;
  readonly messageId: string;
  readonly key: string;
  readonly request: SendRequest;
  /** When the call began, and when it was taken. */
  readonly askedAt: number;
  readonly at: number;
  readonly by: Actor;
  /** Whether the answer came. */
  isKnown: boolean;
  shown: string;
}

export interface Call {
  readonly kind: "send" | "edit";
  readonly destination: string;
  readonly key: string;
  readonly askedAt: number;
  readonly request: SendRequest | EditRequest;
  answer: string;
  answeredAt: number;
}

interface Patience {
  readonly until: number;
  readonly knownAt: number;
  readonly by: Actor;
}

/** What the platforms know, and what they were asked. */
export interface Platforms {
  readonly posts: Posted[];
  readonly calls: Call[];
  /** What a platform would not put up with. */
  readonly problems: string[];
  readonly blocked: Set<string>;
  readonly movedTo: Map<string, string>;
  /** Topics whose chat has taken over what they wanted; no platform says so. */
  readonly joined: Map<string, string>;
  /** By chat, or by platform. */
  readonly patience: Map<string, Patience>;
  weather: Weather;
  newId: () => string;
  /** Something that happens there, whatever becomes of whoever asked. */
  readonly elsewhere: (ms: number) => Promise<void>;
}

export interface Asking {
  readonly platform: string;
  readonly actor: Actor;
  readonly call: Call;
  /** It is there from here on. */
  readonly take: () => SendResult;
}

/** As long as a call may last before it is given up. */
const limitMs = 10_000;
/** How long it may take until all know what one was told. */
const wordMs = { own: 5, others: 600 };

export function createPlatforms(world: World): Platforms {
  let nextId = 100;
  const outside = world.actor("outside");
  return {
    posts: [],
    calls: [],
    problems: [],
    blocked: new Set(),
    movedTo: new Map(),
    joined: new Map(),
    patience: new Map(),
    weather: fine,
    newId: () => String(nextId++),
    elsewhere: async (ms) => world.as(outside, async () => pause(ms)),
  };
}

export async function ask(world: World, platforms: Platforms, asking: Asking): Promise<SendResult> {
  const { actor, call } = asking;
  platforms.calls.push(call);
  const outcome = drawFrom(platforms.weather, world.random);
  const [result, ms] = await meet(world, platforms, asking, outcome);
  await world.as(actor, async () => pause(ms));
  call.answer = outcome === "ok" ? result.kind : `${outcome} ${result.kind}`;
  call.answeredAt = world.now();
  if (outcome === "ok") noteKnown(platforms, call, result);
  return result;
}

/** What is answered, and how long that takes to come back. */
async function meet(
  world: World,
  platforms: Platforms,
  asking: Asking,
  outcome: ReturnType<typeof drawFrom>,
): Promise<readonly [SendResult, number]> {
  const { random } = world;
  const { platform, actor, take } = asking;
  if (outcome === "unreachable")
    return [{ kind: "unreachable", reason: "no connection" }, 5 + random() * 100];
  await platforms.elsewhere(2 + random() * 60);
  // who died over it may have died before it was on its way
  if (actor.isDead && random() < 0.5) return new Promise(() => undefined);
  const refused = refusal(world, platforms, asking);
  if (refused !== undefined) return [refused, 5];
  if (outcome === "limited") return [limit(world, platforms, asking), 5];
  if (outcome === "refusing") return [{ kind: "rejected", reason: "a bad message", disable: false }, 5];
  if (outcome === "failing") return [lost(platform, "failed: 502"), 20];
  if (outcome === "hanging") {
    if (random() < 0.5) take();
    return [lost(platform, "timeout"), limitMs];
  }
  const taken = take();
  const backMs = 3 + random() * 200;
  return outcome === "lost" ? [lost(platform, "connection reset"), backMs] : [taken, backMs];
}

function lost(platform: string, reason: string): SendResult {
  return platform === "webhook" ? { kind: "unreachable", reason } : { kind: "unknown-outcome", reason };
}

function noteKnown({ posts }: Platforms, { kind, key }: Call, result: SendResult): void {
  const post = posts.findLast((one) => one.key === key);
  if (post !== undefined && kind === "send" && result.kind === "sent") post.isKnown = true;
}

function refusal({ now }: World, platforms: Platforms, asking: Asking): SendResult | undefined {
  const { platform, actor, call } = asking;
  const { destination } = call;
  const to = platforms.movedTo.get(destination);
  if (to !== undefined) return { kind: "migrated", to };
  if (platforms.blocked.has(destination)) return { kind: "rejected", reason: "blocked", disable: true };
  for (const chat of [chatOf(destination), platform]) {
    const wanted = platforms.patience.get(chat);
    if (wanted === undefined || wanted.until <= now()) continue;
    if (!isExcused(asking, wanted))
      platforms.problems.push(
        `asked ${destination} at ${iso(call.askedAt)} before its patience was back at ${iso(wanted.until)}, as was known at ${iso(wanted.knownAt)}`,
      );
    const retryAt = Math.ceil(wanted.until + actor.skew);
    return { kind: "rate-limited", retryAt, scope: chat === platform ? "all" : "chat" };
  }
  return undefined;
}

/** It could not know, or whoever was told could not say so. */
function isExcused({ platform, actor, call }: Asking, { knownAt, by }: Patience): boolean {
  const isKnown = call.askedAt > knownAt + (by === actor ? wordMs.own : wordMs.others);
  const isHindered = by.isDead || by.frozenUntil >= knownAt || by.awayUntil >= knownAt;
  return !isKnown || isHindered || platform === "webhook" || platform === "console";
}

function limit(
  { now, random }: World,
  { patience }: Platforms,
  { platform, actor, call }: Asking,
): SendResult {
  const waitMs = Math.ceil(500 + random() * 20_000);
  const scope = random() < 0.7 ? "chat" : "all";
  const until = now() + waitMs;
  patience.set(scope === "chat" ? chatOf(call.destination) : platform, {
    until,
    knownAt: now() + 5,
    by: actor,
  });
  return { kind: "rate-limited", retryAt: Math.ceil(until + actor.skew), scope };
}

/** What a destination is called by now. */
export function nameNow(platforms: Platforms, name: string): string {
  const to = platforms.movedTo.get(name) ?? platforms.joined.get(name);
  return to === undefined ? name : nameNow(platforms, to);
}

function chatOf(destination: string): string {
  return destination.split("/")[0] ?? destination;
}

export function iso(ms: number): string {
  return Number.isFinite(ms) ? new Date(ms).toISOString() : "never";
}

export async function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}
