/** An alert as the console showed it. */
export interface AlertBlock {
  readonly symbol: string;
  /** As it is written: "Nov 22, 12:40 UTC". */
  readonly time: string;
  readonly repeat: boolean;
}

const ruler = /^── (?<symbol>\w+) ─+ (?<time>.+) ──$/;

/** The alerts in a console's output; one that was cut off by a kill in the middle counts, as its reader saw it. */
export function alertBlocks(stdout: string): AlertBlock[] {
  return stdout.split(/^(?=── )/m).flatMap((block) => {
    const { symbol, time } = ruler.exec(block.split("\n", 1)[0] ?? "")?.groups ?? {};
    if (symbol === undefined || time === undefined) return [];
    return [{ symbol, time, repeat: block.includes("Possible repeat") }];
  });
}
