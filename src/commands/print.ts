/** Data and alerts: the only thing a command writes to stdout. */
export function print(text: string): void {
  process.stdout.write(text);
}
