import type { Redis } from "ioredis";
import type { Moment } from "../simulate.ts";
import type { Stage } from "../stage.ts";
import { budgets, floors } from "./budgets.ts";
import { decisions, rounds } from "./decisions.ts";
import { episodes } from "./episodes.ts";
import { gather, type Law } from "./evidence.ts";
import { feeds } from "./feeds.ts";
import { forgotten } from "./forgotten.ts";
import { leftovers } from "./leftovers.ts";
import { living } from "./living.ts";
import { markedWithReason, once } from "./once.ts";
import { ended, trueOutcomes } from "./outcomes.ts";
import { placed } from "./placed.ts";
import { summaries } from "./summaries.ts";
import { told } from "./told.ts";
import { wanted } from "./wanted.ts";

const laws: readonly (readonly [string, Law])[] = [
  ["patience", ({ platforms }) => platforms.problems],
  ["once", once],
  ["marked with reason", markedWithReason],
  ["told", told],
  ["ended", ended],
  ["true outcomes", trueOutcomes],
  ["wanted", wanted],
  ["floors", floors],
  ["budgets", budgets],
  ["summaries", summaries],
  ["living messages", living],
  ["leftovers", leftovers],
  ["forgotten", forgotten],
  ["placed", placed],
  ["decisions", decisions],
  ["rounds", rounds],
  ["episodes", episodes],
  ["feeds", feeds],
];

/** Of what is open no later word covers what was missed. */
const calmLaws = laws.filter(([name]) => name === "living messages");

/** Where what was promised was not kept, by law. */
export async function brokenLaws(redis: Redis, stage: Stage, moment: Moment): Promise<readonly string[]> {
  const evidence = await gather(redis, stage);
  const broken: string[] = [];
  for (const [name, law] of moment === "calm" ? calmLaws : laws)
    broken.push(...(await law(evidence)).map((problem) => `${name}: ${problem}`));
  return broken;
}
