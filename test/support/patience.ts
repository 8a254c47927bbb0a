/** For `vi.waitFor`, whose own is one second: the machine may be busy, and what matters is that it comes, not when. */
export const patient = { timeout: 90_000, interval: 50 };
