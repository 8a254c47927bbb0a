/**
 * What a round has to put in order when it is over waits so long, real ms, for the alerts it has caused: they would
 * take turns on the same processor.
 */
export const headStartMs = 25;

/** Work that no alert is to wait for. */
export interface Afterwards {
  /** In the order in which it was left; must not throw. */
  readonly leave: (work: () => void) => void;
  /** Does at once what was left so far. */
  readonly finish: () => void;
}

export function createAfterwards(): Afterwards {
  // each its own: what is left by a round's first report must not shorten the head start of its alert
  const left = new Map<NodeJS.Timeout, () => void>();
  return {
    leave: (work) => {
      const timer = setTimeout(() => {
        left.delete(timer);
        work();
      }, headStartMs);
      left.set(timer, work);
    },
    finish: () => {
      const works = [...left];
      left.clear();
      for (const [timer] of works) clearTimeout(timer);
      for (const [, work] of works) work();
    },
  };
}
