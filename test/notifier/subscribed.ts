import type { DestinationSettings, Subscription } from "../../src/alerts/subscription.ts";
import type { Store } from "../../src/store/contracts/store.ts";

/** Makes a destination that is subscribed to BTC, up, from 2 on. */
export async function subscribed(
  { destinations }: Pick<Store, "destinations">,
  destination: string,
  wish: Partial<DestinationSettings> & Partial<Pick<Subscription, "mode">> = {},
): Promise<void> {
  const { mode = "loud", ...settings } = wish;
  await destinations.change(destination, () => ({
    kind: "keep",
    record: {
      version: 1,
      destination,
      settings: { kind: "direct", ...settings },
      subscriptions: [
        { id: 1, symbol: "BTC", ratio: 2, direction: "up", notionalUsd: "auto", confidence: 50, mode },
      ],
      nextId: 2,
    },
  }));
}
