import { readFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { createCharts } from "../src/charts/charts.ts";
import type { Charts, PictureResult } from "../src/charts/contracts.ts";
import type { Drawing } from "../src/charts/render/messages.ts";
import { galleryCases } from "../test/charts/gallery/cases.ts";
import { median, printTable, quantile } from "./support/print.ts";

const warmUps = 15;
const samples = 60;
/** For the memory: as many as a busy day. */
const manyRenders = 1_000;
/** What a thread's heap grows to before it is collected for the first time is no leak. */
const settledAfter = 250;

const names = [
  "map dark",
  "map portrait dark",
  "map with bands",
  "heatmap dark",
  "heatmap of 30 days",
  "history of 30 days",
];

/** Pictures through the built renderer's thread, as a process with every role draws them. */
export async function run(): Promise<void> {
  const charts = createCharts({
    assets: {
      worker: pathToFileURL(resolve("dist/renderer.worker.js")),
      fonts: pathToFileURL(`${resolve("dist/fonts")}/`),
    },
  });
  const drawings = names.map((name) => ({ name, drawing: drawingOf(name) }));
  const first = performance.now();
  await draw(charts, drawings[0]?.drawing ?? drawingOf("map dark"));
  process.stdout.write(`  thread's start and first picture: ${(performance.now() - first).toFixed(0)} ms\n`);
  const rows: string[][] = [];
  rows.push(["nothing, for as long", "", "", "", await idleGap(), ""]);
  for (const { name, drawing } of drawings) rows.push([name, ...(await measure(charts, drawing))]);
  printTable([["picture", "ms of CPU", "median ms", "p95 ms", "main-loop gap ms", "KB"], ...rows]);
  await measureMemory(charts);
  await charts.close();
}

function drawingOf(name: string): Drawing {
  const found = galleryCases.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no case is called ${name}`);
  return found.drawing;
}

async function draw(charts: Charts, { kind, request }: Drawing): Promise<PictureResult> {
  if (kind === "map") return charts.map(request);
  if (kind === "reliability") return charts.reliability(request);
  return kind === "heatmap" ? charts.heatmap(request) : charts.history(request);
}

async function measure(charts: Charts, drawing: Drawing): Promise<string[]> {
  const times: number[] = [];
  let bytes = 0;
  const gaps = monitorEventLoopDelay({ resolution: 1 });
  let used = process.cpuUsage();
  for (let i = 0; i < warmUps + samples; i += 1) {
    if (i === warmUps) {
      gaps.enable();
      used = process.cpuUsage();
    }
    const startedAt = performance.now();
    const result = await draw(charts, drawing);
    if (result.kind === "failed") throw new Error(result.message);
    bytes = result.png.length;
    if (i >= warmUps) times.push(performance.now() - startedAt);
  }
  gaps.disable();
  const { user, system } = process.cpuUsage(used);
  const figures = [(user + system) / 1_000 / samples, median(times), quantile(times, 0.95), gaps.max / 1e6];
  return [...figures.map((ms) => ms.toFixed(1)), (bytes / 1_000).toFixed(0)];
}

/** What the machine alone adds to a gap: the longest while this process only waits. */
async function idleGap(): Promise<string> {
  const gaps = monitorEventLoopDelay({ resolution: 1 });
  gaps.enable();
  await new Promise((resume) => setTimeout(resume, samples * 40));
  gaps.disable();
  return (gaps.max / 1e6).toFixed(1);
}

/** Resident memory over many renders, all kinds in turn. */
async function measureMemory(charts: Charts): Promise<void> {
  const drawings = names.map(drawingOf);
  const resident: number[] = [];
  for (let i = 0; i < manyRenders; i += 1) {
    await draw(charts, drawings[i % drawings.length] ?? drawingOf("map dark"));
    if (i % 25 === 0) resident.push(residentMb());
  }
  const settled = resident.slice(settledAfter / 25);
  const half = Math.floor(settled.length / 2);
  const [before, after] = [median(settled.slice(0, half)), median(settled.slice(half))];
  const span = Math.max(...settled) - Math.min(...settled);
  process.stdout.write(
    `  resident memory over ${manyRenders} renders: ${before.toFixed(0)} MB, then ${after.toFixed(0)} MB (within ${span.toFixed(0)} MB)\n`,
  );
}

function residentMb(): number {
  const pages = Number(readFileSync("/proc/self/statm", "utf8").split(" ")[1]);
  return (pages * 4_096) / 1e6;
}
