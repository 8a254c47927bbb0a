import { edgeOf } from "../../../../src/alerts/alertId.ts";
import { iso } from "../platforms.ts";
import { rule } from "../workers.ts";
import { type Evidence, groupBy } from "./evidence.ts";

/** Two workers' clocks may be so far apart, each way. */
const apartMs = 60_000;

interface Telling {
  readonly alertId: string;
  readonly episodeId: string;
  readonly rule: string;
  readonly edge: string;
  /** By the clock of who decided it. */
  readonly at: number;
}

/** An episode begins once, grows twice at most, and ends once, and that is all of it. */
export function episodes({ history }: Evidence): readonly string[] {
  const tellings = history.commits.flatMap(({ commit: { symbol, ruleAlerts, at } }) =>
    ruleAlerts.map((one): Telling => ({
      ...one,
      rule: `${symbol} ${one.rule}`,
      edge: edgeOf(one.alertId),
      at,
    })),
  );
  const ofEach = groupBy(tellings, ({ episodeId }) => episodeId);
  return [...[...ofEach].flatMap(([id, all]) => inOrder(id, all)), ...firings(tellings)];
}

const course = /^fire( escalate-1)?( escalate-2)? resolve$/;

function inOrder(id: string, all: readonly Telling[]): readonly string[] {
  const ids = all.map(({ alertId }) => alertId);
  const twice = ids.filter((one, nth) => ids.indexOf(one) < nth);
  const edges = all.map(({ edge }) => edge).filter((edge) => edge !== "update");
  const last = all.at(-1)?.edge;
  return [
    ...twice.map((one) => `${one} was decided twice`),
    ...(course.test(edges.join(" ")) && last === "resolve"
      ? []
      : [`${id} went: ${edges.join(", ")}, last ${last}`]),
  ];
}

/** One after the other's end, and not before its cooldown is over. */
function firings(tellings: readonly Telling[]): readonly string[] {
  return [...groupBy(tellings, (one) => one.rule)].flatMap(([name, all]) => {
    const fires = all.filter(({ edge }) => edge === "fire");
    return fires.flatMap((fire, nth) => {
      const before = fires[nth - 1];
      if (before === undefined || fire.at - before.at >= rule.cooldownMs - apartMs) return [];
      return [`${name} fired at ${iso(before.at)} and again at ${iso(fire.at)}`];
    });
  });
}
