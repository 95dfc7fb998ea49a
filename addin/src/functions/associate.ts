import { byPercentiles, distribution, output, property, type Body } from "./functions";
import { LAW_NAMES, LAWS } from "./laws";
import properties from "./properties.json";

function bodies(): [string, Body][] {
  const laws = LAW_NAMES.filter((law) => law.length >= 3).map((law): [string, Body] => [law, distribution(law)]);
  const alternatives = LAW_NAMES.filter((law) => LAWS[law]?.by_percentiles).map((law): [string, Body] => [`${law}ALT`, byPercentiles(law)]);
  const others = properties.map(({ id, parameters }): [string, Body] => [id, id === "OUTPUT" ? output : property(id, parameters.length)]);
  return [...laws, ...alternatives, ...others];
}

/** Gives Excel the code of the worksheet functions. Does nothing where Excel offers no custom functions. */
export function associateFunctions(): void {
  if (typeof CustomFunctions === "undefined") return;
  for (const [id, body] of bodies()) CustomFunctions.associate(id, body);
}
