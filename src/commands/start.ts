import { Command, InvalidArgumentError } from "commander";
import { type Role, roles as knownRoles } from "../roles/parts.ts";
import { ExitError } from "./exit.ts";
import { print } from "./print.ts";

export function startCommand(): Command {
  return new Command("start")
    .description("polls, recomputes and alerts until it is stopped")
    .option(
      "--roles <list>",
      "only some of poller,worker,notifier,telegram,discord,http (default: all)",
      parseRoleList,
    )
    .action(async (options: { roles?: readonly string[] }) => run(options.roles));
}

function parseRoleList(text: string): readonly string[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.includes("")) throw new InvalidArgumentError("a role is empty.");
  return names;
}

async function run(wanted: readonly string[] | undefined): Promise<void> {
  const [{ openLog, readConfig }, main, { systemClock }, { startWatchdog }, { openRedis }, { runParts }] =
    await Promise.all([
      import("./settings.ts"),
      import("../main.ts"),
      import("../ops/clock.ts"),
      import("../ops/watchdog.ts"),
      import("../store/open.ts"),
      import("./running.ts"),
    ]);
  const roles = checkRoles(wanted);
  const { config, hints } = readConfig();
  const log = openLog(config);
  for (const hint of hints) log.warn({}, hint);
  await runParts(log).start(async ({ lifecycle }) => {
    const opened = await openRedis({ redisUrl: config.redisUrl, dataDir: config.dataDir, log, lifecycle });
    await main.startLopside({ config, roles, clock: systemClock, lifecycle, print, ...opened });
    startWatchdog({
      onFailure: (error) => log.warn({ error }, "a standing event loop would not be noticed any more"),
    });
  });
}

function checkRoles(wanted: readonly string[] | undefined): readonly Role[] {
  if (wanted === undefined) return knownRoles;
  const roles = knownRoles.filter((role) => wanted.includes(role));
  const unknown = wanted.filter((name) => !knownRoles.some((role) => role === name));
  if (unknown.length === 0) return roles;
  throw new ExitError(`unknown role ${unknown.join(", ")}: there are ${knownRoles.join(", ")}`, 2);
}
