import { Command } from "commander";
import { ExitError } from "./exit.ts";

interface MapOptions {
  readonly venues?: string;
  readonly json?: true;
}

/** One live shot, without Redis: reads 30 days of history and the present from each venue, and measures. */
export function mapCommand(): Command {
  return new Command("map")
    .description("one live liquidation map of a symbol and its imbalance, no Redis needed")
    .argument("<symbol>", "base asset, such as BTC")
    .option("--venues <list>", "ccxt ids, comma-separated (default: VENUES)")
    .option("--json", "print the imbalance as JSON")
    .action(async (symbol: string, options: MapOptions) => run(symbol.toUpperCase(), options));
}

async function run(symbol: string, options: MapOptions): Promise<void> {
  const [{ default: ora }, { openLog, readConfig }, { measureLive }, { systemClock }] = await Promise.all([
    import("ora"),
    import("./settings.ts"),
    import("./live.ts"),
    import("../ops/clock.ts"),
  ]);
  if (!/^[A-Z0-9]{1,20}$/.test(symbol))
    throw new ExitError(`"${symbol}" is no symbol: A–Z and 0–9, like BTC`, 2);
  const { config } = readConfig(options.venues === undefined ? {} : { VENUES: options.venues });
  const spinner = ora({
    text: `reading 30 days of ${symbol}`,
    stream: process.stderr,
    isSilent: !process.stderr.isTTY,
  });
  spinner.start();
  const imbalance = await measureLive(symbol, {
    venues: config.venues,
    baseUrl: config.venueBaseUrl,
    clock: systemClock,
    log: openLog(config),
    onProgress: (text) => {
      spinner.text = text;
    },
  }).finally(() => spinner.stop());
  if (imbalance.regime === "stale") {
    const reasons = imbalance.venues.map(({ id, reason }) => `  - ${id}: ${reason ?? "no data"}`);
    throw new ExitError(`no venue gave data for ${symbol}:\n${reasons.join("\n")}`);
  }
  if (options.json === true) process.stdout.write(`${JSON.stringify(imbalance)}\n`);
  else {
    const { imbalanceText } = await import("./imbalanceText.ts");
    process.stdout.write(imbalanceText(imbalance));
  }
}
