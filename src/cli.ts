#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { alertsCommand } from "./commands/alerts.ts";
import { demoCommand } from "./commands/demo.ts";
import { discordCommand } from "./commands/discord.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { evaluateCommand } from "./commands/evaluate.ts";
import { healthCommand } from "./commands/health.ts";
import { mapCommand } from "./commands/map.ts";
import { recordCommand } from "./commands/record.ts";
import { replayCommand } from "./commands/replay.ts";
import { sendTestCommand } from "./commands/sendTest.ts";
import { startCommand } from "./commands/start.ts";
import { subscriptionsCommand } from "./commands/subscriptions.ts";
import { ExitError } from "./commands/exit.ts";
import { enableCompileCache } from "./ops/compileCache.ts";

const failed = 1;
const misused = 2;

const program = new Command("lopside")
  .description("Tells traders when leverage is lopsided. Liquidation maps are not price predictions.")
  .addCommand(startCommand())
  .addCommand(demoCommand())
  .addCommand(mapCommand())
  .addCommand(replayCommand())
  .addCommand(recordCommand())
  .addCommand(evaluateCommand())
  .addCommand(doctorCommand())
  .addCommand(sendTestCommand())
  .addCommand(discordCommand())
  .addCommand(subscriptionsCommand())
  .addCommand(alertsCommand())
  .addCommand(healthCommand())
  .showHelpAfterError("(--help says what can be asked)");

for (const command of withSubcommands(program)) command.exitOverride();

enableCompileCache();
// a reader such as head has enough: that is no failure
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  const reason = error.code === "ENOSPC" ? "the disk is full" : error.message;
  process.stderr.write(`lopside: the output can't be written: ${reason}\n`);
  process.exit(failed);
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}

function withSubcommands(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

/** What was wrong goes to stderr; data on stdout stays data. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : misused;
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`lopside: ${message}\n`);
  return error instanceof ExitError ? error.code : failed;
}
