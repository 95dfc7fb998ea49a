// What cells of continuous laws show: the mean, where it is finite, else the median. Formulas of the moments:
// Johnson, Kotz, Balakrishnan, "Continuous Univariate Distributions" (1994, 1995), if nothing else is said.

import { beta, betaShare, crossing, gamma, gammaShare } from "./gamma";
import { generalMean, histogramMean, johnsonBoundedMean, metalogMean, cumulativeMean, trigenMean } from "./shapes";

export type Mean = (...p: number[]) => number;
export type ListMean = (...p: (readonly number[])[]) => number;

const EULER = 0.5772156649015329;
const LN2 = Math.LN2;

/** The median of a beta law of the second kind, x / (1 + x) being beta. */
const betaPrimeMedian = (a: number, b: number): number => crossing((x) => betaShare(x / (1 + x), a, b), 0.5, 1e-200, 1e200);

function fMean(d1: number, d2: number): number {
  return d2 > 2 ? d2 / (d2 - 2) : (d2 / d1) * betaPrimeMedian(d1 / 2, d2 / 2);
}

function burrMean(loc: number, scale: number, shape1: number, shape2: number): number {
  if (shape1 * shape2 <= 1) return loc + scale * (2 ** (1 / shape2) - 1) ** (1 / shape1);
  return loc + scale * shape2 * beta(shape2 - 1 / shape1, 1 + 1 / shape1);
}

function dagumMean(loc: number, scale: number, shape1: number, shape2: number): number {
  if (shape1 <= 1) return loc + scale * (2 ** (1 / shape2) - 1) ** (-1 / shape1);
  return loc + scale * shape2 * beta(shape2 + 1 / shape1, 1 - 1 / shape1);
}

function gevMean(loc: number, scale: number, shape: number): number {
  if (shape === 0) return loc + EULER * scale;
  return loc + (scale * ((shape < 1 ? gamma(1 - shape) : LN2 ** -shape) - 1)) / shape;
}

function logLogisticMean(loc: number, scale: number, shape: number): number {
  return loc + scale * (shape > 1 ? Math.PI / shape / Math.sin(Math.PI / shape) : 1);
}

const skewNormalMean: Mean = (loc = 0, scale = 0, alpha = 0) => loc + (scale * alpha * Math.sqrt(2 / Math.PI)) / Math.hypot(1, alpha);

export const MEANS: Readonly<Record<string, Mean>> = {
  NORMAL: (mean = 0) => mean,
  LOGNORMAL: (mean = 0) => mean,
  LOGNORMAL2: (mu = 0, sigma = 0) => Math.exp(mu + sigma ** 2 / 2),
  TRIANGULAR: (min = 0, mode = 0, max = 0) => (min + mode + max) / 3,
  TRIGEN: trigenMean,
  PERT: (min = 0, mode = 0, max = 0) => (min + 4 * mode + max) / 6,
  MODPERT: (min = 0, mode = 0, max = 0, weight = 4) => (min + weight * mode + max) / (weight + 2),
  UNIFORM: (min = 0, max = 0) => min + (max - min) / 2,
  BETA: (a = 0, b = 0) => a / (a + b),
  BETAGENERAL: (a = 0, b = 0, min = 0, max = 0) => min + ((max - min) * a) / (a + b),
  BETASUBJ: (_min = 0, _mode = 0, mean = 0) => mean,
  GAMMA: (shape = 0, scale = 0) => shape * scale,
  ERLANG: (m = 0, scale = 0) => m * scale,
  EXPONENTIAL: (mean = 0) => mean,
  WEIBULL: (shape = 0, scale = 0) => scale * gamma(1 + 1 / shape),
  CHISQ: (df = 0) => df,
  STUDENT: () => 0,
  STUDENT3: (loc = 0) => loc,
  F: (d1 = 0, d2 = 0) => fMean(d1, d2),
  LOGISTIC: (loc = 0) => loc,
  LOGLOGISTIC: (loc = 0, scale = 0, shape = 0) => logLogisticMean(loc, scale, shape),
  EXTVALUEMAX: (a = 0, b = 0) => a + EULER * b,
  EXTVALUEMIN: (a = 0, b = 0) => a - EULER * b,
  PARETO: (shape = 0, scale = 0) => scale * (shape > 1 ? shape / (shape - 1) : 2 ** (1 / shape)),
  PARETO2: (scale = 0, shape = 0) => scale * (shape > 1 ? 1 / (shape - 1) : 2 ** (1 / shape) - 1),
  PEARSON5: (shape = 0, scale = 0) => scale / (shape > 1 ? shape - 1 : crossing((x) => gammaShare(shape, x), 0.5)),
  PEARSON6: (a = 0, b = 0, scale = 0) => scale * (b > 1 ? a / (b - 1) : betaPrimeMedian(a, b)),
  INVGAUSS: (mu = 0) => mu,
  RAYLEIGH: (b = 0) => b * Math.sqrt(Math.PI / 2),
  LAPLACE: (mu = 0) => mu,
  CAUCHY: (loc = 0) => loc,
  // The median: scale / (Φ⁻¹(3/4))².
  LEVY: (loc = 0, scale = 0) => loc + scale / 0.6744897501960817 ** 2,
  BURR12: (loc = 0, scale = 0, shape1 = 0, shape2 = 0) => burrMean(loc, scale, shape1, shape2),
  DAGUM: (loc = 0, scale = 0, shape1 = 0, shape2 = 0) => dagumMean(loc, scale, shape1, shape2),
  FATIGUELIFE: (loc = 0, scale = 0, shape = 0) => loc + scale * (1 + shape ** 2 / 2),
  FRECHET: (loc = 0, scale = 0, shape = 0) => loc + scale * (shape > 1 ? gamma(1 - 1 / shape) : LN2 ** (-1 / shape)),
  HYPSECANT: (loc = 0) => loc,
  JOHNSONSB: johnsonBoundedMean,
  JOHNSONSU: (a = 0, b = 0, loc = 0, scale = 0) => loc - scale * Math.exp(1 / (2 * b * b)) * Math.sinh(a / b),
  JOHNSONMOMENTS: (mean = 0) => mean,
  KUMARASWAMY: (a = 0, b = 0, min = 0, max = 0) => min + (max - min) * b * beta(1 + 1 / a, b),
  RECIPROCAL: (min = 0, max = 0) => (max - min) / Math.log(max / min),
  ERF: () => 0,
  DOUBLETRIANG: (min = 0, mode = 0, max = 0, p = 0) => (p * (min + 2 * mode) + (1 - p) * (2 * mode + max)) / 3,
  GEV: (loc = 0, scale = 0, shape = 0) => gevMean(loc, scale, shape),
  GPD: (loc = 0, scale = 0, shape = 0) => loc + scale * (shape < 1 ? 1 / (1 - shape) : (2 ** shape - 1) / shape),
  SKEWNORMAL: skewNormalMean,
  BERNOULLI: (p = 0) => p,
  BINOMIAL: (n = 0, p = 0) => n * p,
  POISSON: (mean = 0) => mean,
  GEOMETRIC: (p = 0) => (1 - p) / p,
  NEGBIN: (s = 0, p = 0) => (s * (1 - p)) / p,
  HYPERGEO: (n = 0, d = 0, m = 0) => (n * d) / m,
  INTUNIFORM: (min = 0, max = 0) => min + (max - min) / 2,
  LOGARITHMIC: (theta = 0) => -theta / ((1 - theta) * Math.log1p(-theta)),
};

function discreteMean(values: readonly number[] = [], weights: readonly number[] = []): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return values.reduce((sum, value, index) => sum + (value * (weights[index] ?? 0)) / total, 0);
}

const evenly: ListMean = (values = []) => discreteMean(values, values.map(() => 1));

export const LIST_MEANS: Readonly<Record<string, ListMean>> = {
  CUMUL: ([min = 0] = [], [max = 0] = [], x = [], p = []) => cumulativeMean(min, max, x, p),
  GENERAL: ([min = 0] = [], [max = 0] = [], x = [], w = []) => generalMean(min, max, x, w),
  HISTOGRAM: ([min = 0] = [], [max = 0] = [], w = []) => histogramMean(min, max, w),
  METALOG: (coefficients = [], [min] = [], [max] = []) => metalogMean(coefficients, min, max),
  DISCRETE: discreteMean,
  DUNIFORM: evenly,
  RESAMPLE: evenly,
};
