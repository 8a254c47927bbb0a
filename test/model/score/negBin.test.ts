import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digamma, logGamma } from "../../../src/model/score/gamma.ts";
import { deviance, fitMeans, meanOf, type Sample } from "../../../src/model/score/negBin.ts";
import { createRandom } from "../../../src/sim/random.ts";

const positive = fc.double({ min: 1e-3, max: 1e6, noNaN: true });

describe("the gamma function", () => {
  it.each([
    [1, 0],
    [2, 0],
    [5, Math.log(24)],
    [0.5, Math.log(Math.sqrt(Math.PI))],
    [0.01, 4.599479878042022],
  ])("has ln Γ(%d) = %d", (x, value) => {
    expect(logGamma(x)).toBeCloseTo(value, 9);
  });

  it("has ψ as its slope", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.05, max: 1e4, noNaN: true }), (x) => {
        const step = 1e-4 * x;
        const slope = (logGamma(x + step) - logGamma(x - step)) / (2 * step);
        expect(Math.abs(digamma(x) - slope)).toBeLessThan(1e-4 * (1 + Math.abs(slope)));
      }),
      { numRuns: 1000 },
    );
  });
});

describe("the deviance", () => {
  it("is 0 where the prediction is right and above 0 elsewhere", () => {
    fc.assert(
      fc.property(positive, positive, fc.double({ min: 0.05, max: 10, noNaN: true }), (y, off, size) => {
        expect(deviance(y, y, size)).toBeLessThan(1e-9);
        expect(deviance(y, y * (1.1 + off), size)).toBeGreaterThan(0);
        expect(deviance(0, y, size)).toBeGreaterThan(0);
      }),
      { numRuns: 1000 },
    );
  });

  it("never is infinite, even for a prediction of nothing", () => {
    expect(Number.isFinite(deviance(1000, 0, 0.4))).toBe(true);
  });
});

describe("a fit", () => {
  it("finds the level, the background and the size that the data were drawn with", () => {
    const sample = draw(20_000, (fuel) => 3 * fuel + 20);
    const fit = fitMeans("levels", sample, { theta: [1, 1], size: 1, logLikelihood: 0 });
    expect(fit.theta[0]).toBeGreaterThan(2.8);
    expect(fit.theta[0]).toBeLessThan(3.2);
    expect(fit.theta[1]).toBeGreaterThan(17);
    expect(fit.theta[1]).toBeLessThan(23);
    expect(fit.size).toBeGreaterThan(1.8);
    expect(fit.size).toBeLessThan(2.2);
  });

  it("ends in the same place from far starts", () => {
    const sample = draw(2000, (fuel) => 3 * fuel + 20);
    const near = fitMeans("levels", sample, { theta: [3, 20], size: 2, logLikelihood: 0 });
    for (const theta of [
      [1e-4, 1e4],
      [500, 1e-3],
    ]) {
      const far = fitMeans("levels", sample, { theta, size: 20, logLikelihood: 0 });
      far.theta.forEach((value, j) => expect(value / (near.theta[j] ?? NaN)).toBeCloseTo(1, 2));
    }
  });

  it("finds a slope in logs, however far the constant is", () => {
    const sample = draw(20_000, (fuel) => Math.exp(4) * Math.exp(0.02 * fuel));
    const x = sample.x.map((value, i) => (i % 2 === 0 ? value + 500 : value));
    const fit = fitMeans("log-linear", { ...sample, x }, { theta: [0, 0], size: 1, logLikelihood: 0 });
    expect(fit.theta[0]).toBeCloseTo(0.02, 2);
  });

  it("never ends less likely than it began", () => {
    const sample = draw(60, (fuel) => 3 * fuel + 20);
    fc.assert(
      fc.property(positive, positive, fc.double({ min: 0.05, max: 20, noNaN: true }), (a, b, size) => {
        const start = fitMeans("levels", { ...sample, count: 60 }, { theta: [a, b], size, logLikelihood: 0 });
        const again = fitMeans("levels", sample, start);
        expect(again.logLikelihood).toBeGreaterThanOrEqual(start.logLikelihood - 1e-6);
      }),
      { numRuns: 1000 },
    );
  });

  it("keeps every mean above 0", () => {
    expect(meanOf("levels", [0, 0], Float64Array.of(1, 1), 0)).toBeGreaterThan(0);
    expect(Number.isFinite(meanOf("log-linear", [1e6], Float64Array.of(1), 0))).toBe(true);
  });
});

/** Gamma-mixed money of size 2 around a mean of fuel in [0, 50); two columns, the fuel and a constant. */
function draw(count: number, meanOfFuel: (fuel: number) => number): Sample {
  const random = createRandom(3);
  const x = new Float64Array(2 * count);
  const y = Float64Array.from({ length: count }, (_, i) => {
    const fuel = 50 * random.next();
    x[2 * i] = fuel;
    x[2 * i + 1] = 1;
    const mixed = meanOfFuel(fuel) * 0.5 * (random.exponential() + random.exponential());
    return random.poisson(Math.min(mixed, 600));
  });
  return { x, y, width: 2, count };
}
