import { writeFile } from "node:fs/promises";
import { Command } from "commander";
import { ExitError } from "./exit.ts";

interface Options {
  readonly json?: string;
}

/** How good the map is, measured on what was really liquidated. */
export function evaluateCommand(): Command {
  return new Command("evaluate")
    .description("scores the map against recorded liquidations, beside baselines")
    .argument("<path>", "a CSV file of bars with liquidations, or a folder of them")
    .option("--json <file>", "write every figure with its interval as JSON")
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
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify({ groups }, null, 2)}\n`);
}
