// What a distribution cell shows while no simulation runs: the mean, or for a discrete law the possible value nearest to it.
// Pure and host-free: Excel's custom functions and the playground's grid both stand on this table.

import { lawInfo, requiredOf, type Domain, type LawName, type ParameterInfo } from "./laws";
import { LIST_MEANS, MEANS } from "./means";

export type Parameter = number | readonly number[];

/** Parameters outside a law's domain; the message names the parameter and what it must be. */
export class InvalidParameters extends Error {
  override readonly name = "InvalidParameters";
}

function demand(holds: boolean, message: string): void {
  if (!holds) throw new InvalidParameters(message);
}

const isWhole = (x: number): boolean => Number.isInteger(x);
const CHECKS: Readonly<Record<Domain, (x: number) => boolean>> = {
  REAL: Number.isFinite,
  POSITIVE: (x) => x > 0,
  NOT_NEGATIVE: (x) => x >= 0,
  PROBABILITY: (x) => x >= 0 && x <= 1,
  POSITIVE_PROBABILITY: (x) => x > 0 && x <= 1,
  OPEN_PROBABILITY: (x) => x > 0 && x < 1,
  COUNT: (x) => x >= 0 && isWhole(x),
  POSITIVE_COUNT: (x) => x >= 1 && isWhole(x),
  INTEGER: isWhole,
  VALUES: Number.isFinite,
  WEIGHTS: (x) => x >= 0,
  PROBABILITIES: (x) => x >= 0 && x <= 1,
};

function numberOf(parameter: Parameter, { name, domain, constraint }: ParameterInfo): number {
  const value = typeof parameter === "number" ? parameter : parameter.length === 1 ? parameter[0] : undefined;
  demand(value !== undefined && Number.isFinite(value), `${name} must be one finite number`);
  demand(CHECKS[domain](value ?? 0), `${name} is ${value}; it must be ${constraint}`);
  return value ?? 0;
}

function listOf(parameter: Parameter, { name, domain, constraint }: ParameterInfo): readonly number[] {
  const list = typeof parameter === "number" ? [parameter] : parameter;
  const holds = list.length > 0 && list.every((x) => Number.isFinite(x) && CHECKS[domain](x));
  demand(holds && (domain !== "WEIGHTS" || list.some((x) => x > 0)), `${name} must be ${constraint}`);
  return list;
}

// Lists that describe the same points: the values and what each of them weighs.
function sameLength(parameters: readonly ParameterInfo[], lists: readonly (readonly number[])[]): void {
  const [first, second] = parameters.flatMap(({ name, is_list }, index) => (is_list ? [{ name, count: lists[index]?.length ?? 0 }] : []));
  if (!first || !second) return;
  demand(first.count === second.count, `there are ${first.count} ${first.name} and ${second.count} ${second.name}; each needs one`);
}

function ordered(law: LawName, values: ReadonlyMap<string, number>): void {
  for (const [low = "", high = ""] of lawInfo(law).orderings) {
    const [least, most] = [values.get(low), values.get(high)];
    if (least === undefined || most === undefined) continue;
    demand(least <= most, `${low} is ${least} and ${high} is ${most}; ${low} must be at most ${high}`);
  }
}

// Halfway between two possible values the lower one is shown, in every law.
const nearestInteger = (mean: number): number => Math.ceil(mean - 0.5);

function nearestOf(values: readonly number[], weights: readonly number[] | undefined, mean: number): number {
  const possible = values.filter((_, index) => !weights || (weights[index] ?? 0) > 0).sort((a, b) => a - b);
  return possible.reduce((best, value) => (Math.abs(value - mean) < Math.abs(best - mean) ? value : best));
}

/**
 * The static value of a law with these parameters; optional ones may be left out at the end.
 * @throws InvalidParameters naming the first parameter outside its domain.
 */
export function staticValue(law: LawName, given: readonly Parameter[]): number {
  const { parameters, is_discrete } = lawInfo(law);
  const names = parameters.map(({ name }) => name).join(", ");
  demand(given.length >= requiredOf(law) && given.length <= parameters.length, `${law} takes ${parameters.length} parameters: ${names}`);
  const used = parameters.slice(0, given.length);
  const lists = used.map((info, index) => (info.is_list ? listOf(given[index] ?? [], info) : [numberOf(given[index] ?? [], info)]));
  sameLength(used, lists);
  const scalars = lists.map((list) => list[0] ?? 0);
  ordered(law, new Map(used.flatMap((info, index) => (info.is_list ? [] : [[info.name, scalars[index] ?? 0] as const]))));
  const value = LIST_MEANS[law]?.(...lists) ?? MEANS[law]?.(...scalars) ?? Number.NaN;
  demand(Number.isFinite(value), `${law} has no value for these parameters`);
  if (!is_discrete) return value;
  return used[0]?.is_list ? nearestOf(lists[0] ?? [], lists[1], value) : nearestInteger(value);
}
