/**
 * Real ms. The housekeeping after a round (metrics, log, picture data) begins so much later, because the alerts that the
 * round has caused need the same processor and go first.
 */
export const headStartMs = 25;

/** Work that no alert is to wait for. */
export interface Afterwards {
  /** Does it `headStartMs` later, in the order in which it was left. It must not throw. */
  readonly leave: (work: () => void) => void;
  /** Does at once what was left so far, as at a stop. */
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
