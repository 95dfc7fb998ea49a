import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ApiClient } from "../src/api/client";
import type { AnalysisResult, StressResult } from "../src/api/messages";
import { parseAddress } from "../src/excel/addresses";
import { GridBook } from "../src/excel/grid/book";
import { GridHost } from "../src/excel/gridHost";
import type { CellInput } from "../src/excel/host";
import { analysisOf, analysisProblems, choicesOf, FIRST_FORM, statisticLabel, titleOf, type AnalysisForm } from "../src/pane/analysisForm";
import { analysisTable, sheetNameOf } from "../src/pane/analysisSheet";
import type { Memory } from "../src/pane/analysing";
import { Session } from "../src/pane/session";
import { wasm } from "./wasm";

const choices = { inputs: [{ value: "S!B1", label: "Price (S!B1)" }, { value: "S!B2", label: "S!B2" }], outputs: [{ value: "S!B3", label: "Profit (S!B3)" }] };
const goal: AnalysisForm = { ...FIRST_FORM, cell: "$B$8", output: "S!B3", target: "5", low: "1", high: "9" };
const stress: AnalysisForm = { ...FIRST_FORM, kind: "stress", ranges: { "S!B1": { low: "0%", high: "5%" } } };

describe("the form", () => {
  test.each<[string, AnalysisForm, string[]]>([
    ["ready", goal, []], ["empty", FIRST_FORM, ["cell", "output", "target", "low", "high"]], ["a range", { ...goal, cell: "B1:B2" }, ["cell"]], ["ends that cross", { ...goal, high: "0" }, ["high"]],
    ["a percentile without its level", { ...goal, statistic: { name: "percentile", level: "" } }, ["level"]], ["a level of 200%", { ...goal, statistic: { name: "percentile", level: "200%" } }, ["level"]],
    ["an output that is gone", { ...goal, output: "S!Z9" }, ["output"]], ["words", { ...goal, target: "much", tolerance: "-1" }, ["target", "tolerance"]],
    ["a stress", stress, []], ["no stress", { ...stress, ranges: {} }, ["ranges"]], ["a stress that crosses", { ...stress, ranges: { "S!B1": { low: "50%", high: "5%" } } }, ["range S!B1"]],
    ["indices", { ...FIRST_FORM, kind: "sobol" }, []], ["half a block", { ...FIRST_FORM, kind: "sobol", base: "1.5" }, ["base"]],
  ])("%s", (_, form, wrong) => expect(Object.keys(analysisProblems(form, choices))).toEqual(wrong));
  test("what is sent", () => {
    expect(analysisOf({ ...goal, statistic: { name: "percentile", level: "5%" } }, choices, "S")).toEqual({ kind: "goal_seek", cell: "S!B8", output: "S!B3", statistic: { name: "percentile", level: 0.05 }, target: 5, low: 1, high: 9 });
    expect(analysisOf(stress, choices, "S")).toMatchObject({ kind: "stress", ranges: [{ input: "S!B1", low: 0, high: 0.05 }], together: false, statistics: [{ name: "mean" }, { name: "standard_deviation" }, { level: 0.05 }, { level: 0.95 }] });
    expect(analysisOf({ ...FIRST_FORM, kind: "shapley", output: "S!B3", base: "100" }, choices, "S")).toEqual({ kind: "sensitivity", method: "shapley", outputs: ["S!B3"], base: 100 });
  });
  test("titles", () => {
    expect(titleOf(analysisOf(goal, choices, "S"), choices)).toBe("Goal seek: mean of Profit = 5 by S!B8");
    expect(titleOf(analysisOf(stress, choices, "S"), choices)).toBe("Stress: Price");
    expect(statisticLabel({ name: "percentile", level: 0.05 })).toBe("5% percentile");
  });
});

test("tables name what was asked", () => {
  const effect = { statistic: { name: "mean" }, output: "Profit", baseline: 10 };
  const result: StressResult = { kind: "stress", effects: [{ ...effect, run: "Price", stressed: 4, change: -6 }, { ...effect, run: "Cost", stressed: 7, change: -3 }, { ...effect, output: "Margin", run: "Cost", stressed: 7, change: -3 }], certificates: {}, notes: ["note"] };
  const { rows, charts } = analysisTable(result, "Stress: Price, Cost");
  expect(rows.slice(0, 4)).toEqual([["Montecell results"], ["Stress: Price, Cost"], ["Stressed", "Output", "Statistic", "Without stress", "With stress", "Change"], ["Price", "Profit", "Mean", 10, 4, -6]]);
  expect(rows.at(-1)).toEqual(["note"]);
  expect(charts).toMatchObject([{ categories: { top: 3, bottom: 5 } }]);
  expect(sheetNameOf(result)).toBe("Montecell Stress");
});

let server: Server;
let base: string;
let requests: string[] = [];
let status = "succeeded";
const found: AnalysisResult = { kind: "goal_seek", cell: "Sheet1!B1", output: "Profit", statistic: { name: "mean" }, target: 5, tolerance: 1, outcome: "reached", text: "", value: 7.5, reached: 5, tried: [], digest: null, notes: [] };

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = request.url ?? "";
    requests.push(`${request.method} ${path}`);
    request.resume();
    const send = (code: number, body: unknown, type = "application/json"): void => { response.writeHead(code, { "Content-Type": type }).end(typeof body === "string" ? body : JSON.stringify(body)); };
    if (path.endsWith("/events")) send(200, `id: 1\nevent: ${status === "running" ? "succeeded" : status}\ndata: {"id":"a1","status":"${status === "running" ? "succeeded" : status}","problem":{"detail":"No.","status":422,"title":"","code":""}}\n\n`, "text/event-stream");
    else if (path.includes("/results")) send(200, found);
    else if (path === "/simulations/gone") send(404, { status: 404, title: "Not found", detail: "No such run.", code: "simulation.not_found", type: "" }, "application/problem+json");
    else if (path.startsWith("/simulations/")) send(200, { id: "a1", status, progress: null, problem: null });
    else if (path === "/analyses") send(202, { id: "a1", status: "queued", progress: null });
    else send(201, { id: "w1" });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => { server.closeAllConnections(); return new Promise((resolve) => server.close(resolve)); });

describe("a job", () => {
  let kept: Map<string, string>;
  let memory: Memory;
  const open = async (): Promise<{ session: Session; host: GridHost }> => {
    const host = new GridHost(await GridBook.create("Book1.xlsx", wasm));
    const fill = (cell: string, input: CellInput): void => { const address = parseAddress(cell, "Sheet1"); if (address) host.book.setInput(address, input); };
    fill("B1", 60); fill("B2", '=MC.NORMAL(1,2,"Cost")'); fill("B3", '=MC.OUTPUT("Profit")+B1-B2');
    const session = new Session(host, new ApiClient(base), memory);
    await session.scan();
    return { session, host };
  };
  const record = (id: string): string => JSON.stringify([{ id, workbook: "Book1.xlsx", title: "Goal seek", started: "2026-11-23T08:00:00.000Z", isOver: false }, { broken: true }]);
  beforeEach(() => {
    kept = new Map();
    memory = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => { kept.set(key, value); } };
    requests = [];
    status = "succeeded";
  });

  test("is asked for, followed, remembered, and its value goes into the cell", async () => {
    const { session, host } = await open();
    session.analyses.change({ ...goal, cell: "Sheet1!B1", output: choicesOf(session.store.state).outputs[0]?.value ?? "" });
    await session.analyses.start();
    expect(requests).toEqual(["POST /workbooks", "POST /analyses", "GET /simulations/a1/events", "GET /simulations/a1/results?format=json"]);
    const { analysis } = session.store.state;
    expect(analysis).toMatchObject({ run: { phase: "succeeded" }, result: { value: 7.5 }, records: [{ id: "a1", isOver: true, workbook: "Book1.xlsx" }] });
    if (analysis.result?.kind === "goal_seek") await session.analyses.useValue(analysis.result);
    expect(host.book.cell("Sheet1", 1, 2)?.input).toBe(7.5);
    await session.analyses.writeSheet();
    expect(host.book.sheets.map(({ name }) => name)).toContain("Montecell Goal Seek");
  });
  test("that was under way is found again after the pane was closed", async () => {
    kept.set("montecell.analyses", record("a1"));
    status = "running";
    const { session } = await open();
    await session.analyses.resume();
    expect(session.store.state.analysis).toMatchObject({ run: { phase: "succeeded" }, current: { id: "a1", isOver: true }, result: { value: 7.5 } });
  });
  test("that the server forgot goes off the list", async () => {
    kept.set("montecell.analyses", record("gone"));
    const { session } = await open();
    await session.analyses.resume();
    expect(session.store.state.analysis).toMatchObject({ records: [], run: { phase: "failed", problem: { detail: "No such run." } } });
  });
  test("that failed says why", async () => {
    kept.set("montecell.analyses", record("a1"));
    status = "failed";
    const { session } = await open();
    await session.analyses.resume();
    expect(session.store.state.analysis).toMatchObject({ run: { phase: "failed" }, result: null });
  });
  test("of another workbook stays there", async () => {
    kept.set("montecell.analyses", record("a1").replace("Book1", "Other"));
    const { session } = await open();
    await session.analyses.resume();
    expect([session.store.state.analysis.records, requests]).toEqual([[], []]);
  });
  test("broken memory is no memory", async () => {
    kept.set("montecell.analyses", "{");
    const { session } = await open();
    await session.analyses.resume();
    expect(session.store.state.analysis.records).toEqual([]);
  });
});
