import { type ConfiguredAlerts, followConfig, kindOf } from "../alerts/operator.ts";
import type { Destinations } from "../store/contracts.ts";

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
  for (const destination of operators) await follow(destination, alerts);
  for (const destination of await destinations.configured()) {
    if (!operators.includes(destination)) await follow(destination, undefined);
  }
}
