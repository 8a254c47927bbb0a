import { randomUUID } from "node:crypto";
import { REST } from "@discordjs/rest";
import { Routes } from "discord-api-types/v10";
import { z } from "zod";
import { createDiscordBot } from "../bots/discord/bot.ts";
import { slashCommands } from "../bots/discord/commands.ts";
import { createTellUser } from "../bots/discord/directMessages.ts";
import { safeError } from "../bots/discord/failures.ts";
import { stayConnected } from "../bots/discord/gatewayWork.ts";
import { createHttpInteractions } from "../bots/discord/httpInteractions.ts";
import { register, registeredScope, type Registration } from "../bots/discord/registration.ts";
import { openAnswering } from "../bots/discord/responder.ts";
import { createServerEvents } from "../bots/discord/serverEvents.ts";
import { createVerify } from "../bots/discord/signature.ts";
import { lead } from "../bots/shared/leadership.ts";
import { verifyToken } from "../notifier/senders/senders.ts";
import { systemClock } from "../ops/clock.ts";
import { shortHash } from "../ops/shortHash.ts";
import { createLease } from "../store/lease.ts";
import type { RedisClient } from "../store/redis/script.ts";
import { createSlashCommandMemory } from "../store/slashCommands.ts";
import { openBotPorts } from "./botPorts.ts";
import type { Parts } from "./parts.ts";

/** Where Discord POSTs, if the developer portal says so. */
const interactionsPath = "/discord/interactions";
/** Another process takes a dead one's place within 25 s: its lease, and one look more. */
const leaseMs = 20_000;
const lookEveryMs = 5_000;

/** Answers people on Discord: through the gateway in one process at a time, or by HTTP in as many as there are. */
export async function startDiscord(parts: Parts): Promise<void> {
  const { config, clock, log, lifecycle, metrics } = parts;
  const { botToken: token, apiUrl, publicKey } = config.discord;
  if (token === undefined) return;
  await refuseWrongToken(parts);
  const ports = await openBotPorts(parts);
  const bot = createDiscordBot({
    ports,
    answering: openAnswering({ apiUrl }),
    log,
    onOutcome: (outcome) => metrics.botUpdates.inc({ platform: "discord", outcome }),
  });
  lifecycle.add("Discord's answers", bot.settled);
  if (publicKey !== undefined) {
    refuseWithoutHttp(parts);
    const verify = createVerify(publicKey);
    const take = createHttpInteractions({ verify, onInteraction: bot.onInteraction, clock });
    parts.webhooks.set(interactionsPath, take);
    registerBehind(parts, token);
    return;
  }
  const { destinations, tellStopped } = ports;
  const { onInteraction } = bot;
  const tell = createTellUser({ token, apiUrl });
  const events = createServerEvents({ destinations, clock, log, onInteraction, tell, tellStopped });
  lifecycle.add("Discord's events", events.settled);
  const stop = lead({
    // two bots may share a Redis; the token itself is nobody's business there
    lease: createLease(parts.redis.commands, `discord-${shortHash(token)}`),
    holder: randomUUID(),
    ttlMs: leaseMs,
    everyMs: lookEveryMs,
    // while Redis is away nobody else can take over, and people are told so
    keepsUnsure: true,
    log: log.child({ lease: "Discord gateway" }),
    clock: systemClock,
    work: async (signal) => {
      registerBehind(parts, token);
      const sleep = systemClock.sleep;
      await stayConnected({ token, apiUrl, events, log, sleep }, signal);
    },
  });
  lifecycle.add("Discord's gateway", stop);
}

/** A wrong token stops the start, an outage does not. */
async function refuseWrongToken({ config, clock, print, log }: Parts): Promise<void> {
  const check = await verifyToken("discord", { config, clock, print, terminal: false });
  if (check.kind === "wrong") throw new Error(check.reason);
  if (check.kind === "unreachable") log.warn({}, `${check.reason}; commands wait until it can be reached`);
}

function refuseWithoutHttp({ roles }: Parts): void {
  if (roles.includes("http")) return;
  throw new Error(
    "DISCORD_PUBLIC_KEY is set, so Discord sends interactions by HTTP: start the role http beside discord, or unset it",
  );
}

/** Not waited for: people use the commands there are meanwhile. */
function registerBehind({ config, redis, log }: Parts, token: string): void {
  const work = async (): Promise<void> => {
    const registration = await openRegistration({ ...config.discord, token, redis: redis.commands });
    const scope = await registeredScope(registration.memory);
    const { written } = await register(registration, slashCommands(), { scope, isForced: false });
    if (written.length > 0) log.info({}, "slash commands registered");
  };
  work().catch((error: unknown) =>
    log.warn(
      safeError(error),
      "slash commands could not be registered; the next start will, or deploy-commands",
    ),
  );
}

const application = z.object({ id: z.string() });

export interface RegistrationAccess {
  readonly token: string;
  readonly apiUrl: string | undefined;
  readonly redis: RedisClient;
}

/** Whose commands they are, and what was registered before. */
export async function openRegistration({ token, apiUrl, redis }: RegistrationAccess): Promise<Registration> {
  const api = apiUrl?.replace(/\/+$/, "");
  const rest = new REST({ version: "10", ...(api !== undefined && { api }) }).setToken(token);
  const { id: applicationId } = application.parse(await rest.get(Routes.currentApplication()));
  return { rest, applicationId, memory: createSlashCommandMemory(redis) };
}
