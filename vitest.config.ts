import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/**/*.integration.test.ts"],
        },
      },
      {
        test: {
          name: "integration",
          include: ["test/**/*.integration.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // real Redis servers and child processes, which mostly wait
          maxWorkers: 3,
          // after the units: projects with different workers must not run together
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
