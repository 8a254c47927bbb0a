import { rowsPerScript, rowsPerShard } from "../../../src/store/ledger/fanOut.ts";
import { membersPerPage } from "../../../src/store/destinations/pages.ts";

/** How much goes into one of each: with few, a dozen destinations are as many as a thousand are elsewhere. */
export interface Sizes {
  /** Members of a rule's page. */
  readonly page: number;
  /** Rows of an alert in one hash: as many as are in two pages. */
  readonly shard: number;
  /** What one script may write: a row in a bundle is one, a row by itself four, a page ten. */
  readonly script: number;
  /** Rows that one claim takes. */
  readonly claim: number;
}

const usual: Sizes = { page: membersPerPage, shard: rowsPerShard, script: rowsPerScript, claim: 1_000 };

export function sizesOf(seed: number): Sizes {
  const [few, some] = [
    { page: 2, shard: 4, script: 25, claim: 5 },
    { page: 6, shard: 12, script: 45, claim: 3 },
  ];
  return [few, some, usual][seed % 5] ?? some;
}

/** The script with such sizes. What stands there of them must stand there still. */
export function withSizes(name: string, lua: string, { page, shard, script, claim }: Sizes): string {
  const changes: Readonly<Record<string, readonly (readonly [usual: string, here: string])[]>> = {
    lopsidePlace: [[`pages * ${usual.page}`, `pages * ${page}`]],
    lopsideExpand: [[`expand(${usual.script})`, `expand(${script})`]],
    lopsideCommit: [
      [`isOpen = ${usual.script},`, `isOpen = ${script},`],
      [`shards * ${usual.shard} <`, `shards * ${shard} <`],
    ],
    lopsideClaimAndTake: [[claimLimit, `math.min(${claim}, ${claimLimit})`]],
    lopsideClaimTakeAndBook: [[claimLimit, `math.min(${claim}, ${claimLimit})`]],
  };
  return (changes[name] ?? []).reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`${name} doesn't say "${from}"`);
    return text.replaceAll(from, to);
  }, lua);
}

const claimLimit = "tonumber(ARGV[2])";
