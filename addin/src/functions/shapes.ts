// Means of laws given by shapes: triangles by percentiles, points, bars, coefficients.

/** A triangle by two percentiles: with a limit above given, the lower one solves a quadratic; the upper one is sought. */
export function trigenMean(bottom = 0, mode = 0, top = 0, pBottom = 0, pTop = 0): number {
  const [tail, above] = [pBottom, 1 - pTop];
  const lowEnd = (high: number): number => {
    // (bottom − a)² = tail (high − a)(mode − a)
    const [square, half, rest] = [1 - tail, bottom - (tail * (high + mode)) / 2, bottom ** 2 - tail * high * mode];
    return (half - Math.sqrt(Math.max(0, half ** 2 - square * rest))) / square;
  };
  const excess = (high: number): number => (high - top) ** 2 - above * (high - lowEnd(high)) * (high - mode);
  let [from, to] = [top, top + (top - bottom) + 1];
  while (excess(to) < 0 && to - top < 1e200) to = top + 2 * (to - top);
  for (let step = 0; step < 200; step += 1) {
    const middle = (from + to) / 2;
    if (excess(middle) < 0) from = middle;
    else to = middle;
  }
  return above === 0 ? (lowEnd(top) + mode + top) / 3 : (lowEnd(to) + mode + to) / 3;
}

/** Straight pieces of a cumulative curve, which rises from 0 at `min` to 1 at `max`. */
export function cumulativeMean(min: number, max: number, x: readonly number[], p: readonly number[]): number {
  const [xs, ps] = [[min, ...x, max], [0, ...p, 1]];
  return xs.slice(1).reduce((sum, value, index) => sum + (((ps[index + 1] ?? 0) - (ps[index] ?? 0)) * (value + (xs[index] ?? 0))) / 2, 0);
}

/** Straight pieces of a density that is 0 at both ends. */
export function generalMean(min: number, max: number, x: readonly number[], w: readonly number[]): number {
  const [xs, ws] = [[min, ...x, max], [0, ...w, 0]];
  let [area, moment] = [0, 0];
  for (let index = 1; index < xs.length; index += 1) {
    const [a = 0, b = 0, f = 0, g = 0] = [xs[index - 1], xs[index], ws[index - 1], ws[index]];
    area += ((b - a) * (f + g)) / 2;
    moment += ((b - a) * (f * (2 * a + b) + g * (a + 2 * b))) / 6;
  }
  return moment / area;
}

/** Bars of equal width. */
export function histogramMean(min: number, max: number, w: readonly number[]): number {
  const width = (max - min) / w.length;
  const total = w.reduce((sum, weight) => sum + weight, 0);
  return w.reduce((sum, weight, index) => sum + (weight * (min + (index + 0.5) * width)) / total, 0);
}

/** The trapezoidal rule on the whole axis: for smooth integrands that die out its error falls exponentially. */
function integral(f: (t: number) => number, reach: number, step: number): number {
  let sum = 0;
  for (let t = -reach; t <= reach + step / 2; t += step) sum += f(t);
  return sum * step;
}

const logistic = (t: number): number => 1 / (1 + Math.exp(-t));

/** min + (max − min) E[1 / (1 + exp(−(Z − a) / b))], Z normal. */
export function johnsonBoundedMean(a = 0, b = 0, min = 0, max = 0): number {
  const weight = (z: number): number => Math.exp(-(z ** 2) / 2) / Math.sqrt(2 * Math.PI);
  return min + (max - min) * integral((z) => weight(z) * logistic((z - a) / b), 12, Math.min(0.05, b / 10));
}

const BOUND = 1e300;

// Terms of the metalog's quantile function (Keelin, Decision Analysis 13, 2016): 1, L, cL, c, c², c²L, c³, c³L …
// with c = p − 1/2 and L = ln(p / (1 − p)).
function metalogTerm(index: number, c: number, logit: number): number {
  if (index < 4) return [1, logit, c * logit, c][index] ?? 0;
  return c ** (index >> 1) * (index % 2 ? logit : 1);
}

/** A bound of ±1e300 is none. An infinite mean gives way to the median. */
export function metalogMean(coefficients: readonly number[], min = -BOUND, max = BOUND): number {
  const [hasMin, hasMax] = [min > -BOUND, max < BOUND];
  const value = (q: number): number => {
    if (hasMin && hasMax) return min + (max - min) * logistic(q);
    return hasMin ? min + Math.exp(q) : hasMax ? max - Math.exp(-q) : q;
  };
  const at = (c: number, logit: number): number => coefficients.reduce((sum, a, index) => sum + a * metalogTerm(index, c, logit), 0);
  const slope = (c: number): number => at(c, 1) - at(c, 0);
  if (hasMin !== hasMax && slope(hasMin ? 0.5 : -0.5) >= 1) return value(at(0, 0));
  return integral((t) => {
    const p = logistic(t);
    return value(at(p - 0.5, t)) * p * (1 - p);
  }, 600, 0.05);
}
