import type { BookDepth, MeasuredPosition } from "../../src/model/types.ts";
import type { RuleKey } from "../../src/alerts/rules.ts";
import type { Destinations, RulesInUse } from "../../src/store/contracts/destinations.ts";
import type { VenueHistory, VenueRecord } from "../../src/store/contracts/rounds.ts";
import type { Store } from "../../src/store/contracts/store.ts";
import type { Commit, CommitResult, SymbolState } from "../../src/store/contracts/symbols.ts";

/** The store's promises for one symbol, in memory: what a recompute reads and commits. */
export interface FakeStore extends Store {
  /** What the venues are known to have said. */
  readonly records: Map<string, VenueRecord>;
  readonly waiting: VenueHistory[];
  readonly commits: Commit[];
  /** Whole reads of the state, beside those of its version. */
  readonly reads: () => number;
  /** Takes the place of the next commit's answer; "fail" rejects, as a connection that broke does. */
  readonly answerNext: (answer: Exclude<CommitResult, "committed"> | "fail") => void;
  /** The state as if another process had committed it. */
  readonly overwrite: (change: Partial<SymbolState>) => void;
  readonly state: () => SymbolState;
  readonly cursors: Map<string, number>;
  /** Positions that are known, by venue. */
  readonly measured: Map<string, readonly MeasuredPosition[]>;
  /** Books that were read. */
  readonly books: BookDepth[];
  /** From now on these rules have a subscriber. */
  readonly useRules: (rules: readonly RuleKey[]) => void;
}

/** Nobody is known and nobody can subscribe: a recompute only reads which rules are in use. */
const noDestinations: Destinations = {
  get: async () => undefined,
  getMany: async (destinations) => destinations.map(() => undefined),
  getReadable: async () => ({ records: [], unreadable: 0 }),
  change: async () => ({ kind: "refused", reason: "refused-nothing-kept", arguments: {} }),
  disable: async () => false,
  enable: async () => undefined,
  move: async () => undefined,
  namesNow: async (destinations) => destinations,
  forget: async () => false,
  ofGuild: async () => [],
  configured: async () => [],
  list: async () => ({ destinations: [], next: undefined }),
  repair: async () => 0,
};

export function fakeStore(): FakeStore {
  const records = new Map<string, VenueRecord>();
  const waiting: VenueHistory[] = [];
  const commits: Commit[] = [];
  const cursors = new Map<string, number>();
  const measured = new Map<string, readonly MeasuredPosition[]>();
  const books: BookDepth[] = [];
  const answers: (CommitResult | "fail")[] = [];
  let state: SymbolState = { version: 0, slot: -1, series: new Map(), memory: undefined };
  let reads = 0;
  let inUse: RulesInUse = { version: "", members: new Map() };

  const keep = (commit: Commit): CommitResult => {
    if (commit.slot <= state.slot) return "slot-done";
    if (commit.basedOn !== state.version) return "conflict";
    const series = new Map([...state.series, ...commit.series]);
    for (const [venue, cursor] of commit.cursors) cursors.set(venue, cursor);
    for (const venue of commit.dropped) {
      series.delete(venue);
      cursors.delete(venue);
    }
    const { slot, memory, calibration = state.calibration } = commit;
    state = { version: state.version + 1, slot, series, memory, calibration };
    commits.push(commit);
    return "committed";
  };

  return {
    records,
    waiting,
    commits,
    cursors,
    measured,
    books,
    reads: () => reads,
    useRules: (rules) => {
      inUse = { version: `${inUse.version}+`, members: new Map(rules.map((rule) => [rule, 1])) };
    },
    answerNext: (answer) => answers.push(answer),
    overwrite: (change) => {
      state = { ...state, version: state.version + 1, ...change };
    },
    state: () => state,
    rounds: {
      peek: async () => undefined,
      report: async () => "waiting",
      outset: async () => ({
        version: state.version,
        slot: state.slot,
        records: [...records.values()],
        histories: waiting.splice(0),
        positions: measured,
        depths: books,
        rules: inUse.version,
      }),
      read: async () => [...records.values()],
      cursors: async (venue, symbols) =>
        new Map(
          symbols.flatMap((symbol) => {
            const cursor = cursors.get(venue);
            return cursor === undefined ? [] : [[symbol, cursor]];
          }),
        ),
    },
    backfills: {
      put: async (_symbol, venue, spec, bars) => {
        waiting.push({ venue, spec, bars });
      },
    },
    symbols: {
      read: async () => {
        reads += 1;
        return state;
      },
      commit: async (commit) => {
        const answer = answers.shift();
        if (answer === "fail") throw new Error("the connection broke");
        return answer ?? keep(commit);
      },
      imbalance: async () => commits.at(-1)?.imbalance,
      map: async () => commits.at(-1)?.map,
      history: async () => [],
      addHistory: async () => undefined,
    },
    outbox: {
      endsTurns: true,
      claim: async () => ({ deliveries: [], isOpen: false, ageMs: [], laterInMs: undefined }),
      settle: async (_place, _platform, outcomes) => outcomes.map(() => true),
      expand: async () => false,
      releaseStuck: async () => 0,
      countPending: async () => 0,
      newestEdits: async (_place, episodes) => episodes.map(() => undefined),
      insert: async () => undefined,
    },
    pace: {
      book: async (_platform, _limits, wishes) => wishes.map(() => ({ kind: "go", inMs: 0 })),
      line: () => ({ keys: [], args: () => [], read: () => [] }),
      refund: async () => undefined,
      pause: async () => undefined,
      noteInvalid: async () => undefined,
    },
    turns: {
      take: async (destinations) =>
        destinations.map(() => ({ kind: "taken", pushes: undefined, movedTo: undefined })),
      keep: async () => undefined,
      end: async () => undefined,
      moved: async () => undefined,
      holdBack: async () => undefined,
      noteTold: async () => undefined,
      heldBack: async () => new Map(),
      dropHeld: async () => undefined,
    },
    positions: {
      accounts: async () => [],
      keep: async () => undefined,
      forget: async () => undefined,
      put: async () => undefined,
    },
    liquidations: {
      putTotals: async () => undefined,
      totals: async () => new Map(),
      day: async () => new Map(),
      addPrints: async () => undefined,
      prints: async () => [],
    },
    depths: { put: async () => undefined },
    openInterest: { put: async () => undefined, bars: async () => [], minutes: async () => [] },
    markets: { get: async () => undefined, put: async () => undefined },
    destinations: noDestinations,
    rules: { inUse: async () => inUse },
  };
}
