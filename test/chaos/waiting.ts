const patienceMs = 240_000;

/** Asks until it is so (true) or the time is over (false). Redis may be down while it asks. */
export async function waitFor(isSo: () => Promise<boolean>, deadline: number): Promise<boolean> {
  while (performance.now() < deadline) {
    const so = await isSo().catch(() => false);
    if (so) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}

/** Throws when it takes too long. */
export async function waitUntil(isSo: () => Promise<boolean>, what: string): Promise<void> {
  if (!(await waitFor(isSo, performance.now() + patienceMs))) throw new Error(`waited too long for ${what}`);
}
