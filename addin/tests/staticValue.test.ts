import { describe, expect, test } from "vitest";
import { gamma } from "../src/functions/gamma";
import { LAW_NAMES, type LawName } from "../src/functions/laws";
import { InvalidParameters, staticValue, type Parameter } from "../src/functions/staticValue";
import engine from "./staticValues.json";

const KNOWN: [LawName, Parameter[], number][] = [
  ["NORMAL", [100, 10], 100],
  ["NORMAL", [5, 0], 5],
  ["LOGNORMAL", [100, 20], 100],
  ["LOGNORMAL2", [0, 0.5], 1.1331484530668263],
  ["TRIANGULAR", [80, 100, 150], 110],
  ["PERT", [80, 100, 150], 105],
  ["PERT", [3, 3, 3], 3],
  ["UNIFORM", [80, 120], 100],
  ["DISCRETE", [[1, 2, 10], [0.2, 0.5, 0.3]], 2],
  ["DISCRETE", [[3, 1], [1, 1]], 1],
  ["DISCRETE", [[0, 5, 10], [1, 0, 1]], 0],
  ["BERNOULLI", [0.3], 0],
  ["BERNOULLI", [0.7], 1],
  ["BERNOULLI", [0.5], 0],
  ["BINOMIAL", [10, 0.34], 3],
  ["POISSON", [4.6], 5],
  ["POISSON", [0], 0],
  ["BETA", [2, 3], 0.4],
  ["GAMMA", [2, 50], 100],
  ["EXPONENTIAL", [100], 100],
  ["WEIBULL", [1.5, 100], 90.27452929509336],
];

describe("static value", () => {
  test.each(KNOWN)("%s%j", (law, parameters, expected) => expect(staticValue(law, parameters)).toBeCloseTo(expected, 9));
  test.each(engine as [LawName, Parameter[], number][])("%s%j shows what the engine shows", (law, parameters, expected) => {
    expect(Math.abs(staticValue(law, parameters) - expected)).toBeLessThanOrEqual(1e-8 * Math.max(1, Math.abs(expected)));
  });
  test("every law is covered", () => expect(new Set(engine.map(([law]) => law))).toEqual(new Set(LAW_NAMES)));

  test.each<[LawName, Parameter[], RegExp]>([
    ["NORMAL", [0, -1], /^sd is -1/],
    ["NORMAL", [Number.NaN, 1], /^mean must be one finite number/],
    ["NORMAL", [1], /takes 2 parameters: mean, sd/],
    ["LOGNORMAL", [0, 1], /^mean is 0/],
    ["TRIANGULAR", [1, 5, 3], /^mode is 5 and max is 3/],
    ["PERT", [4, 3, 5], /^min is 4 and mode is 3/],
    ["UNIFORM", [2, 1], /^min is 2 and max is 1/],
    ["DISCRETE", [[1, 2], [1]], /2 values and 1 probabilities/],
    ["DISCRETE", [[1], [0]], /^probabilities must be a list of numbers of 0 or more, not all 0/],
    ["DISCRETE", [[1, 2], [2, -1]], /^probabilities must be a list of numbers of 0 or more/],
    ["BERNOULLI", [1.1], /^p is 1.1/],
    ["BINOMIAL", [2.5, 0.5], /^n is 2.5/],
    ["WEIBULL", [0, 1], /^shape is 0/],
  ])("%s%j is refused", (law, parameters, message) => {
    expect(() => staticValue(law, parameters)).toThrow(InvalidParameters);
    expect(() => staticValue(law, parameters)).toThrow(message);
  });
});

test.each([[1, 1], [5, 24], [0.5, Math.sqrt(Math.PI)], [1.5, Math.sqrt(Math.PI) / 2], [10.1, 454760.7514415855], [0.1, 9.51350769866873]])(
  "Γ(%d)", (x, expected) => expect(gamma(x) / expected).toBeCloseTo(1, 13),
);
