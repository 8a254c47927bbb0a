import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Call, Sample, VenueAdapter } from "../../src/poller/adapter.ts";
import { adapterOf } from "../../src/poller/adapters.ts";
import type { Observation } from "../../src/poller/contracts.ts";
import { type Exchange, loadExchange } from "../../src/poller/exchanges.ts";
import type { Cause } from "../../src/poller/failure.ts";
import { readListings } from "../../src/poller/listing.ts";
import { Malformed, Stale } from "../../src/poller/read.ts";
import { contractIn, type Listed, resolve } from "../../src/poller/resolve.ts";
import { scaled } from "../../src/poller/scale.ts";
import { checked } from "../../src/poller/tiers.ts";
import type { Dialect } from "./dialect.ts";
import { dialects, timed } from "./dialects.ts";
import type { VenueReply } from "../support/venueServer.ts";
import { observationOf, pollSeries, setStage, type Stage } from "./harness.ts";
import { inverseVenues } from "./inverse.ts";
import { type Mutation, mutationsOf } from "./mutations.ts";
import { hourMs, truth } from "./world.ts";

/** One thing that is asked of a venue, and what is made of the answer. */
interface Question {
  readonly name: string;
  readonly call: Call;
  readonly read: (body: unknown) => readonly object[];
}

function questionsOf(adapter: VenueAdapter, contract: Listed, now: number): Question[] {
  const { boards, candles, markCandles, openInterestHistory, longShortRatio, riskTiers } = adapter;
  const feeds = Object.entries({
    candles,
    markCandles,
    openInterestHistory: openInterestHistory[0],
    longShortRatio,
  });
  const { openInterest, fundingRate } = adapter;
  const figures = Object.entries({ openInterest, fundingRate });
  return [
    ...boards
      .filter(({ covers }) => covers?.(contract) ?? true)
      .map((board, index) => ({
        name: `board ${index + 1}`,
        call: board.call,
        read: (body: unknown) =>
          board
            .rows(body)
            .filter((row) => Object(row)[board.idField] === contract.id)
            .map((row) => board.row(row, contract, body)),
      })),
    ...feeds.flatMap(([name, feed]) =>
      feed === undefined
        ? []
        : [
            {
              name,
              call: feed.latest(contract, 3, now),
              read: (body: unknown) => feed.rows(body).map((row): object => feed.row(row, contract)),
            },
          ],
    ),
    ...figures.flatMap(([name, figure]) =>
      figure === undefined
        ? []
        : [
            {
              name,
              call: figure.call(contract),
              read: (body: unknown) => [named(name, figure.read(body, contract))],
            },
          ],
    ),
    ...(riskTiers.kind === "table"
      ? []
      : [
          {
            name: "riskTiers",
            call: riskTiers.call(contract),
            read: (body: unknown) => checked(riskTiers.read(body, contract, truth.markPrice)),
          },
        ]),
  ];
}

const named = (name: string, { at, value }: Sample): object => ({ at, [name]: value });

/** What may be 0, or below it, without being wrong. */
const mayBeZero = new Set([
  "volume",
  "takerBuyVolume",
  "fundingRate",
  "longLiquidations",
  "shortLiquidations",
]);

/** Rows that a changed answer gave although the figure is none: anything that isn't in the true answer. */
function strangers(rows: readonly object[], honest: readonly object[], figure: number): object[] {
  const known = new Set(honest.flatMap((row) => Object.values(row)));
  return rows.filter((row) =>
    Object.entries(row).some(([field, value]) => {
      if (known.has(value) || typeof value === "boolean") return false;
      return !(mayBeZero.has(field) && figure <= 0 && Math.abs(Number(value)) <= Math.abs(figure) + 1);
    }),
  );
}

/** Every series that a venue can have: its main contract's and, where it has one, its inverse one's. */
interface Told extends Pick<Dialect, "id" | "routes"> {
  readonly series: string;
  readonly tellsTime: boolean;
}
const tellers: readonly Told[] = [
  ...dialects.map((dialect) => ({ ...dialect, series: dialect.id, tellsTime: timed.includes(dialect) })),
  ...inverseVenues.map((venue) => ({ ...venue, tellsTime: true })),
];

describe.each(tellers)("$series's answers", (dialect) => {
  let stage: Stage;
  let exchange: Exchange;
  let questions: Question[];

  beforeAll(async () => {
    stage = await setStage(dialect);
    const adapter = scaled(adapterOf(dialect.id));
    const { ccxt, listing, marketParams } = adapter;
    const { baseUrl } = stage.server;
    const pacing = { timeoutMs: 5_000, beforeSend: () => undefined };
    exchange = await loadExchange(adapter.id, { baseUrl, ccxt, listing, marketParams, ...pacing });
    const resolved = resolve(adapter, readListings(await exchange.fetchMarkets()).filter(isBtc), "BTC");
    questions = questionsOf(adapter, contractIn(dialect.series, resolved), stage.clock.now());
  });
  afterAll(async () => {
    await exchange.close();
    await stage.stop();
  });

  it("let no bad value pass: each is refused with a reason, or isn't read", async () => {
    const verdicts: Verdict[] = [];
    for (const question of questions) {
      const body = await exchange.call(question.call.method, question.call.params);
      const honest = question.read(body);
      expect({ asked: question.name, rows: honest.length }).not.toMatchObject({ rows: 0 });
      verdicts.push(...mutationsOf(body).map((mutation) => judge(question, mutation, honest)));
    }
    expect(verdicts.filter(({ kind }) => kind === "passed")).toEqual([]);
    const reasons = verdicts.flatMap((verdict) => (verdict.kind === "refused" ? [verdict.reason] : []));
    expect(reasons.length).toBeGreaterThan(100);
    expect(reasons).not.toContain("");
  });
});

type Verdict =
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "unread" }
  | { readonly kind: "passed"; readonly what: string; readonly told: object };

function judge(
  { name, read }: Question,
  { what, figure, changed }: Mutation,
  honest: readonly object[],
): Verdict {
  try {
    const [told] = strangers(read(changed), honest, figure);
    return told === undefined ? { kind: "unread" } : { kind: "passed", what: `${name}, ${what}`, told };
  } catch (error) {
    if (error instanceof Malformed || error instanceof Stale)
      return { kind: "refused", reason: error.message };
    throw error;
  }
}

/** What can happen to a whole answer on its way; an empty list may be the truth, and seconds may stand where nobody reads. */
const garbled: readonly (readonly [how: string, garble: (good: VenueReply) => VenueReply, plain: boolean])[] =
  [
    ["is a web page", () => ({ text: "<html><body>Checking your browser…</body></html>" }), true],
    ["is cut off", (good) => ({ text: textOf(good).slice(0, -2) }), true],
    ["is empty", () => ({ text: "" }), true],
    ["is null", () => ({ text: "null" }), true],
    ["is an empty object", () => ({ text: "{}" }), true],
    ["is an empty list", () => ({ text: "[]" }), false],
    ["counts seconds", (good) => ({ text: inSeconds(textOf(good)) }), false],
  ];

const textOf = (reply: VenueReply): string => ("json" in reply ? JSON.stringify(reply.json) : "[1");
const inSeconds = (text: string): string => text.replaceAll(/\b(1[0-9]{9})[0-9]{3}\b/g, "$1");

/** All numbers an observation tells, but its margin table: that may be our own. */
function numbersIn({ spec: _spec, tierSource: _source, ...told }: Observation): number[] {
  return (
    JSON.stringify(told)
      .match(/-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/g)
      ?.map(Number) ?? []
  );
}

describe.each(tellers)("$series's wire", (dialect) => {
  let stage: Stage;
  let honest: ReadonlySet<number>;
  const causes: Cause[] = [];
  const pollAnew = async () => {
    causes.length = 0;
    return pollSeries(stage.open({ onRefusal: (cause) => causes.push(cause) }), dialect.series);
  };

  beforeAll(async () => {
    stage = await setStage(dialect);
    // once for the market list, once for all else
    await pollSeries(stage.venue, dialect.series);
    stage.server.forgetRequests();
    honest = new Set(numbersIn(observationOf(await pollAnew())));
  });
  afterAll(async () => stage.stop());

  it.each(garbled)("when an answer %s, nothing of it is told", async (_how, garble, plain) => {
    const routes = dialect.routes(truth, stage.clock.now);
    const asked = Object.entries(routes).filter(([key]) => stage.server.asked(key).length > 0);
    for (const [key, good] of asked) {
      stage.server.on(key, async (request) => garble(await good(request)));
      const outcome = await pollAnew();
      const strange = outcome.ok
        ? numbersIn(outcome.observation).filter((told) => !honest.has(told))
        : [outcome.failure.reason].filter((reason) => !reason.includes(dialect.id));
      const counted = causes.length > 0 || !plain;
      expect({ key, strange, counted }).toEqual({ key, strange: [], counted: true });
      stage.server.serve(routes);
    }
    expect(asked.length).toBeGreaterThan(1);
  });

  const clocks = [
    ["stands still for an hour", -hourMs],
    ["runs an hour ahead", hourMs],
  ] as const;
  it.each(dialect.tellsTime ? clocks : [])(
    "when the venue's clock %s, nothing is told",
    async (_how, offMs) => {
      const { server, clock } = stage;
      server.serve(dialect.routes(truth, () => clock.now() + offMs));
      expect((await pollAnew()).ok).toBe(false);
      expect(causes).not.toEqual([]);
      server.serve(dialect.routes(truth, clock.now));
    },
  );
});

const isBtc = ({ symbol }: { readonly symbol: string }): boolean => symbol === "BTC";
