import fc from "fast-check";
import type { Turns } from "../../../src/store/contracts/turns.ts";

type Played = Pick<Turns, "take" | "keep" | "end" | "holdBack" | "heldBack" | "dropHeld">;

/** What turns are, in a few lines. */
export function newModel(now: () => number): Played {
  const leases = new Map<string, { readonly holder: string; readonly till: number }>();
  const pushed = new Map<string, string>();
  const held = new Map<string, Map<string, string>>();
  const leaseOf = (name: string): string | undefined => {
    const lease = leases.get(name);
    return lease !== undefined && lease.till > now() ? lease.holder : undefined;
  };
  const heldOf = (name: string): Map<string, string> => held.get(name) ?? new Map<string, string>();
  return {
    take: async (names, holder, ttlMs) =>
      names.map((name) => {
        if (leaseOf(name) !== undefined) return { kind: "busy" };
        leases.set(name, { holder, till: now() + ttlMs });
        return { kind: "taken", pushes: pushed.get(name), movedTo: undefined };
      }),
    keep: async (names, holder, ttlMs) => {
      for (const name of names)
        if (leaseOf(name) === holder) leases.set(name, { holder, till: now() + ttlMs });
    },
    end: async (ends, holder) => {
      for (const { destination, pushes } of ends) {
        if (pushes !== undefined) pushed.set(destination, pushes);
        if (leaseOf(destination) === holder) leases.delete(destination);
      }
    },
    holdBack: async (name, id, entry) => {
      held.set(name, new Map([[id, entry], ...heldOf(name)]));
    },
    heldBack: async (name) => heldOf(name),
    dropHeld: async (name, ids) => {
      for (const id of ids) held.get(name)?.delete(id);
    },
  };
}

export interface HolderActs {
  readonly name: string;
  readonly on: (turns: Played) => Promise<unknown>;
  /** ms until the next one acts. */
  readonly passing: number;
}

const holder = fc.constantFrom("one", "two");
const names = fc.constantFrom(["p"], ["q"], ["p", "q"], ["q", "p"]);
const pushes = fc.constantFrom(undefined, "{1}", "{2}");
const ids = fc.constantFrom("x", "y");
/** As long as a turn, a bit less, or nothing. */
const passing = fc.constantFrom(0, 1, 3_999, 4_000);

/** Something one of two holders does with one or both of two destinations. */
export const aHolderActs: fc.Arbitrary<HolderActs> = fc
  .record({
    who: holder,
    where: names,
    what: fc.constantFrom("take", "take", "keep", "end", "end", "holdBack", "heldBack", "dropHeld"),
    told: pushes,
    id: ids,
    passing,
  })
  .map(({ who, where, what, told, id, passing }) => ({
    name: `${who} ${what} ${where.join(" ")} ${told ?? ""} ${id}`,
    passing,
    on: async (turns) => {
      const [first = ""] = where;
      if (what === "take") return turns.take(where, who, 4_000);
      if (what === "keep") return turns.keep(where, who, 4_000);
      if (what === "holdBack") return turns.holdBack(first, id, who);
      if (what === "heldBack") return turns.heldBack(first);
      if (what === "dropHeld") return turns.dropHeld(first, [id]);
      return turns.end(
        where.map((destination) => ({ destination, pushes: told })),
        who,
      );
    },
  }));
