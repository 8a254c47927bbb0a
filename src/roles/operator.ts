import { type ConfiguredAlerts, followConfig, kindOf } from "../alerts/operator.ts";
import type { Destinations } from "../store/contracts/destinations.ts";

/**
 * Subscribes the operator's destinations as the configuration says now, and takes back what it asked for where it
 * doesn't any more. A chat that the configuration has by its former id is found where it is now: its settings are there.
 * Every worker does so at its start; done twice it changes nothing.
 */
export async function followConfiguration(
  destinations: Destinations,
  operators: readonly string[],
  alerts: ConfiguredAlerts,
): Promise<void> {
  const follow = async (destination: string, configured: ConfiguredAlerts | undefined): Promise<unknown> =>
    destinations.change(destination, followConfig({ destination, kind: kindOf(destination) }, configured));
  const asked = new Set(await destinations.namesNow(operators));
  await eachOf([...asked], async (destination) => follow(destination, alerts));
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
