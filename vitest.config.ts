import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The longest first: what starts last must not be waited for alone. */
const longest = [
  "test/e2e.integration.test.ts",
  "test/commands/evaluate.integration.test.ts",
  "test/replay/shared.integration.test.ts",
  "test/pipeline.integration.test.ts",
  "test/chaos/chaos.integration.test.ts",
  "test/bots/discord/processes.integration.test.ts",
  "test/platformKills.integration.test.ts",
  "test/start.integration.test.ts",
  "test/platforms.integration.test.ts",
  "test/container.integration.test.ts",
];

function rank({ moduleId }: TestSpecification): number {
  const at = longest.findIndex((path) => moduleId.endsWith(path));
  return at === -1 ? longest.length : at;
}

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((one, other) => rank(one) - rank(other));
  }
}

const cores = availableParallelism();
/** The machine may be busy: a test that would never end is told apart from a slow one, and nothing else. */
const everywhere = {
  setupFiles: ["test/support/properties.ts"],
  testTimeout: 180_000,
  hookTimeout: 180_000,
  expect: { poll: { timeout: 90_000, interval: 20 } },
};

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          ...everywhere,
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/**/*.integration.test.ts"],
          maxWorkers: cores,
        },
      },
      {
        test: {
          ...everywhere,
          name: "integration",
          include: ["test/**/*.integration.test.ts"],
          // real Redis servers and child processes, which mostly wait
          maxWorkers: Math.min(2 * cores, 8),
          // after the units: projects with different workers must not run together
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
