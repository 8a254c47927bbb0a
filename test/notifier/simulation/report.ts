import { iso } from "./platforms.ts";
import type { Options } from "./simulate.ts";
import type { Stage } from "./stage.ts";

/** How much of what led there is shown. */
const shown = 25;

/** For whoever looks into it: how to see it again, what was broken, and what was done before. */
export function reportOf(
  { seed, steps }: Options,
  { history, platforms }: Stage,
  broken: readonly string[],
): string {
  const [first = ""] = broken;
  const again = `SIMULATION_FROM=${seed} SIMULATION_SEEDS=1 SIMULATION_STEPS=${steps} SIMULATION_VERBOSE=1`;
  const calls = platforms.calls.map(
    (one) =>
      `${iso(one.askedAt)} ${one.kind} ${one.destination} ${one.key} ${one.answer} ${iso(one.answeredAt)}`,
  );
  const all = [...history.actions, ...history.logged, ...calls].toSorted();
  const led = process.env["SIMULATION_VERBOSE"] === undefined ? lastBefore(first, history.actions) : all;
  return [`seed ${seed} (${again})`, ...broken, "What led there:", ...led].join("\n");
}

/** Up to the moment the problem names, or the end of the strikes. */
function lastBefore(problem: string, actions: readonly string[]): readonly string[] {
  const endsAt = actions.find((one) => one.endsWith("the end begins"))?.slice(0, iso(0).length) ?? "";
  const [at = endsAt] = /\d{4}-\d\d-\d\dT[\d:.]+Z/.exec(problem) ?? [];
  return actions.filter((one) => one.slice(0, at.length) <= at).slice(-shown);
}
