// The code of the worksheet functions of the namespace MC. Each distribution shows its static value; the draws happen on
// the server. What Excel is told of them is written by scripts/metadata.mjs from the same tables.

import { InvalidParameters, NotKnownHere, printProperty, readProperty, shownValue, type Property } from "./adjusted";
import { lawInfo, type LawName } from "./laws";
import type { Parameter } from "./staticValue";

export type Body = (...given: unknown[]) => number | string;

function guarded(name: string, work: () => number): number {
  try {
    return work();
  } catch (error) {
    const { Error: CellError, ErrorCode } = CustomFunctions;
    if (error instanceof InvalidParameters) throw new CellError(ErrorCode.invalidNumber, `MC.${name}: ${error.message}`);
    if (error instanceof NotKnownHere) throw new CellError(ErrorCode.notAvailable, `MC.${name}: ${error.message}`);
    throw error;
  }
}

const propertiesOf = (values: readonly unknown[]): Property[] => values.flatMap((value) => readProperty(value) ?? []);

function parameterOf(value: unknown, isList: boolean): Parameter {
  if (isList) return (value as number[][]).flat();
  return value as number;
}

/** A distribution: parameters, then perhaps a name, then properties in any number. Excel adds an argument of its own. */
export function distribution(law: LawName): Body {
  const { parameters } = lawInfo(law);
  return (...given) => guarded(law, () => {
    const own = given.slice(0, parameters.length);
    const rest = given.slice(parameters.length, parameters.length + 2).flat();
    const last = own.findIndex((value, index) => parameters[index]?.default !== null && typeof value !== "number");
    const used = last < 0 ? own : own.slice(0, last);
    const values = used.map((value, index) => parameterOf(value, parameters[index]?.is_list === true));
    return shownValue(law, values, propertiesOf([...own, ...rest]));
  });
}

/** A distribution by percentiles shows what MC.STATIC says. */
export function byPercentiles(name: string): Body {
  return (given) => guarded(name, () => shownValue(null, [], propertiesOf([given].flat())));
}

/** A property hands its numbers to the distribution around it. */
export function property(name: string, count: number): Body {
  return (...given) => printProperty(name, given.slice(0, count));
}

const HINTS = {
  series: "the values of a path are known after MC.STATIC(value) is added, or in the workbook with results",
  statistic: "statistics of a run stand in the workbook with results",
  combined: "the value of this law is known after MC.STATIC(value) is added",
};

/** A law made of laws: the product of their shown values where that is its mean, else what MC.STATIC says. */
export function combined(name: string): Body {
  return (...given) => guarded(name, () => {
    const fixed = propertiesOf(given.flat()).find((property) => property.name === "STATIC");
    const [first, second, ...others] = given;
    const [limits, rest] = name === "COMPOUND" ? [others.slice(0, 2), others.slice(2)] : [[], others];
    const isPlain = limits.every((limit) => limit === null || limit === undefined) && !propertiesOf(rest.flat()).length;
    if (fixed || name === "SPLICE" || !isPlain || typeof first !== "number" || typeof second !== "number") {
      if (fixed?.values[0] === undefined || fixed.values[0] === null) throw new NotKnownHere(HINTS.combined);
      return fixed.values[0];
    }
    return first * second;
  });
}

/** A path shows in every period what MC.STATIC says; a statistic has nothing to show before a run. */
export function notKnown(name: string, kind: "series" | "statistic"): Body {
  return (...given) => guarded(name, () => {
    const fixed = kind === "series" ? propertiesOf(given.flat()).find((property) => property.name === "STATIC")?.values[0] : null;
    if (fixed === undefined || fixed === null) throw new NotKnownHere(HINTS[kind]);
    return fixed;
  });
}

/** The value of the first simulation. */
export const simtable: Body = (given) => [given].flat(2)[0] as number;

/** Always 0. */
export const output: Body = () => 0;
