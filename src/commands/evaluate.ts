import { Command } from "commander";
import type { ScoredGroup } from "./evaluate/evaluate.ts";
import { ExitError } from "./exit.ts";
import { writeFile } from "./files.ts";

interface Options {
  readonly json?: string;
  readonly png?: string;
}

/** How good the map is, measured on what was really liquidated. */
export function evaluateCommand(): Command {
  return new Command("evaluate")
    .description("scores the map against recorded liquidations, beside baselines")
    .argument("<path>", "a CSV file of bars with liquidations, or a folder of them")
    .option("--json <file>", "write every figure with its interval as JSON")
    .option("--png <file>", "draw predicted against realised, and how often the bands held")
    .action(run);
}

async function run(path: string, options: Options): Promise<void> {
  const [{ default: ora }, { readConfig }, { evaluatePath }, { renderScores }] = await Promise.all([
    import("ora"),
    import("./settings.ts"),
    import("./evaluate/evaluate.ts"),
    import("./evaluate/table.ts"),
  ]);
  const rule = readConfig().config.alerts;
  const spinner = ora({ stream: process.stderr, isSilent: !process.stderr.isTTY }).start();
  const onFile = (file: string): void => {
    spinner.text = file;
  };
  const { groups, skipped } = await evaluatePath({ path, rule, onFile }).finally(() => spinner.stop());
  for (const line of skipped) process.stderr.write(`${line}\n`);
  if (groups.length === 0) throw new ExitError(`${path} has no recording with liquidations to score against`);
  process.stdout.write(renderScores(groups));
  if (options.png !== undefined) await writePicture(groups, options.png);
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify({ groups }, null, 2)}\n`);
}

async function writePicture(groups: readonly ScoredGroup[], path: string): Promise<void> {
  const [{ createCharts }, { plainLook }] = await Promise.all([
    import("../charts/charts.ts"),
    import("../charts/contracts.ts"),
  ]);
  const recordings = groups.flatMap(({ barMs, reliability }) =>
    reliability.map((own) => ({ ...own, barMs })),
  );
  const charts = createCharts();
  const drawn = await charts.reliability({ recordings, look: plainLook });
  await charts.close();
  if (drawn.kind === "failed") throw new ExitError(`no picture was drawn: ${drawn.message}`);
  await writeFile(path, drawn.png);
}
