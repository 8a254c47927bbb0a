/** Asymptotic series after stepping up to 8 (Abramowitz and Stegun 6.1.41, 6.3.18): good to 1e-10. */
const asymptoticFrom = 8;

/** ln Γ(x), x > 0. */
export function logGamma(x: number): number {
  let at = x;
  let product = 1;
  for (; at < asymptoticFrom; at += 1) product *= at;
  const inverse = 1 / at;
  const square = inverse * inverse;
  const series = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680)));
  return (at - 0.5) * Math.log(at) - at + 0.5 * Math.log(2 * Math.PI) + series - Math.log(product);
}

/** ψ(x) = d ln Γ / dx, x > 0. */
export function digamma(x: number): number {
  let at = x;
  let sum = 0;
  for (; at < asymptoticFrom; at += 1) sum -= 1 / at;
  const square = 1 / (at * at);
  return (
    sum + Math.log(at) - 0.5 / at - square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square / 240)))
  );
}
