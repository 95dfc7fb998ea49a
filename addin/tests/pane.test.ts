import { describe, expect, test } from "vitest";
import type { ResultSummary, VariableSummary } from "../src/api/messages";
import { formatNumber, formatPercent, formatSeconds, formatTick, roundedBySpread } from "../src/pane/numbers";
import { complaint, fieldText, firstTexts, isListAt, printField, readField } from "../src/pane/parameters";
import { resultsTable } from "../src/pane/resultsSheet";
import { settingsProblems } from "../src/pane/runs";
import { LAW_NAMES } from "../src/functions/laws";
import { domainOf, probabilityAt, ticks, valueAt } from "../src/charts/scale";

describe("numbers", () => {
  test.each([
    [0, "0"], [1234.5678, "1,234.57"], [1234567.891, "1,234,568"], [-0.000012345, "-1.2345e-5"], [1e21, "1e21"], [null, "–"], [Number.NaN, "–"],
    [0.1 + 0.2, "0.3"], [99999.95, "100,000"],
  ])("%d", (value, text) => expect(formatNumber(value)).toBe(text));
  test.each([[1_200_000, 200_000, "1.2M"], [50_000, 10_000, "50k"], [0, 10_000, "0"], [0.25, 0.05, "0.25"], [5, 1, "5"], [-1500, 500, "-1,500"], [2e9, 1e9, "2B"]])(
    "tick %d at steps of %d", (value, step, text) => expect(formatTick(value, step)).toBe(text));
  test.each([[0.42, "0.4 s"], [12.4, "12 s"], [75, "1 min 15 s"]])("%d seconds", (seconds, text) => expect(formatSeconds(seconds)).toBe(text));
  test.each([
    [123_456_773_051.7, 9999.8, 123_456_773_050], [23.5437, 10, 23.5], [0.000123456, 0.00002, 0.0001235], [42, 0, 42], [7.25, null, 7.25],
  ])("%d with a spread of %d", (value, spread, rounded) => expect(roundedBySpread(value, spread)).toBeCloseTo(rounded, 7));
  test("percent", () => expect(formatPercent(0.12345)).toBe("12.3%"));
});

describe("parameter fields", () => {
  test.each<[string, boolean, object]>([
    ["12", false, { kind: "number", value: 12 }], [" 10% ", false, { kind: "number", value: 0.1 }], ["=B2", false, { kind: "reference", range: { sheet: "S", top: 2, left: 2, bottom: 2, right: 2 } }],
    ["Data!B2:B5", true, { kind: "reference", range: { sheet: "Data", top: 2, left: 2, bottom: 5, right: 2 } }], ["1, 2;3", true, { kind: "list", values: [1, 2, 3] }],
    ["{1,2}", true, { kind: "list", values: [1, 2] }], ["B2*2", false, { kind: "formula" }], ["MAX(A1,2)", false, { kind: "formula" }], ["Rate", false, { kind: "formula" }],
  ])("%s", (text, isList, expected) => expect(readField(text, isList, "S")).toEqual(expected));
  test.each(["", "1,5", "1,000", "SUM(A1", "A1,B1", '"x'])("%s is refused", (text) => expect(readField(text, false, "S").kind).toBe("invalid"));
  test("a list is written as an array", () => expect(printField("1, 2, 3", true)).toBe("{1,2,3}"));
  test("an array reads as a list", () => expect(fieldText("{1,2,3}")).toBe("1, 2, 3"));
  test.each([["SUM(A1)", "SUM(A1)"], ["=B2", "B2"]])("%s", (text, expected) => expect(printField(text, false)).toBe(expected));

  test.each(LAW_NAMES.flatMap((law) => [60_000, 0, -3, 0.2, null, "text"].map((value) => [law, value] as const)))("%s starts with something valid from %j", (law, value) => {
    const values = firstTexts(law, value).filter((text) => text !== "").map((text, index) => {
      const field = readField(text, isListAt(law, index), "S");
      return field.kind === "number" ? field.value : field.kind === "list" ? field.values : [];
    });
    expect(complaint(law, values)).toBeNull();
  });
  test("the cell's number becomes the centre", () => {
    expect(firstTexts("NORMAL", 60_000)).toEqual(["60000", "6000"]);
    expect(firstTexts("PERT", 100)).toEqual(["80", "100", "120"]);
  });
});

test.each([
  [{ iterations: 0, seed: 1 }, ["iterations"]], [{ iterations: 10_000_001, seed: 1 }, ["iterations"]], [{ iterations: 1.5, seed: -1 }, ["iterations", "seed"]],
  [{ iterations: Number.NaN, seed: 0.5 }, ["iterations", "seed"]], [{ iterations: 10_000_000, seed: 0 }, []],
])("settings %j", (settings, wrong) => expect(Object.keys(settingsProblems({ ...settings, sampling: "sobol" }))).toEqual(wrong));

describe("scales", () => {
  test.each([[[0, 100], 5, [0, 20, 40, 60, 80, 100]], [[0.13, 0.41], 3, [0.2, 0.3, 0.4]], [[-3, 3], 2, [0]], [[-2500, 7000], 4, [0, 5000]]] as const)("ticks of %j", (domain, wanted, expected) => {
    expect(ticks(domain, wanted).values).toEqual(expected);
  });
  test("a constant gets some width", () => expect(domainOf([5, 5])).toEqual([4.5, 5.5]));
  const curve = { x: [0, 10, 20], p: [0.1, 0.5, 1] };
  test.each([[-1, 0], [5, 0.3], [10, 0.5], [25, 1]])("P(X <= %d)", (x, p) => expect(probabilityAt(curve, x)).toBeCloseTo(p, 12));
  test.each([[0.05, 0], [0.5, 10], [0.75, 15], [1, 20]])("quantile %d", (p, x) => expect(valueAt(curve, p)).toBeCloseTo(x, 12));
});

const variable = (key: string, more: Partial<VariableSummary> = {}): VariableSummary => ({
  key, name: key, cell: "Sheet1!B1", count: 100, errors: 0, error_codes: {}, mean: 1, standard_deviation: 2, minimum: 0, maximum: 3, median: 1, mode: 1,
  skewness: null, kurtosis: 3, percentiles: { "5": 0.1, "95": 2.9 }, histogram: { edges: [0, 1, 2], counts: [60, 40] }, cumulative: null, tornado: [], ...more,
});

test("the report names everything and its charts point into the table", () => {
  const results: ResultSummary = {
    outputs: [variable("Profit", { tornado: [{ input: "Price", rank_correlation: 0.8, low_mean: 0, high_mean: 2 }] })],
    inputs: [variable("Price")],
    certificate: { workbook_sha256: "", workbook_name: "", montecell_version: "", engine: "power", engine_class: "x", engine_reason: "", sampling: "sobol", seed: 42, iterations: 100, digest: "abc" },
    timings: { open: 0, compile: 0, simulate: 0, analyse: 0 },
    notes: [],
  };
  const { rows, charts = [], headings } = resultsTable(results);
  expect(rows[0]).toEqual(["Montecell results"]);
  expect(rows).toContainEqual(["Digest", "abc"]);
  expect(rows).toContainEqual(["Percentile 95%", 2.9]);
  expect(headings.every((row) => rows[row - 1]?.length)).toBe(true);
  const shown = charts.map(({ categories: { top, bottom } }) => rows.slice(top, bottom));
  expect(shown).toEqual([[[0.5, 60], [1.5, 40]], [["Price", 0.8, 0, 2]]]);
});
