import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ApiClient } from "../src/api/client";
import type { FittedLaw } from "../src/api/messages";
import { cropped, overlayDomain } from "../src/charts/Overlay";
import { parseAddress, withinUsed } from "../src/excel/addresses";
import { GridBook } from "../src/excel/grid/book";
import { GridHost } from "../src/excel/gridHost";
import type { CellInput } from "../src/excel/host";
import { curveRequest, elicitationRequest, FIRST_FIT, fitProblems, fitRequest, formulaOf, MEASURES, numberIn, ranked, targetOf, withMetalog, type FitForm } from "../src/pane/fitForm";
import { binned, empirical, readSample } from "../src/pane/sample";
import { Session } from "../src/pane/session";
import { wasm } from "./wasm";

let server: Server;
let base: string;
let bodies: unknown[] = [];
let answer: { status: number; body: unknown } | null = null;

beforeAll(async () => {
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part)).on("end", () => {
      if (request.method === "POST") bodies.push(JSON.parse(Buffer.concat(parts).toString()));
      // Without an answer the request hangs, as a long fit does.
      if (answer) response.writeHead(answer.status, { "Content-Type": "application/problem+json" }).end(JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => { server.closeAllConnections(); return new Promise((resolve) => server.close(resolve)); });

let host: GridHost;
let session: Session;
const at = (cell: string): { sheet: string; row: number; column: number } => parseAddress(cell, "Sheet1") ?? { sheet: "", row: 0, column: 0 };
const column = (values: readonly CellInput[]): void => host.book.write(values.map((input, index) => ({ address: { sheet: "Sheet1", row: index + 1, column: 1 }, cell: { input } })));

beforeEach(async () => {
  host = new GridHost(await GridBook.create("Book1.xlsx", wasm));
  session = new Session(host, new ApiClient(base));
  bodies = [];
});

const fitted = (law: string, more: Partial<FittedLaw> = {}): FittedLaw => ({
  law, title: law, parameters: { shape: 2, scale: 3 }, shift: 0, formula: `=MC.${law}(2,3)`, atrisk_formula: null, aic: null, bic: null, average_log_likelihood: null,
  chi_square: null, anderson_darling: null, kolmogorov_smirnov: null, rms_error: null, intervals: null, p_values: null, ...more,
});

describe("a sample", () => {
  test("numbers count, the rest is told", async () => {
    column(["Days", 1, 2, null, "n/a", 3, "=1/0", 4, true, 5]);
    const sample = await readSample(host, "$A$1:A10", "Sheet1");
    expect(sample).toMatchObject({ values: [1, 2, 3, 4, 5], blank: 1, heading: "Days" });
    expect(sample.leftOut.map(({ cell }) => cell)).toEqual(["A1", "A5", "A7", "A9"]);
  });
  test.each([
    ["", "no range is given"], ["B2:", "“B2:” is no range of cells"], ["A1:A3", "Sheet1!A1:A3 holds 3 numbers; fitting needs 5 or more"], ["B1", "holds 0 numbers"],
  ])("%j is refused with what to do", async (text, reason) => {
    column([1, 2, 3]);
    await expect(readSample(host, text, "Sheet1")).rejects.toThrow(reason);
    await expect(readSample(host, text, "Sheet1")).rejects.toThrow(/Select/);
  });
  test("more than the server takes", async () => {
    const values = Array.from({ length: 101 }, () => Array.from({ length: 100 }, () => 1));
    await expect(readSample({ ...host, readValues: () => Promise.resolve(values) } as never, "A1:CV101", "Sheet1")).rejects.toThrow("10,100 numbers; at most 10,000");
  });
  test("counts get a bar for each number", () => expect(binned([0, 1, 1, 3], true)).toEqual({ edges: [-0.5, 0.5, 1.5, 2.5, 3.5], counts: [1, 2, 0, 1] }));
  test("every value is in a bin", () => {
    const values = Array.from({ length: 500 }, (_, index) => Math.sqrt(index));
    const { edges, counts } = binned(values, false);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(500);
    expect([edges[0], edges.at(-1)]).toEqual([0, values.at(-1)]);
    expect(counts.at(-1)).toBeGreaterThan(counts[0] ?? 0);
  });
  test("values without spread in their middle are drawn too", () => expect(binned([1, 5, 5, 5, 5, 5, 9], false).counts).toEqual([1, 0, 5, 0, 1]));
  test("a curve ends where the picture does", () => {
    expect(cropped([0, 10, 20], [0, 1, 0], [5, 15])).toEqual({ x: [5, 10, 15], y: [0.5, 1, 0.5] });
    expect(cropped([0, 10], [0, 1], [2, 4])).toEqual({ x: [2, 4], y: [0.2, 0.4] });
    expect(cropped([0, 1, 2], [0.2, 0.5, 0.3], [0.5, 2], true)).toEqual({ x: [1, 2], y: [0.5, 0.3] });
  });
  test("steps", () => expect(empirical([2, 1, 2, 4])).toEqual({ x: [1, 2, 4], p: [0.25, 0.75, 1] }));
  test("the law shows beyond the data, not far", () => {
    expect(overlayDomain(0, 10, { "1": -1, "99": 50 })).toEqual([-1, 13.5]);
    expect(overlayDomain(5, 5, {})).toEqual([5, 5]);
  });
});

describe("the form", () => {
  const form: FitForm = { ...FIRST_FIT.form, data: "A1:A9" };
  const points = (...pairs: [string, string][]): FitForm => ({ ...form, source: "percentiles", points: pairs.map(([p, x]) => ({ p, x })) });
  test.each<[string, FitForm, string[]]>([
    ["ready", form, []], ["no data", { ...form, data: " " }, ["data"]], ["limits in words", { ...form, lower: "low" }, ["lower"]], ["limits that cross", { ...form, lower: "3", upper: "2" }, ["upper"]],
    ["two percentiles", points(["10%", "1"], ["50%", "2"], ["", ""]), ["points"]], ["a percentile of 100%", points(["10%", "1"], ["50%", "2"], ["100%", "3"]), ["p 3"]],
    ["a value in words", points(["10%", "1"], ["50%", "x"], ["0.9", "3"]), ["x 2"]], ["falling values", points(["90%", "1"], ["50%", "2"], ["10%", "0"]), ["x 1"]],
    ["three that rise, in any order", points(["90%", "5"], ["10%", "−1"], ["0.5", "2"]), []],
  ])("%s", (_, given, wrong) => expect(Object.keys(fitProblems(given))).toEqual(wrong));
  test.each([["10%", 0.1], ["−2", -2], ["", null], ["x%", Number.NaN], ["7%", 0.07]])("%s is %d", (text, value) => expect(numberIn(text)).toBe(value));
  test("what is asked", () => {
    expect(fitRequest({ ...form, lower: "0", shift: true, intervals: true }, [1, 2])).toEqual({ values: [1, 2], lower: 0, shift: true, resamples: 200 });
    expect(elicitationRequest(points(["90%", "5"], ["10%", "-1"], ["", ""]))).toEqual({ percentiles: [{ p: 0.1, x: -1 }, { p: 0.9, x: 5 }] });
  });
});

describe("what came back", () => {
  test("ranks by any measure, laws without it last", () => {
    const fits = [fitted("A", { aic: 1, kolmogorov_smirnov: null }), fitted("B", { aic: 2, kolmogorov_smirnov: 0.2 }), fitted("C", { aic: 3, kolmogorov_smirnov: 0.1 })];
    expect(ranked(fits, "kolmogorov_smirnov").map(({ law }) => law)).toEqual(["C", "B", "A"]);
    expect(ranked(fits, "aic").map(({ law }) => law)).toEqual(["A", "B", "C"]);
  });
  test.each([[0, 1020.26, "1020.3"], [0, -5.01, "−5.0"], [2, 13.4666, "13.5"], [4, 0.044819, "0.0448"], [3, null, "–"]])("measure %d of %d", (index, value, text) => expect(MEASURES[index]?.format(value)).toBe(text));
  test("the formula takes the name and keeps its shift", () => {
    expect(formulaOf(fitted("GAMMA"), "Days lost")).toBe('=MC.GAMMA(2,3,"Days lost")');
    expect(formulaOf(fitted("GAMMA", { formula: "=MC.GAMMA(2,3,MC.SHIFT(5))" }), 'a "b"')).toBe('=MC.GAMMA(2,3,"a ""b""",MC.SHIFT(5))');
    expect(formulaOf(fitted("METALOG", { formula: "=MC.METALOG({1,2,3})" }), "")).toBe("=MC.METALOG({1,2,3})");
    expect(formulaOf(fitted("METALOG", { formula: "=MC.METALOG({1,2,3})" }), "x")).toBe('=MC.METALOG({1,2,3},"x")');
  });
  test("its curve", () => {
    expect(curveRequest(fitted("GAMMA", { shift: 5 }))).toEqual({ law: "GAMMA", parameters: [2, 3], shift: 5 });
    expect(curveRequest(fitted("NOSUCH"))).toBeNull();
  });
  test("the metalog leads, rounding counts as none", () => {
    const said = { size: 3, ranked_by: "rms_error" as const, refused: [], metalog: fitted("METALOG"), metalog_problem: null, fits: [fitted("GAMMA", { rms_error: 1e-12 }), fitted("NORMAL", { rms_error: 2 })] };
    expect(withMetalog(said, [{ p: 0.1, x: 0 }, { p: 0.9, x: 10 }]).map(({ law, rms_error }) => [law, rms_error])).toEqual([["METALOG", 0], ["GAMMA", 0], ["NORMAL", 2]]);
  });
  test.each([["D2", null], ["$D$2", null], ["A3", "part of the data"], ["", "Select a cell"], ["D2:D3", "is no cell"], ["Other!A3", null]])("into %j", async (text, problem) => {
    column([1, 2, 3, 4, 5]);
    const found = targetOf(text, "Sheet1", await readSample(host, "A1:A5", "Sheet1"));
    if (problem) expect(found.problem).toContain(problem);
    else expect(found.problem).toBeNull();
  });
});

describe("fitting", () => {
  test("from the selection to the formula in a cell", async () => {
    column(["Days", 1, 2, 3, 4, 5]);
    host.select({ active: at("A6"), range: { sheet: "Sheet1", top: 1, left: 1, bottom: 900, right: 1 } });
    await session.fits.open();
    expect(session.store.state).toMatchObject({ editor: { kind: "fit" }, fit: { form: { data: "Sheet1!A1:A6" } } });
    answer = { status: 200, body: { size: 5, ranked_by: "aic", fits: [fitted("GAMMA", { aic: 1 })], refused: [] } };
    await session.fits.run();
    expect(bodies).toEqual([{ values: [1, 2, 3, 4, 5] }]);
    const { outcome, chosen, name } = session.store.state.fit;
    expect([chosen, name]).toEqual(["GAMMA", "Days"]);
    const [best] = outcome?.fits ?? [];
    if (best) await session.fits.insert(best, at("C1"));
    expect(host.book.cell("Sheet1", 1, 3)?.input).toBe('=MC.GAMMA(2,3,"Days")');
    expect(session.store.state.inputs).toHaveLength(1);
  });
  test("a refusal stays with the form", async () => {
    column([5, 5, 5, 5, 5]);
    session.fits.change({ data: "Sheet1!A1:A5" });
    answer = { status: 422, body: { type: "about:blank", title: "Unprocessable", status: 422, detail: "All values are 5.", code: "fitting.data" } };
    await session.fits.run();
    expect(session.store.state.fit).toMatchObject({ phase: "failed", problem: "All values are 5." });
  });
  test("a wrong form asks nothing", async () => {
    await session.fits.run();
    expect([bodies, session.store.state.fit.phase]).toEqual([[], "idle"]);
  });
  test("a fit that is broken off leaves nothing behind", async () => {
    column([1, 2, 3, 4, 5]);
    session.fits.change({ data: "Sheet1!A1:A5" });
    answer = null;
    const running = session.fits.run();
    expect(session.store.state.fit.phase).toBe("working");
    session.fits.stop();
    await running;
    expect(session.store.state.fit).toMatchObject({ phase: "idle", problem: null });
  });
});

test("parts of ranges", () => {
  const range = { sheet: "S", top: 2, left: 2, bottom: 1_048_576, right: 3 };
  expect(withinUsed(range, 9, 2)).toMatchObject({ top: 2, bottom: 9, right: 2 });
  expect(withinUsed(range, 0, 0)).toMatchObject({ top: 2, bottom: 2, left: 2, right: 2 });
});
