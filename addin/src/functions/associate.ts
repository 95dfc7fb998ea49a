import { byPercentiles, combined, distribution, notKnown, output, property, simtable, type Body } from "./functions";
import further from "./further.json";
import { LAW_NAMES, LAWS, lawInfo } from "./laws";
import properties from "./properties.json";

function bodies(): [string, Body][] {
  const laws = LAW_NAMES.map((law): [string, Body] => [lawInfo(law).function, distribution(law)]);
  const alternatives = LAW_NAMES.filter((law) => LAWS[law]?.by_percentiles)
    .flatMap((law) => [`${law}ALT`, `${law}ALTD`].map((name): [string, Body] => [name, byPercentiles(name)]));
  const more = further.map(({ id, kind }): [string, Body] => [id, bodyOf(id, kind)]);
  const others = properties.map(({ id, parameters }): [string, Body] => [id, id === "OUTPUT" ? output : property(id, parameters.length)]);
  return [...laws, ...alternatives, ...more, ...others];
}

function bodyOf(id: string, kind: string): Body {
  if (kind === "combined") return combined(id);
  return kind === "simtable" ? simtable : notKnown(id, kind as "series" | "statistic");
}

/** Gives Excel the code of the worksheet functions. Does nothing where Excel offers no custom functions. */
export function associateFunctions(): void {
  if (typeof CustomFunctions === "undefined") return;
  for (const [id, body] of bodies()) CustomFunctions.associate(id, body);
}
