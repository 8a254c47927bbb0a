/** What may go wrong with a call; each as a share of all calls. */
const troubles = ["unreachable", "limited", "lost", "failing", "hanging", "refusing"] as const;
type Trouble = (typeof troubles)[number];
export type Weather = Readonly<Record<Trouble, number>>;

export const fine: Weather = { unreachable: 0, limited: 0, lost: 0, failing: 0, hanging: 0, refusing: 0 };

export function someWeather(random: () => number): Weather {
  if (random() < 0.4) return fine;
  return {
    unreachable: random() * 0.2,
    limited: random() * 0.2,
    lost: random() * 0.2,
    failing: random() * 0.15,
    hanging: random() * 0.1,
    refusing: random() < 0.2 ? 0.05 : 0,
  };
}

export function drawFrom(weather: Weather, random: () => number): Trouble | "ok" {
  let left = random();
  for (const trouble of troubles) {
    if (left < weather[trouble]) return trouble;
    left -= weather[trouble];
  }
  return "ok";
}
