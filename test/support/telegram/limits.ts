/** Telegram's sending limits (grammy.dev/advanced/flood): undocumented in detail, these are what bots meet. */
export interface TelegramLimits {
  /** Messages a second over all chats; 30. */
  readonly overallPerSecond?: number;
  /** Messages a second in one chat, with a burst of `chatBurst`; 1 and 3. */
  readonly chatPerSecond?: number;
  readonly chatBurst?: number;
  /** Messages a minute in one group or channel; 20. */
  readonly groupPerMinute?: number;
}

export const realisticLimits: TelegramLimits = {
  overallPerSecond: 30,
  chatPerSecond: 1,
  chatBurst: 3,
  groupPerMinute: 20,
};

export interface RateLimiter {
  /** Seconds to wait, or undefined when the message may pass (and is counted). */
  readonly admit: (chatId: number, isGroup: boolean) => number | undefined;
}

interface Window {
  readonly limit: number;
  readonly lengthMs: number;
  readonly at: number[];
}

export function createRateLimiter(limits: TelegramLimits, now: () => number): RateLimiter {
  const overall = openWindow(limits.overallPerSecond, 1000);
  const chats = new Map<number, readonly Window[]>();
  const windowsOf = (chatId: number, isGroup: boolean): readonly Window[] => {
    const known = chats.get(chatId);
    if (known !== undefined) return known;
    const windows = openChatWindows(limits, isGroup);
    chats.set(chatId, windows);
    return windows;
  };
  return {
    admit: (chatId, isGroup) => {
      const windows = [overall, ...windowsOf(chatId, isGroup)];
      const waitMs = Math.max(...windows.map((window) => waitFor(window, now())));
      if (waitMs > 0) return Math.ceil(waitMs / 1000);
      for (const window of windows) if (Number.isFinite(window.limit)) window.at.push(now());
      return undefined;
    },
  };
}

function openChatWindows(limits: TelegramLimits, isGroup: boolean): readonly Window[] {
  const burst = limits.chatBurst ?? 1;
  const perSecond = limits.chatPerSecond;
  const windows = [
    openWindow(
      perSecond === undefined ? undefined : burst,
      perSecond === undefined ? 0 : (burst * 1000) / perSecond,
    ),
  ];
  return isGroup ? [...windows, openWindow(limits.groupPerMinute, 60_000)] : windows;
}

function openWindow(limit: number | undefined, lengthMs: number): Window {
  return { limit: limit ?? Number.POSITIVE_INFINITY, lengthMs, at: [] };
}

/** A sliding window: the next message may go when the limit-th last one has left it. */
function waitFor(window: Window, now: number): number {
  if (!Number.isFinite(window.limit)) return 0;
  while ((window.at[0] ?? now) <= now - window.lengthMs) window.at.shift();
  const blocking = window.at.at(-window.limit);
  return blocking === undefined || window.at.length < window.limit ? 0 : blocking + window.lengthMs - now;
}
