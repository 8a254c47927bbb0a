import { turnKeys } from "../../../../src/store/keys.ts";
import { textOf } from "../../../support/keyText.ts";
import type { Evidence } from "./evidence.ts";

/** What a delivery needs while it is under way. */
const passing = /:(claimed|bundles):|:fan-outs$|:outbox:|:unfinished$|:forgotten$|\}:held$/;

/** When all is told nothing of the telling is left. */
export async function leftovers(evidence: Evidence): Promise<readonly string[]> {
  const { redis } = evidence;
  const problems: string[] = [];
  for (const key of await redis.keys("*")) {
    if (passing.test(key) && !isToCome(evidence, key))
      problems.push(`left behind: ${key} ${(await textOf(redis, key)).slice(0, 400)}`);
    if (!key.includes(":beyond:")) continue;
    for (const [field, value] of Object.entries(await redis.hgetall(key)))
      if (value !== "0") problems.push(`left behind: ${key} ${field} ${value}`);
  }
  return [...problems, ...(await turnsLeft(evidence))];
}

/** What is held back is told with what is next, where a summary of it came to nothing or while nothing was told. */
function isToCome({ platforms, history, rows }: Evidence, key: string): boolean {
  const name = /\{(.*)\}:held$/.exec(key)?.[1];
  if (name === undefined) return false;
  const isRefused = platforms.calls.some(
    (call) => call.destination === name && call.answer.startsWith("refusing"),
  );
  const isGivenUp = rows.some(
    ({ alertId, destination, state }) =>
      destination === name && state === "dead" && alertId.startsWith("summary"),
  );
  if (isRefused || isGivenUp) return true;
  return history.wishes.get(name)?.some(({ record }) => record?.disabled !== undefined) === true;
}

async function turnsLeft({ redis, world }: Evidence): Promise<readonly string[]> {
  const leases = Object.entries(await redis.hgetall(turnKeys.leases));
  return leases
    .filter(([, lease]) => Number(lease.slice(0, 13)) > world.now())
    .map(([name, lease]) => `a turn at ${name} is left: ${lease}`);
}
