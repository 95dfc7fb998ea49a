// What a distribution cell shows while no simulation runs: the mean, or for a discrete law the possible value nearest to it.
// Pure and host-free: Excel's custom functions and the playground's grid both stand on this table.

import { gamma } from "./gamma";

export type Parameter = number | readonly number[];

/** Parameters outside a law's domain; the message names the parameter and what it must be. */
export class InvalidParameters extends Error {
  override readonly name = "InvalidParameters";
}

interface Law {
  readonly parameters: readonly string[];
  /** Parameters that are lists: ranges or array constants in a formula. */
  readonly lists?: boolean;
  readonly value: (...p: number[]) => number;
  readonly listValue?: (...p: (readonly number[])[]) => number;
}

function demand(holds: boolean, message: string): void {
  if (!holds) throw new InvalidParameters(message);
}

const positive = (value: number, name: string): void =>
  demand(value > 0, `${name} is ${value}; it must be a number greater than 0`);
const notNegative = (value: number, name: string): void =>
  demand(value >= 0, `${name} is ${value}; it must be a number of 0 or more`);
const probability = (value: number): void =>
  demand(value >= 0 && value <= 1, `p is ${value}; it must be a number between 0 and 1`);

function atMost(low: number, lowName: string, high: number, highName: string): void {
  demand(low <= high, `${lowName} is ${low} and ${highName} is ${high}; ${lowName} must be at most ${highName}`);
}

function ordered(min: number, mode: number, max: number): void {
  atMost(min, "min", max, "max");
  atMost(min, "min", mode, "mode");
  atMost(mode, "mode", max, "max");
}

// Halfway between two possible values the lower one is shown, in every law.
const nearestInteger = (mean: number): number => Math.ceil(mean - 0.5);

function discrete(values: readonly number[], weights: readonly number[]): number {
  demand(values.length > 0, "values must not be empty");
  demand(values.length === weights.length, `there are ${values.length} values and ${weights.length} probabilities; each value needs one`);
  demand(weights.every((weight) => weight >= 0), "probabilities must not be negative");
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  demand(total > 0, "at least one probability must be above 0");
  const mean = values.reduce((sum, value, index) => sum + (value * (weights[index] ?? 0)) / total, 0);
  const possible = values.filter((_, index) => (weights[index] ?? 0) > 0).sort((a, b) => a - b);
  return possible.reduce((best, value) => (Math.abs(value - mean) < Math.abs(best - mean) ? value : best));
}

const LAW_TABLE = {
  NORMAL: {
    parameters: ["mean", "sd"],
    value: (mean = 0, sd = 0) => (notNegative(sd, "sd"), mean),
  },
  LOGNORMAL: {
    parameters: ["mean", "sd"],
    value: (mean = 0, sd = 0) => (positive(mean, "mean"), notNegative(sd, "sd"), mean),
  },
  LOGNORMAL2: {
    parameters: ["mu", "sigma"],
    value: (mu = 0, sigma = 0) => (notNegative(sigma, "sigma"), Math.exp(mu + sigma ** 2 / 2)),
  },
  TRIANGULAR: {
    parameters: ["min", "mode", "max"],
    value: (min = 0, mode = 0, max = 0) => (ordered(min, mode, max), (min + mode + max) / 3),
  },
  PERT: {
    parameters: ["min", "mode", "max"],
    value: (min = 0, mode = 0, max = 0) => (ordered(min, mode, max), (min + 4 * mode + max) / 6),
  },
  UNIFORM: {
    parameters: ["min", "max"],
    value: (min = 0, max = 0) => (atMost(min, "min", max, "max"), min + (max - min) / 2),
  },
  DISCRETE: {
    parameters: ["values", "probabilities"],
    lists: true,
    value: () => Number.NaN,
    listValue: (values = [], weights = []) => discrete(values, weights),
  },
  BERNOULLI: {
    parameters: ["p"],
    value: (p = 0) => (probability(p), nearestInteger(p)),
  },
  BINOMIAL: {
    parameters: ["n", "p"],
    value: (n = 0, p = 0) => {
      demand(Number.isInteger(n) && n >= 0, `n is ${n}; it must be a whole number of 0 or more`);
      probability(p);
      return nearestInteger(n * p);
    },
  },
  POISSON: {
    parameters: ["mean"],
    value: (mean = 0) => (notNegative(mean, "mean"), nearestInteger(mean)),
  },
  BETA: {
    parameters: ["alpha1", "alpha2"],
    value: (alpha1 = 0, alpha2 = 0) => (
      positive(alpha1, "alpha1"), positive(alpha2, "alpha2"), alpha1 / (alpha1 + alpha2)
    ),
  },
  GAMMA: {
    parameters: ["shape", "scale"],
    value: (shape = 0, scale = 0) => (positive(shape, "shape"), positive(scale, "scale"), shape * scale),
  },
  EXPONENTIAL: {
    parameters: ["mean"],
    value: (mean = 0) => (positive(mean, "mean"), mean),
  },
  WEIBULL: {
    parameters: ["shape", "scale"],
    value: (shape = 0, scale = 0) => (positive(shape, "shape"), positive(scale, "scale"), scale * gamma(1 + 1 / shape)),
  },
} satisfies Record<string, Law>;

export type LawName = keyof typeof LAW_TABLE;
export const LAWS: Readonly<Record<LawName, Law>> = LAW_TABLE;
export const LAW_NAMES = Object.keys(LAW_TABLE) as LawName[];

export function isLaw(name: string): name is LawName {
  return Object.hasOwn(LAW_TABLE, name);
}

function scalarOf(parameter: Parameter, name: string): number {
  const value = typeof parameter === "number" ? parameter : parameter.length === 1 ? parameter[0] : undefined;
  demand(value !== undefined && Number.isFinite(value), `${name} must be one finite number`);
  return value ?? 0;
}

function listOf(parameter: Parameter, name: string): readonly number[] {
  const list = typeof parameter === "number" ? [parameter] : parameter;
  demand(list.every(Number.isFinite), `${name} must hold numbers only`);
  return list;
}

/**
 * The static value of a law with these parameters.
 * @throws InvalidParameters naming the first parameter outside its domain.
 */
export function staticValue(law: LawName, parameters: readonly Parameter[]): number {
  const { parameters: names, lists, value, listValue }: Law = LAWS[law];
  demand(parameters.length === names.length, `${law} takes ${names.length} parameters: ${names.join(", ")}`);
  if (lists && listValue) return listValue(...parameters.map((p, index) => listOf(p, names[index] ?? "list")));
  return value(...parameters.map((p, index) => scalarOf(p, names[index] ?? "parameter")));
}
