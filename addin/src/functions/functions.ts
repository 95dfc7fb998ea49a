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
export function byPercentiles(law: LawName): Body {
  return (given) => guarded(`${law}ALT`, () => shownValue(null, [], propertiesOf([given].flat())));
}

/** A property hands its numbers to the distribution around it. */
export function property(name: string, count: number): Body {
  return (...given) => printProperty(name, given.slice(0, count));
}

/** Always 0. */
export const output: Body = () => 0;
