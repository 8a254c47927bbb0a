/** Works on one thing at a time for each key, in the order in which it was asked to. */
export function createInTurn(): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return async (key, work) => {
    const before = last.get(key) ?? Promise.resolve();
    // the one before tells its own caller how it failed
    const turn = before.then(work, work);
    last.set(key, turn);
    return turn;
  };
}
