import { describe, expect, test } from "vitest";
import type { ResultDetails } from "../src/api/details";
import { readModelCalls } from "../src/excel/formula/model";
import { GridBook } from "../src/excel/grid/book";
import { GridHost } from "../src/excel/gridHost";
import { LAW_NAMES, LAWS } from "../src/functions/laws";
import { absolute, correlationOf, matrixOf, resized, triangleOf } from "../src/pane/correlating";
import { pairsOf } from "../src/pane/Correlations";
import { draftOf, firstPairs, newDraft, previewRequest, printDraft, problemsOf, Refused, withLawChosen, type Draft } from "../src/pane/draft";
import { outputRanges } from "../src/pane/fans";
import { searchLaws } from "../src/pane/lawSearch";
import { iterationsFor } from "../src/pane/ResultsSections";
import { specOf } from "../src/pane/runs";
import { tornadoView } from "../src/pane/sensitivity";
import { wasm } from "./wasm";

const draft = (formula: string): Draft => {
  const [call] = readModelCalls(formula).laws;
  if (!call) throw new Error(`no law in ${formula}`);
  return draftOf(call, call.name ?? "");
};

describe("a draft", () => {
  test.each([
    '=MC.NORMAL(100,10,"Price")', "=MC.MODPERT(1,2,5)", "=MC.METALOG({1,2},,5)", "=MC.NORMAL(B1*2,C1,MC.SHIFT(5))", "=MC.CUMUL(0,10,{2,5},{0.2,0.5})",
    "=MC.NORMAL(100,10,MC.SHIFT(5),MC.CORRELATE(H2:J4,1),MC.SEED(3))", "=MC.NORMAL(5%,B7,MC.TRUNCATE(B3,))",
  ])("of %s is written as it was read", (formula) => expect(`=${printDraft(draft(formula))}`).toBe(formula));
  test.each<[string, number, string]>([
    ["=MC.NORMAL(100,10,MC.TRUNCATE(90,))", 102.876, "MC.NORMAL(100,10,MC.TRUNCATE(90,),MC.STATIC(102.876))"],
    ["=MC.NORMAL(A1,10,MC.TRUNCATE(90,))", 102.876, "MC.NORMAL(A1,10,MC.TRUNCATE(90,))"],
    ['=MC.NORMALALT(5%,67,"sd",10,"P",MC.STATIC(1))', 83.4, 'MC.NORMALALT(5%,67,"sd",10,"P",MC.STATIC(83.4))'],
    ["=MC.NORMAL(100,10)", 100, "MC.NORMAL(100,10)"],
  ])("%s shows %d", (formula, shown, expected) => expect(printDraft(draft(formula), shown)).toBe(expected));
  test.each(LAW_NAMES)("%s starts without a problem", (law) => expect(problemsOf(newDraft(law, 100, ""), "S")).toEqual([]));
  test("problems name their field", () => {
    const wrong = { ...newDraft("NORMAL", 100, ""), texts: ["1", "1,5"], limits: { kind: "values", low: "x,", high: "" } } as const;
    expect(problemsOf(wrong, "S").map(({ field }) => field)).toEqual(["sd", "low"]);
    const empty: Draft = { ...newDraft("NORMAL", 100, ""), form: "percentiles", pairs: [["150%", "3"], ["95%", ""]] };
    expect(problemsOf(empty, "S").map(({ field }) => field)).toEqual(["pair 1", "pair 2"]);
  });
  test("a law without percentile form goes back to parameters", () => {
    expect(withLawChosen({ ...newDraft("NORMAL", 1, "N"), form: "percentiles" }, "POISSON", null)).toMatchObject({ law: "POISSON", form: "parameters", name: "N" });
  });
  test("pairs take over what the curve showed", () => expect(firstPairs("NORMAL", { "5": 83.55146, "95": 116.44854 })).toEqual([["5%", "83.5515"], ["95%", "116.449"]]));

  test("a preview asks for all of it", async () => {
    const host = new GridHost(await GridBook.create("Book1.xlsx", wasm));
    const ask = (formula: string): Promise<unknown> => previewRequest(host, draft(formula), "Sheet1");
    expect(await ask("=MC.NORMAL(100,10,MC.TRUNCATEP(0.1,),MC.SHIFT(2))")).toEqual({ law: "NORMAL", parameters: [100, 10], truncation: { low: 0.1, high: null, percentiles: true }, shift: 2 });
    expect(await ask('=MC.NORMALALT(5%,67,"sd",10)')).toEqual({ law: "NORMAL", pairs: [[0.05, 67], ["sd", 10]] });
    expect(await ask("=MC.MODPERT(1,2,5)")).toEqual({ law: "MODPERT", parameters: [1, 2, 5] });
    expect(await ask("=MC.NORMAL(SUM(1,2),10)")).toBeNull();
    await expect(ask("=MC.NORMAL(1,-1)")).rejects.toThrow(Refused);
  });
});

describe("the grid", () => {
  test.each<[string, string]>([
    ["=MC.NORMAL(100,10,MC.SHIFT(5))", "105"], ["=MC.NORMAL(100,10,MC.TRUNCATE(,90))", "90"], ["=MC.NORMALALT(5%,67,95%,133,MC.STATIC(100))", "100"],
    ["=MC.NORMALALT(5%,67,95%,133)", "#N/A"], ["=MC.WEIBULL(1,50)", "50"], ["=MC.MODPERT(0,10,50)", "15"], ["=MC.NORMAL(A9,10,MC.CORRELATE(H1:J3,1))", "7"],
  ])("%s shows %s", async (formula, shown) => {
    const book = await GridBook.create("Book1.xlsx", wasm);
    book.setInput({ sheet: "Sheet1", row: 9, column: 1 }, 7);
    book.setInput({ sheet: "Sheet1", row: 1, column: 1 }, formula);
    expect(book.text("Sheet1", 1, 1)).toBe(shown);
  });
});

describe("the search for a law", () => {
  const laws = Object.values(LAWS);
  test.each([["weib", "WEIBULL"], ["MC.PERT", "PERT"], ["F", "F"], ["normal", "NORMAL"], ["heavier daily returns", "STUDENT3"]])("%s", (text, law) => expect(searchLaws(laws, text)[0]?.law).toBe(law));
  test("nothing typed finds all, in their groups", () => expect(searchLaws(laws, " ")).toEqual(laws));
  test("nothing fits", () => expect(searchLaws(laws, "zzz")).toEqual([]));
});

describe("correlations", () => {
  test.each([["", 0], ["-0.5", -0.5], ["−1", -1], ["1.01", Number.NaN], ["x", Number.NaN]])("%s is %d", (text, value) => expect(correlationOf(text)).toBe(value));
  test("a triangle keeps the numbers of inputs that stay", () => {
    expect(resized([[], ["0.5"], ["0.2", "-0.3"]], [2, 0, -1])).toEqual([[], ["0.2"], ["0", "0"]]);
  });
  test("a matrix has one triangle", () => {
    expect(matrixOf([[], ["0.5"]])).toEqual([[1, null], [0.5, 1]]);
    expect(matrixOf([[], ["2"]])).toBeNull();
    expect(triangleOf([[1, 0.5], [0.5, 1]])).toEqual([[], ["0.5"]]);
  });
  test("its place is fixed", () => expect(absolute({ sheet: "My sheet", top: 2, left: 8, bottom: 4, right: 10 })).toBe("'My sheet'!$H$2:$J$4"));
  test("each pair once", () => {
    const rows = [[1, 0.5], [0.5, 1]];
    const report = { group: "G", family: "gaussian", members: ["a", "b"], requested: rows, used: null, score: [[1, 0.49], [0.49, 1]], spearman: [], pearson: [], standard_errors: [[0, 0.01], [0.01, 0]] };
    expect(pairsOf(report, (key) => key.toUpperCase())).toEqual([{ key: "a b", first: "A", second: "B", requested: 0.5, realised: 0.49, error: 0.01 }]);
  });
});

test("outputs side by side make ranges", () => {
  expect(outputRanges(["M!B5", "M!C5", "M!D5", "M!F5", "M!B6", "M!B7", "N!E5"])).toEqual(["M!B5:D5", "M!B5:B7"]);
  expect(outputRanges(["M!B5", "M!C5"])).toEqual([]);
});

describe("measures", () => {
  const bars = [{ input: "a", rank_correlation: 0.2, low_mean: 4, high_mean: 6 }, { input: "b", rank_correlation: -0.9, low_mean: 1, high_mean: 9 }, { input: "c", rank_correlation: null, low_mean: null, high_mean: null }];
  const term = { coefficient: 1, p_value: 0 };
  const details = {
    tornado: [{ output: "o", mean: 5, bars }],
    regression: [{ output: "o", terms: [{ ...term, input: "a", standardised: 0.1, mapped: 2 }, { ...term, input: "b", standardised: -0.8, mapped: null }], r_squared: 0.5, not_significant: [] }],
    contribution: [{ output: "o", bars: [{ input: "a", share: 0.05 }, { input: "b", share: -0.95 }] }],
  } as unknown as ResultDetails;
  test("largest first, whatever its sign", () => {
    expect(tornadoView(details, "o", "rank")?.bars).toEqual([{ input: "b", value: -0.9 }, { input: "a", value: 0.2 }]);
    expect(tornadoView(details, "o", "contribution")?.bars.map(({ input }) => input)).toEqual(["b", "a"]);
    expect(tornadoView(details, "o", "mapped")?.bars).toEqual([{ input: "a", value: 2 }]);
  });
  test("a low R² is said", () => expect(tornadoView(details, "o", "regression")?.note).toContain("50%"));
  test("change in mean runs with the sign of the effect around the mean", () => {
    expect(tornadoView(details, "o", "change")).toMatchObject({ centre: 5, bars: [{ input: "b", from: 9, value: 1 }, { input: "a", from: 4, value: 6 }] });
  });
  test("nothing before the section is there", () => expect(tornadoView({ tornado: null } as ResultDetails, "o", "rank")).toBeNull());
});

test.each([[0.01, 100, 2, 1000, 4000], [0.03, 100, 3, 1000, 1000], [0.01, 0, 2, 1000, null], [0.01, 5, 0, 1000, null]])(
  "± %d of %d known to ± %d", (share, mean, half, count, needed) => expect(iterationsFor(share, mean, half, count)).toBe(needed));

test("a run until converged has a rule", () => {
  const settings = { iterations: 1000, sampling: "sobol", seed: 1 } as const;
  expect(specOf({ ...settings, precision: null })).toEqual(settings);
  expect(specOf({ ...settings, precision: 0.01 })).toMatchObject({ convergence: { rules: [{ statistic: "mean", tolerance: 0.01, relative: true }] } });
});
