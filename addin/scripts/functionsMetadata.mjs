// What Excel is told of the worksheet functions, from the engine's table of laws and the list of further functions.

const SEPARATOR = "MC.TRUNCATE(0,), MC.SHIFT(5), MC.CORRELATE(range,1) and the like.";
const name = { name: "name", description: "Name of the input in results.", type: "any", optional: true };
const properties = { name: "properties", description: SEPARATOR, type: "any", repeating: true };
const number = { type: "number" };

function parameterOf({ name: id, description, is_list: isList, default: value, constraint }) {
  const text = `${description}: ${constraint}.`;
  if (isList) return { name: id, description: text, type: "number", dimensionality: "matrix" };
  if (value === null) return { name: id, description: text, type: "number" };
  // A text in its place is the name: optional parameters may be left out.
  return { name: id, description: text, type: "any", optional: true };
}

function byParameters(law) {
  return { id: law.function, name: law.function, description: law.summary, parameters: [...law.parameters.map(parameterOf), name, properties], result: number };
}

function byPercentiles(law, ending) {
  const pairs = { name: "pairs", description: "A percentile (0 to 1) or a parameter's name, then its value; a name; MC.STATIC(value).", type: "any", repeating: true };
  const id = `${law.law}${ending}`;
  const of = ending === "ALTD" ? "by probabilities of greater values" : "by percentiles";
  const description = `${law.title} ${of}, as many as it has parameters: MC.${id}(${ending === "ALTD" ? "0.95,67,0.05,132" : "0.05,67,0.95,132"}).`;
  return { id, name: id, description, parameters: [pairs], result: number };
}

function further({ id, description, parameters, result = "string" }) {
  const described = parameters.map(([parameter, text, type, kind]) => ({
    name: parameter, description: text, type, ...(kind === "optional" ? { optional: true } : kind === "repeating" ? { repeating: true } : kind ? { dimensionality: kind } : {}),
  }));
  return { id, name: id, description, parameters: described, result: { type: result } };
}

/** The content of functions.json for these laws and further functions. */
export function functionsMetadata(laws, others) {
  const alt = laws.filter((law) => law.by_percentiles).flatMap((law) => [byPercentiles(law, "ALT"), byPercentiles(law, "ALTD")]);
  return { functions: [...laws.map(byParameters), ...alt, ...others.map(further)] };
}
