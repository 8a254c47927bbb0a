import { Command } from "commander";
import type { Config } from "../config/config.ts";
import type { BudgetRow } from "../poller/budget.ts";
import type { Finding } from "./checks/finding.ts";
import { ExitError } from "./exit.ts";

/** Looks at everything that `start` needs, one line each, with what to do about it. */
export function doctorCommand(): Command {
  return new Command("doctor")
    .description(
      "checks Redis, tokens, chats, channels and webhooks, venues, fonts and the clock, and says what to do; exit 1 if something needed fails",
    )
    .action(run);
}

async function run(): Promise<void> {
  const [{ default: ora }, { readConfig }, { describeFinding }] = await Promise.all([
    import("ora"),
    import("./settings.ts"),
    import("./checks/finding.ts"),
  ]);
  const { config, hints } = readConfig();
  const spinner = ora({ text: "looking", stream: process.stderr, isSilent: !process.stderr.isTTY }).start();
  const findings = await examine(config).finally(() => spinner.stop());
  const warnings = hints.map((message): Finding => ({ level: "warning", message }));
  for (const finding of [...warnings, ...findings]) process.stdout.write(describeFinding(finding));
  const { budgetTable } = await import("./checks/budget.ts");
  process.stdout.write(budgetTable(await budgetsOf(config), config.symbols.length));
  const failed = findings.filter(({ level }) => level === "error").length;
  if (failed > 0) throw new ExitError(`${failed} of ${findings.length} checks failed`);
}

async function examine(config: Config): Promise<readonly Finding[]> {
  const found = await Promise.all([
    examinePictures(),
    examineRedis(config),
    examineTelegram(config),
    examineDiscord(config),
    examineWebhooks(config),
    examineVenues(config),
  ]);
  const node: Finding = { level: "ok", message: `Node ${process.version}` };
  return [node, ...found.flat()];
}

async function examinePictures(): Promise<Finding> {
  const [{ createCharts }, { checkPictures }] = await Promise.all([
    import("../charts/charts.ts"),
    import("./checks/pictures.ts"),
  ]);
  return checkPictures(createCharts(), Date.now());
}

async function examineRedis(config: Config): Promise<readonly Finding[]> {
  const [{ checkRedisServer }, { createLifecycle }, log] = await Promise.all([
    import("./checks/redis.ts"),
    import("../ops/lifecycle.ts"),
    quietLog(config),
  ]);
  const lifecycle = createLifecycle(log);
  try {
    return await checkRedisServer({ config, log, lifecycle });
  } finally {
    await lifecycle.stopAll();
  }
}

async function examineTelegram({ telegram }: Config): Promise<readonly Finding[]> {
  const { checkTelegram } = await import("./checks/tokens.ts");
  const token = await checkTelegram(telegram);
  if (token.level !== "ok" || telegram.botToken === undefined) return [token];
  const { checkTelegramChats } = await import("./checks/telegramChats.ts");
  return [token, ...(await checkTelegramChats(telegram, telegram.botToken))];
}

async function examineDiscord({ discord }: Config): Promise<readonly Finding[]> {
  const { checkDiscord } = await import("./checks/tokens.ts");
  const token = await checkDiscord(discord);
  if (token.level !== "ok" || discord.botToken === undefined) return [token];
  const { checkDiscordChannels } = await import("./checks/discordChannels.ts");
  return [token, ...(await checkDiscordChannels(discord, discord.botToken))];
}

async function examineWebhooks({ webhooks }: Config): Promise<readonly Finding[]> {
  const { checkWebhooks } = await import("./checks/webhooks.ts");
  return checkWebhooks(webhooks);
}

async function examineVenues(config: Config): Promise<readonly Finding[]> {
  const [{ openVenue }, { judgeClock, judgeVenues, visitVenues }, { systemClock }, log] = await Promise.all([
    import("../poller/venue.ts"),
    import("./checks/venues.ts"),
    import("../ops/clock.ts"),
    quietLog(config),
  ]);
  const markets = { get: async () => undefined, put: async () => undefined };
  const options = { baseUrl: config.venueBaseUrl, markets, clock: systemClock, log };
  const [symbol = "BTC"] = config.symbols;
  const visits = await visitVenues(
    config.venues.map((id) => openVenue(id, { ...options, proxyUrl: config.venueProxies[id] })),
    symbol,
  );
  return [...judgeVenues(visits, symbol), judgeClock(visits), ...(await examineBudget(config))];
}

async function examineBudget(config: Config): Promise<readonly Finding[]> {
  const { judgeBudgets } = await import("./checks/budget.ts");
  return judgeBudgets(await budgetsOf(config));
}

async function budgetsOf({ venues, symbols, pollIntervalMs }: Config): Promise<readonly BudgetRow[]> {
  const [{ adapterOf }, { budgetOf }] = await Promise.all([
    import("../poller/adapters.ts"),
    import("../poller/budget.ts"),
  ]);
  return venues.flatMap((id) => budgetOf(adapterOf(id), { symbols: symbols.length, pollIntervalMs }));
}

/** What the parts would log is said by the findings. */
async function quietLog(config: Config) {
  const { openLog } = await import("./settings.ts");
  return openLog({ ...config, logLevel: "silent" });
}
