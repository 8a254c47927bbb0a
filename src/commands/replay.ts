import { Command } from "commander";
import type { AlertContent } from "../alerts/content.ts";
import type { AlertRule } from "../alerts/decision.ts";
import type { MapLines } from "../replay/mapLines.ts";
import { ExitError } from "./exit.ts";
import type { ReplayPictures } from "./replayPictures.ts";
import { parseTime } from "./time.ts";

interface Options {
  readonly symbol?: string;
  readonly from?: number;
  readonly to?: number;
  readonly maps?: string;
  readonly png?: string;
  readonly alerts?: true;
  readonly json?: true;
}

/** The same model, rules and texts over recorded bars. */
export function replayCommand(): Command {
  return new Command("replay")
    .description("runs the model, the alert rule and its texts over recorded bars (CSV)")
    .argument("<path>", "a CSV file of bars, or a folder of them")
    .option("--symbol <symbol>", "base asset, such as BTC (default: as the file's name says)")
    .option("--from <time>", "ISO 8601 or epoch ms: earlier bars only feed the model", parseTime)
    .option("--to <time>", "ISO 8601 or epoch ms: later bars are left out", parseTime)
    .option("--maps <file>", "write a liquidation map per bar, as JSON lines")
    .option("--png <dir>", "draw every alert's map, and at the end the heatmap and the ratio's history")
    .option("--alerts", "only the alerts: no notes on the data, no summary")
    .option("--json", "one JSON line per alert instead of text")
    .action(run);
}

async function run(path: string, options: Options): Promise<void> {
  if (options.from !== undefined && options.to !== undefined && options.from >= options.to)
    throw new ExitError("--from must be before --to", 2);
  const [{ readConfig }, { recordingPaths }, { openMapLines }] = await Promise.all([
    import("./settings.ts"),
    import("../replay/recording.ts"),
    import("../replay/mapLines.ts"),
  ]);
  const rule = readConfig().config.alerts;
  const paths = await recordingPaths(path);
  if (paths.length > 1 && options.symbol !== undefined)
    throw new ExitError(`--symbol is for one file; ${path} has ${paths.length}`, 2);
  const maps = options.maps === undefined ? undefined : await openMapLines(options.maps);
  for (const file of paths) await replayFile(file, options, rule, maps);
  await maps?.close();
}

async function replayFile(path: string, options: Options, rule: AlertRule, maps: MapLines | undefined) {
  const [{ default: ora }, { readRecording }, { replay }, report, { bracketsOf }, print] = await Promise.all([
    import("ora"),
    import("../replay/recording.ts"),
    import("../replay/replay.ts"),
    import("../replay/report.ts"),
    import("../poller/bracketTable.ts"),
    openPrinter(options),
  ]);
  const symbol = await checkSymbol(path, options.symbol);
  const note = (lines: readonly string[]): void => {
    if (options.alerts !== true) for (const line of lines) process.stderr.write(`${line}\n`);
  };
  const pictures =
    options.png === undefined ? undefined : await openPictures(options.png, symbol, rule.ratio);
  const started = performance.now();
  const recording = await readRecording(path);
  note([`${path}: ${report.describeBars(recording)}`, ...report.recordingNotes(recording)]);
  const isSilent = !process.stderr.isTTY || process.stdout.isTTY || options.alerts === true;
  const spinner = ora({ text: symbol, stream: process.stderr, isSilent }).start();
  const summary = await replay({
    recording,
    symbol,
    riskTiers: bracketsOf(symbol),
    rule,
    from: options.from,
    to: options.to,
    onAlert: print,
    onMap: maps?.write,
    onMoment: pictures?.onMoment,
    onProgress: (done, all) => {
      spinner.text = `${symbol}: ${Math.round((100 * done) / all)} %`;
    },
  }).finally(() => spinner.stop());
  for (const file of (await pictures?.finish()) ?? []) note([`drew ${file}`]);
  note(report.summaryNotes(symbol, summary, performance.now() - started));
}

async function openPictures(folder: string, symbol: string, threshold: number): Promise<ReplayPictures> {
  const { openReplayPictures } = await import("./replayPictures.ts");
  return openReplayPictures({ folder, symbol, threshold });
}

async function checkSymbol(path: string, given: string | undefined): Promise<string> {
  const { symbolOf } = await import("../replay/symbolOf.ts");
  const symbol = given ?? symbolOf(path);
  if (symbol === undefined) throw new ExitError(`${path} does not name a symbol: add --symbol BTC`, 2);
  if (!/^[A-Z0-9]{1,20}$/.test(symbol))
    throw new ExitError(`"${symbol}" is no symbol: A–Z and 0–9, like BTC`, 2);
  return symbol;
}

/** JSON is for programs, which count firings; people also read when one was over. */
async function openPrinter({ json }: Options): Promise<(content: AlertContent) => void> {
  const [{ alertMessage }, { renderConsole }] = await Promise.all([
    import("../alerts/message.ts"),
    import("../notifier/senders/console.ts"),
  ]);
  const bold = process.stdout.isTTY;
  return (content) => {
    if (json !== true) process.stdout.write(`${renderConsole(alertMessage(content, "en"), { bold })}\n\n`);
    else if (content.kind !== "resolved") process.stdout.write(`${JSON.stringify(content)}\n`);
  };
}
