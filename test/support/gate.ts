/** Where something waits until a test lets it go on. */
export interface Gate {
  /** Waits from now on. */
  readonly passed: Promise<void>;
  readonly waiting: () => boolean;
  readonly open: () => void;
}

export function aGate(): Gate {
  let [isWaiting, open] = [false, (): void => undefined];
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return {
    get passed() {
      isWaiting = true;
      return opened;
    },
    waiting: () => isWaiting,
    open: () => open(),
  };
}
