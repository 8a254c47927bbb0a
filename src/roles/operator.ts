import { type ConfiguredAlerts, followConfig, kindOf } from "../alerts/operator.ts";
import type { Destinations } from "../store/contracts/destinations.ts";

/**
 * Subscribes the operator's destinations as the configuration says now, and takes back what it asked for where it
 * doesn't any more. Every worker does so at its start; done twice it changes nothing.
 */
export async function followConfiguration(
  destinations: Destinations,
  operators: readonly string[],
  alerts: ConfiguredAlerts,
): Promise<void> {
  const follow = async (destination: string, configured: ConfiguredAlerts | undefined): Promise<unknown> =>
    destinations.change(destination, followConfig({ destination, kind: kindOf(destination) }, configured));
  await eachOf(operators, async (destination) => follow(destination, alerts));
  const asked = new Set(operators);
  const former = (await destinations.configured()).filter((destination) => !asked.has(destination));
  await eachOf(former, async (destination) => follow(destination, undefined));
}

/** There may be ten thousand. */
const atOnce = 50;

async function eachOf(names: readonly string[], work: (name: string) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < names.length; at += atOnce) {
    await Promise.all(names.slice(at, at + atOnce).map(work));
  }
}
