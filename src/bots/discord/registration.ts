import { createHash } from "node:crypto";
import { DiscordAPIError, type REST } from "@discordjs/rest";
import {
  RESTJSONErrorCodes,
  Routes,
  type RESTPostAPIChatInputApplicationCommandsJSONBody,
} from "discord-api-types/v10";
import type { SlashCommandMemory } from "../../store/contracts/memory.ts";

/** One server's, or everybody's. */
export type Scope = "global" | { readonly guild: string };

export interface Registration {
  /** Its token set; waits where Discord limits requests. */
  readonly rest: REST;
  readonly applicationId: string;
  readonly memory: SlashCommandMemory;
}

export interface RegistrationResult {
  /** Scopes that were written: with the list, or empty because the list is elsewhere now. */
  readonly written: readonly string[];
}

type Commands = readonly RESTPostAPIChatInputApplicationCommandsJSONBody[];

/**
 * Makes the commands known in one scope and in no other: Discord shows a command twice that is registered for
 * everybody and for a server. One overwrite a scope, none where nothing changed unless `isForced`.
 */
export async function register(
  { rest, applicationId, memory }: Registration,
  commands: Commands,
  { scope, isForced }: { readonly scope: Scope; readonly isForced: boolean },
): Promise<RegistrationResult> {
  const known = await memory.read();
  const wanted = nameOf(scope);
  const others = [...known.keys()].filter((other) => other !== wanted);
  const hash = hashOf(commands);
  const isNews = isForced || known.get(wanted) !== hash;
  if (isNews) {
    await rest.put(routeOf(applicationId, wanted), { body: commands });
    await memory.write(wanted, hash);
  }
  for (const other of others) {
    await clear(rest, routeOf(applicationId, other));
    await memory.remove(other);
  }
  return { written: [...(isNews ? [wanted] : []), ...others] };
}

/** A server that the bot was removed from has lost its commands with it. */
async function clear(rest: REST, route: `/${string}`): Promise<void> {
  try {
    await rest.put(route, { body: [] });
  } catch (error) {
    if (!(error instanceof DiscordAPIError) || !leftCodes.has(error.code)) throw error;
  }
}

const leftCodes = new Set<number | string>([
  RESTJSONErrorCodes.MissingAccess,
  RESTJSONErrorCodes.UnknownGuild,
]);

/** Where the operator put them last; for everybody if nowhere. */
export async function registeredScope(memory: SlashCommandMemory): Promise<Scope> {
  const known = await memory.read();
  const guild = [...known.keys()].find((scope) => scope !== global);
  return known.has(global) || guild === undefined ? global : { guild };
}

const global = "global";

function nameOf(scope: Scope): string {
  return scope === global ? global : scope.guild;
}

function routeOf(applicationId: string, scope: string): `/${string}` {
  return scope === global
    ? Routes.applicationCommands(applicationId)
    : Routes.applicationGuildCommands(applicationId, scope);
}

function hashOf(commands: Commands): string {
  return createHash("sha256").update(JSON.stringify(commands)).digest("base64url");
}
