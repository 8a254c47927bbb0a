import { spawn } from "node:child_process";

const spinner = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const keptOutput = 100_000;
const keptLines = 12;

export function say(text) {
  process.stderr.write(`${text}\n`);
}

/** Ends the setup: what went wrong, and what to do about it. */
export function fail(error) {
  say(`\nSetup stopped: ${error.message}`);
  if (error.output) say(`\n${shortened(error.output)}`);
  if (error.advice) say(`\n${error.advice}`);
  process.exitCode = 1;
}

/** Where a program says much, its first lines and its last ones tell what was wrong. */
function shortened(output) {
  const lines = output.trimEnd().split("\n");
  if (lines.length <= 2 * keptLines) return lines.join("\n");
  return [...lines.slice(0, keptLines), "…", ...lines.slice(-keptLines)].join("\n");
}

/**
 * Runs a command to its end, showing one line while it does. Its own output is shown only when it fails: then the
 * promise is rejected with it and with the advice.
 */
export async function runShown(title, [command, ...args], { advice, ...options } = {}) {
  const started = performance.now();
  const stopSpinner = startSpinner(title);
  const { code, output } = await run(command, args, options);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  stopSpinner();
  say(`${code === 0 ? "✓" : "✗"} ${title} (${seconds} s)`);
  if (code !== 0) throw Object.assign(new Error(`${title} failed.`), { output, advice });
}

function run(command, args, options) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
    let output = "";
    const keep = (bytes) => (output = `${output}${bytes}`.slice(-keptOutput));
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.on("error", (error) => resolve({ code: 1, output: error.message }));
    child.on("close", (code) => resolve({ code, output }));
  });
}

function startSpinner(title) {
  if (!process.stderr.isTTY) {
    say(`… ${title}`);
    return () => undefined;
  }
  let frame = 0;
  const timer = setInterval(() => {
    process.stderr.write(`\r${spinner[frame++ % spinner.length]} ${title}`);
  }, 80);
  return () => {
    clearInterval(timer);
    process.stderr.write("\r\u001b[K");
  };
}
