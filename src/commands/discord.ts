import { Command, InvalidArgumentError } from "commander";
import type { Scope } from "../bots/discord/registration.ts";
import type { RegistrationAccess } from "../roles/discord.ts";
import { ExitError } from "./exit.ts";

/** What an operator does about Discord by hand. */
export function discordCommand(): Command {
  return new Command("discord").description("Discord: slash commands").addCommand(
    new Command("deploy-commands")
      .description("registers the slash commands, for everybody or for one server; running it again is safe")
      .option("--guild <id>", "only in this server, where changes show at once", parseGuild)
      .action(async ({ guild }: { guild?: string }) => deploy(guild === undefined ? "global" : { guild })),
  );
}

function parseGuild(text: string): string {
  if (/^\d{15,20}$/.test(text)) return text;
  throw new InvalidArgumentError("a server's id has 15 to 20 digits (Discord: right-click, Copy Server ID).");
}

async function deploy(scope: Scope): Promise<void> {
  const [{ openLog, readConfig }, { connectAsStart }, { createLifecycle }] = await Promise.all([
    import("./settings.ts"),
    import("./checks/redis.ts"),
    import("../ops/lifecycle.ts"),
  ]);
  const { config } = readConfig();
  const { botToken: token } = config.discord;
  if (token === undefined)
    throw new ExitError("DISCORD_BOT_TOKEN is not set: Discord's developer portal gives one");
  const log = openLog({ ...config, logLevel: "silent" });
  const lifecycle = createLifecycle(log);
  try {
    const redis = await connectAsStart(config, log, lifecycle);
    lifecycle.add("connection", () => redis.disconnect());
    const written = await deployOver({ token, apiUrl: config.discord.apiUrl, redis }, scope);
    for (const line of written) process.stdout.write(`${line}\n`);
  } finally {
    await lifecycle.stopAll();
  }
}

async function deployOver(access: RegistrationAccess, scope: Scope): Promise<readonly string[]> {
  const [{ openRegistration }, { register }, { slashCommands }] = await Promise.all([
    import("../roles/discord.ts"),
    import("../bots/discord/registration.ts"),
    import("../bots/discord/commands.ts"),
  ]);
  const commands = slashCommands();
  const registration = await openRegistration(access).catch((error: unknown) => {
    throw explained(error);
  });
  // asked for by hand: Discord may have lost what we remember
  const { written } = await register(registration, commands, { scope, isForced: true }).catch(
    (error: unknown) => {
      throw explained(error);
    },
  );
  const wanted = scope === "global" ? scope : scope.guild;
  return written.map((place) =>
    place === wanted
      ? `${commands.length} commands registered ${whereIs(place)}`
      : `commands removed ${whereIs(place)}, so that none is shown twice`,
  );
}

function whereIs(place: string): string {
  return place === "global" ? "for everybody" : `in server ${place}`;
}

/** Discord's refusals in words for whoever typed the command. */
function explained(error: unknown): ExitError {
  const status = error instanceof Error && "status" in error ? Number(error.status) : 0;
  const code = error instanceof Error && "code" in error ? Number(error.code) : 0;
  if (status === 401)
    return new ExitError("DISCORD_BOT_TOKEN is not a token Discord knows: reset it in the developer portal");
  if (code === 50_001)
    return new ExitError("the bot is not in that server: invite it first (README, “Discord in three steps”)");
  return new ExitError(`Discord refused: ${error instanceof Error ? error.message : String(error)}`);
}
