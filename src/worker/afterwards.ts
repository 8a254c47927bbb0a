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
  let left: (() => void)[] = [];
  let timer: NodeJS.Timeout | undefined;
  const finish = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const works = left;
    left = [];
    for (const work of works) work();
  };
  return {
    leave: (work) => {
      left.push(work);
      timer ??= setTimeout(finish, headStartMs);
    },
    finish,
  };
}
