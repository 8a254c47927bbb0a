/** Lets a test wait for something a stand-in will have seen, without sleeping. */
export interface Signal {
  /** Looks again at everything that is being waited for. */
  readonly notify: () => void;
  /** Resolves with the first defined value `pick` gives; the test's own time limit bounds it. */
  readonly waitFor: <T>(pick: () => T | undefined) => Promise<T>;
}

/** For what changes on the test's own side, where nobody notifies. */
const lookAgainMs = 20;

export function createSignal(): Signal {
  const lookers = new Set<() => void>();
  return {
    notify: () => {
      for (const look of lookers) look();
    },
    waitFor: async (pick) =>
      new Promise((resolve) => {
        const look = (): void => {
          const value = pick();
          if (value === undefined) return;
          lookers.delete(look);
          clearInterval(timer);
          resolve(value);
        };
        const timer = setInterval(look, lookAgainMs);
        lookers.add(look);
        look();
      }),
  };
}
