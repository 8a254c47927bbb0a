/**
 * A slot number far behind the newest one does not come from a late process: POLL_INTERVAL was changed, which
 * renumbers all slots. One percent of the interval shifts them by more than this at any interval up to an hour.
 */
export const renumberedSlots = 4_000;

/**
 * How long, in ms of the server's clock, a slot number guards against lower ones after it was written. A clock
 * that was an hour ahead and was put right must not silence a symbol for an hour.
 */
export const slotGuardMs = 5 * 60_000;
