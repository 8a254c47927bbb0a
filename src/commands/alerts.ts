import { Command, InvalidArgumentError } from "commander";
import { ExitError } from "./exit.ts";
import { parseTime } from "./time.ts";

interface ListOptions {
  readonly symbol?: string;
  readonly from?: number;
  readonly to?: number;
  readonly limit: number;
  readonly json?: true;
}

/** What was said to whom; reads the Redis that Lopside uses. */
export function alertsCommand(): Command {
  const list = new Command("list")
    .description("alerts of the last 90 days, newest first, and what became of them")
    .option("--symbol <symbol>", "of one symbol only")
    .option("--from <time>", "since then: 2026-01-31, 2026-01-31T14:00Z or epoch ms", parseTime)
    .option("--to <time>", "until then", parseTime)
    .option("--limit <n>", "at most so many", parseLimit, 100)
    .option("--json", "one JSON object a line, destinations in full")
    .action(async (options: ListOptions) => run(options));
  return new Command("alerts").description("what was said to whom").addCommand(list);
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= 500) return limit;
  throw new InvalidArgumentError("Write a whole number from 1 to 500.");
}

const keptMs = 90 * 24 * 3_600_000;

async function run(options: ListOptions): Promise<void> {
  const [
    { openLog, readConfig },
    { createLifecycle },
    { connectAsStart },
    { createAlertLog },
    { refuseNewer },
  ] = await Promise.all([
    import("./settings.ts"),
    import("../ops/lifecycle.ts"),
    import("./checks/redis.ts"),
    import("../store/ledger/alertLog.ts"),
    import("../store/schema.ts"),
  ]);
  const { config } = readConfig();
  const { from = Date.now() - keptMs, to = Date.now(), limit } = options;
  if (from > to) throw new ExitError("--from is later than --to", 2);
  const log = openLog(config);
  const lifecycle = createLifecycle(log, 5_000);
  try {
    const redis = await connectAsStart(config, log, lifecycle);
    lifecycle.add("connection", () => redis.disconnect());
    await refuseNewer(redis);
    const alerts = createAlertLog(redis);
    const symbols = symbolsAsked(options, await alerts.symbols(config.symbols));
    const found = await Promise.all(symbols.map(async (each) => alerts.alerts(each, { from, to, limit })));
    const newest = found
      .flat()
      .toSorted((a, b) => b.at - a.at)
      .slice(0, limit);
    const { alertLine, alertJson } = await import("./alertLines.ts");
    for (const alert of newest) {
      const rows = await alerts.deliveries(alert);
      process.stdout.write(`${options.json === true ? alertJson(alert, rows) : alertLine(alert, rows)}\n`);
    }
    if (newest.length === 0 && options.json !== true) process.stderr.write("nothing was said in that time\n");
  } finally {
    await lifecycle.stopAll();
  }
}

function symbolsAsked({ symbol }: ListOptions, known: readonly string[]): readonly string[] {
  if (symbol === undefined) return known;
  const asked = symbol.toUpperCase();
  if (known.includes(asked)) return [asked];
  throw new ExitError(`nothing is known of ${asked}; there are ${known.join(", ")}`, 2);
}
