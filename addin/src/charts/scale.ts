// Linear scales and round tick marks.

export interface Scale {
  (value: number): number;
  readonly domain: readonly [number, number];
}

export function linear(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const [low, high] = domain;
  const span = high - low || 1;
  const scale = (value: number): number => range[0] + ((value - low) / span) * (range[1] - range[0]);
  return Object.assign(scale, { domain });
}

export interface Ticks {
  readonly values: readonly number[];
  readonly step: number;
}

/** Round values (1, 2 or 5 times a power of ten apart) inside the domain, about as many as wanted. */
export function ticks([low, high]: readonly [number, number], wanted: number): Ticks {
  const span = high - low;
  if (!(span > 0) || !Number.isFinite(span)) return { values: [low], step: Math.abs(low) || 1 };
  const rough = span / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough * (1 - 1e-9)) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  const values = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => Number(((first + index) * step).toPrecision(12)));
  return { values, step };
}

/** A domain that holds the values and has some width. */
export function domainOf(values: readonly number[]): [number, number] {
  const low = Math.min(...values);
  const high = Math.max(...values);
  if (high > low) return [low, high];
  const margin = Math.abs(low) / 10 || 1;
  return [low - margin, high + margin];
}

/** P(X <= x) on a cumulative curve, straight between its points. */
export function probabilityAt(curve: { readonly x: readonly number[]; readonly p: readonly number[] }, x: number): number {
  const { x: xs, p } = curve;
  const after = xs.findIndex((value) => value > x);
  if (after < 0) return 1;
  if (after === 0) return 0;
  const [x0 = 0, x1 = 0, p0 = 0, p1 = 0] = [xs[after - 1], xs[after], p[after - 1], p[after]];
  return x1 > x0 ? p0 + ((x - x0) / (x1 - x0)) * (p1 - p0) : p1;
}

/** The smallest x of the curve with P(X <= x) >= wanted, straight between its points. */
export function valueAt(curve: { readonly x: readonly number[]; readonly p: readonly number[] }, wanted: number): number {
  const { x: xs, p } = curve;
  const index = p.findIndex((value) => value >= wanted);
  if (index <= 0) return xs[index < 0 ? xs.length - 1 : 0] ?? Number.NaN;
  const [x0 = 0, x1 = 0, p0 = 0, p1 = 0] = [xs[index - 1], xs[index], p[index - 1], p[index]];
  return p1 > p0 ? x0 + ((wanted - p0) / (p1 - p0)) * (x1 - x0) : x1;
}
