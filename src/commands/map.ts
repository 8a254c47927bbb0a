import { Command } from "commander";
import { ExitError } from "./exit.ts";
import type { LiveShot } from "./live.ts";

interface MapOptions {
  readonly venues?: string;
  readonly json?: true;
  readonly png?: string;
}

/** One live shot, without Redis: reads 30 days of history and the present from each venue, and measures. */
export function mapCommand(): Command {
  return new Command("map")
    .description("one live liquidation map of a symbol and its imbalance, no Redis needed")
    .argument("<symbol>", "base asset, such as BTC")
    .option("--venues <list>", "ccxt ids, comma-separated (default: VENUES)")
    .option("--json", "print the imbalance as JSON")
    .option("--png <file>", "write the map as a picture")
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
  const shot = await measureLive(symbol, {
    venues: config.venues,
    baseUrl: config.venueBaseUrl,
    proxies: config.venueProxies,
    clock: systemClock,
    log: openLog(config),
    onProgress: (text) => {
      spinner.text = text;
    },
  }).finally(() => spinner.stop());
  const { imbalance } = shot;
  if (imbalance.regime === "stale") {
    const reasons = imbalance.venues.map(({ id, reason }) => `  - ${id}: ${reason ?? "no data"}`);
    throw new ExitError(`no venue gave data for ${symbol}:\n${reasons.join("\n")}`);
  }
  if (options.png !== undefined) await writePicture(shot, options.png);
  if (options.json === true) process.stdout.write(`${JSON.stringify(imbalance)}\n`);
  else {
    const [{ imbalanceText }, { barRow }] = await Promise.all([
      import("./imbalanceText.ts"),
      import("../charts/barRow.ts"),
    ]);
    process.stdout.write(`${barRow(shot.map, imbalance, terminalWidth())}\n\n${imbalanceText(imbalance)}`);
  }
}

/** Wide terminals don't make a row of bars clearer. */
const mostColumns = 100;
const pipedColumns = 80;

function terminalWidth(): number {
  return Math.min(mostColumns, process.stdout.isTTY ? process.stdout.columns : pipedColumns);
}

async function writePicture({ map, imbalance, detail }: LiveShot, path: string): Promise<void> {
  const [{ writeFile }, { createCharts }, { plainLook }] = await Promise.all([
    import("./files.ts"),
    import("../charts/charts.ts"),
    import("../charts/contracts.ts"),
  ]);
  const charts = createCharts();
  const drawn = await charts.map({ map, imbalance, ...(detail && { detail }), look: plainLook });
  await charts.close();
  if (drawn.kind === "failed") throw new ExitError(`no picture was drawn: ${drawn.message}`);
  await writeFile(path, drawn.png);
}
