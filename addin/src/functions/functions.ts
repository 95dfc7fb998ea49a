// Worksheet functions of the namespace MC. Each shows the static value of its law; the draws happen on the server.
// The JSDoc tags are the source of functions.json (custom-functions-metadata).

import { InvalidParameters, staticValue, type LawName, type Parameter } from "./staticValue";

function show(law: LawName, parameters: Parameter[]): number {
  try {
    return staticValue(law, parameters);
  } catch (error) {
    if (!(error instanceof InvalidParameters)) throw error;
    throw new CustomFunctions.Error(CustomFunctions.ErrorCode.invalidNumber, `MC.${law}: ${error.message}`);
  }
}

/**
 * Normal distribution. Shows its mean until a simulation draws from it.
 * @customfunction NORMAL
 * @param mean Mean.
 * @param sd Standard deviation, 0 or more.
 * @param [name] Name of the input in results.
 * @returns The static value of the distribution.
 */
export function normal(mean: number, sd: number, name?: string): number {
  void name;
  return show("NORMAL", [mean, sd]);
}

/**
 * Lognormal distribution by the mean and standard deviation of the values themselves.
 * @customfunction LOGNORMAL
 * @param mean Mean, above 0.
 * @param sd Standard deviation, 0 or more.
 * @param [name] Name of the input in results.
 * @returns The static value of the distribution.
 */
export function lognormal(mean: number, sd: number, name?: string): number {
  void name;
  return show("LOGNORMAL", [mean, sd]);
}

/**
 * Lognormal distribution by the mean and standard deviation of the logarithm.
 * @customfunction LOGNORMAL2
 * @param mu Mean of the natural logarithm.
 * @param sigma Standard deviation of the natural logarithm, 0 or more.
 * @param [name] Name of the input in results.
 * @returns The static value of the distribution.
 */
export function lognormal2(mu: number, sigma: number, name?: string): number {
  void name;
  return show("LOGNORMAL2", [mu, sigma]);
}

/**
 * Triangular distribution.
 * @customfunction TRIANGULAR
 * @param min Smallest value.
 * @param mode Most likely value.
 * @param max Largest value.
 * @param [name] Name of the input in results.
 * @returns The static value of the distribution.
 */
export function triangular(min: number, mode: number, max: number, name?: string): number {
  void name;
  return show("TRIANGULAR", [min, mode, max]);
}

/**
 * PERT distribution: a smooth triangle that trusts the most likely value more.
 * @customfunction PERT
 * @param min Smallest value.
 * @param mode Most likely value.
 * @param max Largest value.
 * @param [name] Name of the input in results.
 * @returns The static value of the distribution.
 */
export function pert(min: number, mode: number, max: number, name?: string): number {
  void name;
  return show("PERT", [min, mode, max]);
}

/**
 * Uniform distribution: every value between the limits is equally likely.
 * @customfunction UNIFORM
 * @param min Smallest value.
 * @param max Largest value.
 * @param [name] Name of the input in results.
 * @returns The static value of the distribution.
 */
export function uniform(min: number, max: number, name?: string): number {
  void name;
  return show("UNIFORM", [min, max]);
}

/**
 * Discrete distribution: listed values with their probabilities.
 * @customfunction DISCRETE
 * @param values The possible values, as a range or an array such as {1,2,3}.
 * @param probabilities Their probabilities; they are scaled to add up to 1.
 * @param [name] Name of the input in results.
 * @returns The static value of the distribution.
 */
export function discrete(values: number[][], probabilities: number[][], name?: string): number {
  void name;
  return show("DISCRETE", [values.flat(), probabilities.flat()]);
}

/**
 * Bernoulli distribution: 1 with probability p, otherwise 0.
 * @customfunction BERNOULLI
 * @param p Probability of 1, between 0 and 1.
 * @param [name] Name of the input in results.
 * @returns The static value of the distribution.
 */
export function bernoulli(p: number, name?: string): number {
  void name;
  return show("BERNOULLI", [p]);
}

/**
 * Binomial distribution: successes in n independent trials.
 * @customfunction BINOMIAL
 * @param n Number of trials.
 * @param p Probability of success, between 0 and 1.
 * @param [name] Name of the input in results.
 * @returns The static value of the distribution.
 */
export function binomial(n: number, p: number, name?: string): number {
  void name;
  return show("BINOMIAL", [n, p]);
}

/**
 * Poisson distribution: events at a constant rate.
 * @customfunction POISSON
 * @param mean Expected number of events, 0 or more.
 * @param [name] Name of the input in results.
 * @returns The static value of the distribution.
 */
export function poisson(mean: number, name?: string): number {
  void name;
  return show("POISSON", [mean]);
}

/**
 * Beta distribution on 0 to 1.
 * @customfunction BETA
 * @param alpha1 First shape, above 0.
 * @param alpha2 Second shape, above 0.
 * @param [name] Name of the input in results.
 * @returns The static value of the distribution.
 */
export function beta(alpha1: number, alpha2: number, name?: string): number {
  void name;
  return show("BETA", [alpha1, alpha2]);
}

/**
 * Gamma distribution.
 * @customfunction GAMMA
 * @param shape Shape, above 0.
 * @param scale Scale, above 0.
 * @param [name] Name of the input in results.
 * @returns The static value of the distribution.
 */
export function gammaLaw(shape: number, scale: number, name?: string): number {
  void name;
  return show("GAMMA", [shape, scale]);
}

/**
 * Exponential distribution by its mean (not its rate).
 * @customfunction EXPONENTIAL
 * @param mean Mean, above 0.
 * @param [name] Name of the input in results.
 * @returns The static value of the distribution.
 */
export function exponential(mean: number, name?: string): number {
  void name;
  return show("EXPONENTIAL", [mean]);
}

/**
 * Weibull distribution.
 * @customfunction WEIBULL
 * @param shape Shape, above 0.
 * @param scale Scale, above 0.
 * @param [name] Name of the input in results.
 * @returns The static value of the distribution.
 */
export function weibull(shape: number, scale: number, name?: string): number {
  void name;
  return show("WEIBULL", [shape, scale]);
}

/**
 * Marks the cell as an output of the simulation. Adds 0, so that it can stand in front of any formula.
 * @customfunction OUTPUT
 * @param [name] Name of the output in results.
 * @returns Always 0.
 */
export function output(name?: string): number {
  void name;
  return 0;
}
