/** An error instead of what was asked for; `scope` says whose a Discord 429 is. */
export interface StatusFault {
  readonly kind: "status";
  readonly status: number;
  readonly retryAfterSeconds?: number;
  readonly scope?: "user" | "global" | "shared";
  readonly body?: unknown;
}

/** How a platform misbehaves. "accept…" means that the request took effect and only its answer was lost. */
export type Fault =
  | StatusFault
  | { readonly kind: "resetBefore" }
  | { readonly kind: "delay"; readonly ms: number }
  | { readonly kind: "acceptThenReset" }
  | { readonly kind: "acceptThenHang" }
  | { readonly kind: "acceptThenStatus"; readonly status: number };

type FaultRule = Fault & {
  /** Bot API method, or "METHOD /route" on Discord; every one when left out. */
  readonly method?: string;
  /** Chat or channel id; every one when left out. */
  readonly target?: string | number;
  /** How often the rule strikes; once when left out, Infinity for as long as it stands. */
  readonly times?: number;
  /** Probability that it strikes a request it fits; 1 when left out. */
  readonly chance?: number;
};

export interface Faults {
  /** Returns a function that takes the rule back. */
  readonly add: (rule: FaultRule) => () => void;
  readonly take: (method: string, target: string | undefined) => Fault | undefined;
  readonly clear: () => void;
  /** How often each kind struck: what an oracle subtracts from "nothing twice". */
  readonly struck: ReadonlyMap<Fault["kind"], number>;
}

interface Standing {
  readonly rule: FaultRule;
  left: number;
}

export function createFaults(random: () => number = Math.random): Faults {
  let standing: Standing[] = [];
  const struck = new Map<Fault["kind"], number>();
  const take = (method: string, target: string | undefined): Fault | undefined => {
    const hit = standing.find(({ rule }) => fits(rule, method, target) && random() < (rule.chance ?? 1));
    if (hit === undefined) return undefined;
    hit.left -= 1;
    if (hit.left <= 0) standing = standing.filter((other) => other !== hit);
    struck.set(hit.rule.kind, (struck.get(hit.rule.kind) ?? 0) + 1);
    return hit.rule;
  };
  const add = (rule: FaultRule): (() => void) => {
    const entry = { rule, left: rule.times ?? 1 };
    standing.push(entry);
    return () => {
      standing = standing.filter((other) => other !== entry);
    };
  };
  const clear = (): void => {
    standing = [];
  };
  return { add, take, clear, struck };
}

function fits(rule: FaultRule, method: string, target: string | undefined): boolean {
  if (rule.method !== undefined && rule.method.toLowerCase() !== method.toLowerCase()) return false;
  return rule.target === undefined || String(rule.target) === target;
}
