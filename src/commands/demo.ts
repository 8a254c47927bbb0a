import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import type { Clock } from "../ops/clock.ts";
import type { Store } from "../store/contracts/store.ts";
import { roles as knownRoles } from "../roles/parts.ts";
import { print } from "./print.ts";

interface DemoOptions {
  readonly speed: number;
  readonly minutes?: number;
  readonly out: string;
}

/** Every demo tells the same story: a seed of its own would make the README untrue. */
const seed = 1;
const symbols = ["BTC", "ETH", "SOL"];
/** Of thirteen; the others speak as well, and would only make the start longer. */
const venues = ["binanceusdm", "bybit", "okx", "gate", "bitget", "hyperliquid"];

export function demoCommand(): Command {
  return new Command("demo")
    .description("the real pipeline over a simulated market: no network, no tokens, nothing to set up")
    .option("--speed <n>", "how many times faster than life", positive, 60)
    .option("--minutes <m>", "stop after so many minutes of yours (default: Ctrl-C)", positive)
    .option("--out <dir>", "where alerts' pictures are saved", join(".lopside", "demo"))
    .action(run);
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError("it must be a number above 0.");
  return value;
}

async function run(options: DemoOptions): Promise<void> {
  const [main, { loadConfig }, { createLog }, { scaledClock }, { openRedis }, sim, story, { runParts }] =
    await Promise.all([
      import("../main.ts"),
      import("../config/config.ts"),
      import("../ops/log.ts"),
      import("../ops/clock.ts"),
      import("../store/open.ts"),
      import("../sim/exchange.ts"),
      import("../sim/storyline.ts"),
      import("./running.ts"),
    ]);
  print(intro(options));
  const log = createLog({
    level: "warn",
    secrets: [],
    destination: process.stderr,
    human: { colours: process.stderr.isTTY },
  });
  const dataDir = await mkdtemp(join(tmpdir(), "lopside-demo-"));
  const clock = scaledClock(options.speed, Date.now());
  const running = runParts(log, () => print(outro));
  running.lifecycle.add("demo's data", async () => rm(dataDir, { recursive: true, force: true }));
  await running.start(async ({ lifecycle }) => {
    const exchange = await sim.startSimulatedExchange({
      clock,
      seed,
      symbols,
      venues,
      storyline: story.demoStoryline,
      historyMs: story.demoHistoryMs,
    });
    lifecycle.add("simulated exchange", exchange.close);
    const loaded = loadConfig({
      env: { SYMBOLS: symbols.join(","), VENUE_BASE_URL: exchange.baseUrl, DATA_DIR: options.out },
      readFile: () => "",
      supportedVenues: venues,
    });
    if (!loaded.ok) throw new Error(loaded.problems.join("; "));
    const { config } = loaded;
    const opened = await openRedis({ redisUrl: undefined, dataDir, log, lifecycle });
    lifecycle.add("status", startStatus(opened.store, clock));
    const roles = knownRoles.filter((role) => role !== "http");
    await main.startLopside({
      config,
      roles,
      clock,
      lifecycle,
      print,
      unthrottled: true,
      ...opened,
    });
  });
  if (options.minutes !== undefined) setTimeout(running.stop, options.minutes * 60_000);
}

function intro({ speed, out }: DemoOptions): string {
  return `Lopside demo: a simulated market at ${speed} times the speed of life.
Six exchanges answer in their own dialects; poller, queues, Redis, model, alert
rule and texts are the real ones. The first alert takes about twenty seconds.
BTC: shorts pile up after a fall. ETH: longs crowd in after a rise. SOL: a range.
Bybit will fail on the way and come back. Ctrl-C ends it; only the alerts' pictures
stay, in ${join(out, "pictures")}.

`;
}

const outro = `
That was the demo. Next:
  npm run lopside -- map BTC     a live map from the real exchanges
  npm start                      live; prints alerts until .env has a token
  cp .env.example .env           then add TELEGRAM_BOT_TOKEN or DISCORD_BOT_TOKEN
Liquidation maps are not price predictions, and nothing here is financial advice.
`;

/** Minutes of the clock between status lines. */
const statusEveryMs = 3 * 60_000;

/** A line now and then, so that one sees the ratio move between alerts. */
function startStatus(store: Store, clock: Clock): () => void {
  const timer = setInterval(() => {
    statusLine(store, clock).then(print, () => clearInterval(timer));
  }, clock.realMs(statusEveryMs));
  return () => clearInterval(timer);
}

async function statusLine(store: Store, clock: Clock): Promise<string> {
  const { textsIn } = await import("../texts/texts.ts");
  const { price, percent, ratio: ratioText } = textsIn("en");
  const imbalances = await Promise.all(symbols.map(async (symbol) => store.symbols.imbalance(symbol)));
  const parts = imbalances.map((imbalance, i) => {
    const symbol = symbols[i] ?? "";
    if (imbalance === undefined || imbalance.ratio === null || imbalance.markPrice === null)
      return `${symbol} …`;
    return `${symbol} ${price(imbalance.markPrice)} ${ratioText(imbalance.ratio)}×`;
  });
  const venues = imbalances[0]?.venues ?? [];
  const missing = venues
    .filter(({ status }) => status !== "fresh")
    .map(({ id, status }) => `${id} ${status}`);
  const measured = venues.flatMap(({ id, measuredShare }) =>
    measuredShare === undefined ? [] : `${id} ${percent(measuredShare)} measured`,
  );
  const time = new Date(clock.now()).toISOString().slice(11, 16);
  return `${[time, ...parts, ...measured, ...missing].join(" · ")}\n`;
}
