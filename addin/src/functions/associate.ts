import * as functions from "./functions";

const BY_ID = {
  NORMAL: functions.normal,
  LOGNORMAL: functions.lognormal,
  LOGNORMAL2: functions.lognormal2,
  TRIANGULAR: functions.triangular,
  PERT: functions.pert,
  UNIFORM: functions.uniform,
  DISCRETE: functions.discrete,
  BERNOULLI: functions.bernoulli,
  BINOMIAL: functions.binomial,
  POISSON: functions.poisson,
  BETA: functions.beta,
  GAMMA: functions.gammaLaw,
  EXPONENTIAL: functions.exponential,
  WEIBULL: functions.weibull,
  OUTPUT: functions.output,
};

/** Gives Excel the code of the worksheet functions. Does nothing where Excel offers no custom functions. */
export function associateFunctions(): void {
  if (typeof CustomFunctions === "undefined") return;
  for (const [id, body] of Object.entries(BY_ID)) CustomFunctions.associate(id, body);
}
