/** How long nothing has been heard of a loop, in ms during which it could have been. */
export type Silence = (beats: number, monotonicMs: number) => number;

/**
 * Said at every look, `everyMs` apart: how often the loop has come by so far, and the time. A look that comes late was
 * held up itself, with the whole machine or by a stopped process: it counts as two at most.
 */
export function createSilence(everyMs: number): Silence {
  let heard = -1;
  let lookedAt = 0;
  let silentMs = 0;
  return (beats, monotonicMs) => {
    const sinceMs = Math.min(monotonicMs - lookedAt, 2 * everyMs);
    silentMs = beats === heard ? silentMs + sinceMs : 0;
    heard = beats;
    lookedAt = monotonicMs;
    return silentMs;
  };
}
