// The laws as the engine describes them. laws.json is written by scripts/make_law_table.py.

import table from "./laws.json";

export type Domain =
  | "REAL" | "POSITIVE" | "NOT_NEGATIVE" | "PROBABILITY" | "POSITIVE_PROBABILITY" | "OPEN_PROBABILITY"
  | "COUNT" | "POSITIVE_COUNT" | "INTEGER" | "VALUES" | "WEIGHTS" | "PROBABILITIES";

export interface ParameterInfo {
  readonly name: string;
  readonly description: string;
  readonly default: number | readonly number[] | null;
  /** Completes "must be …". */
  readonly constraint: string;
  readonly is_list: boolean;
  readonly domain: Domain;
  readonly example: number | readonly number[];
}

export interface LawInfo {
  readonly law: string;
  /** The worksheet function without "MC.": FDIST of the law F, since Excel wants three characters or more. */
  readonly function: string;
  readonly title: string;
  readonly summary: string;
  readonly group: string;
  readonly is_discrete: boolean;
  /** Whether MC.<law>ALT exists. */
  readonly by_percentiles: boolean;
  readonly parameters: readonly ParameterInfo[];
  /** Pairs of parameters of which the first is at most the second. */
  readonly orderings: readonly (readonly string[])[];
}

export type LawName = string;

export const LAWS: Readonly<Record<LawName, LawInfo>> = Object.fromEntries((table as readonly LawInfo[]).map((law) => [law.law, law]));
export const LAW_NAMES: readonly LawName[] = Object.keys(LAWS);

export function isLaw(name: string): boolean {
  return Object.hasOwn(LAWS, name);
}

/** A law that is known. @throws Error for any other name. */
export function lawInfo(law: LawName): LawInfo {
  const info = LAWS[law];
  if (!info) throw new Error(`There is no law ${law}.`);
  return info;
}

export const requiredOf = (law: LawName): number => lawInfo(law).parameters.filter((parameter) => parameter.default === null).length;

const BY_FUNCTION = new Map(Object.values(LAWS).map((info) => [info.function, info.law]));

/** A function's name in which an alias of a law is the law's own name: F of FDIST, FALT of FDISTALT. */
export function lawsOwnName(name: string): string {
  const [, law = name, ending = ""] = /^(.+?)(ALTD?)?$/.exec(name) ?? [];
  return isLaw(name) ? name : `${BY_FUNCTION.get(law) ?? law}${ending}`;
}

const ALT = /^(.+)ALT$/;

/** The law that MC.<name> gives by percentiles: NORMAL of NORMALALT; null for every other function. */
export function percentileLaw(name: string): LawName | null {
  const law = ALT.exec(name)?.[1];
  return law !== undefined && isLaw(law) && lawInfo(law).by_percentiles ? law : null;
}
