import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { ApiClient } from "../src/api/client";
import { parseAddress } from "../src/excel/addresses";
import { GridBook } from "../src/excel/grid/book";
import { GridHost } from "../src/excel/gridHost";
import type { CellInput } from "../src/excel/host";
import { Session } from "../src/pane/session";
import { goTo, step } from "../src/playground/editing";
import { wasm } from "./wasm";

let server: Server;
let base: string;
let requests: { method: string; path: string; body: string }[] = [];
let answer: (path: string) => { status: number; body: unknown; type?: string };

beforeAll(async () => {
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part)).on("end", () => {
      const path = request.url ?? "";
      // Editors load the laws in the background, maybe after their test has ended.
      if (path !== "/distributions") requests.push({ method: request.method ?? "", path, body: Buffer.concat(parts).toString() });
      const { status, body, type = "application/json" } = answer(path);
      response.writeHead(status, { "Content-Type": type }).end(typeof body === "string" ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

let host: GridHost;
let session: Session;
const set = (cell: string, input: CellInput): void => {
  const address = parseAddress(cell, "Sheet1");
  if (address) host.book.setInput(address, input);
};
const input = (cell: string): CellInput => {
  const address = parseAddress(cell, "Sheet1");
  return address ? (host.book.cell("Sheet1", address.row, address.column)?.input ?? null) : null;
};
const choose = (cell: string): void => {
  const address = parseAddress(cell, "Sheet1");
  if (address) goTo(host, address.row, address.column);
};

beforeEach(async () => {
  host = new GridHost(await GridBook.create("Book1.xlsx", wasm));
  session = new Session(host, new ApiClient(base));
  requests = [];
  answer = () => ({ status: 200, body: [] });
  set("A1", "Price:"); set("B1", 60); set("A2", "Cost"); set("B2", 40); set("A3", "Profit"); set("B3", "=B1-B2");
});

describe("defining", () => {
  test("a distribution gets the label beside the cell and becomes an input", async () => {
    choose("B1");
    await session.defineDistribution();
    expect(session.store.state.editor).toMatchObject({ kind: "distribution", suggestedName: "Price", call: null });
    await session.saveDistribution('MC.NORMAL(60,5,"Price")');
    expect(input("B1")).toBe('=MC.NORMAL(60,5,"Price")');
    expect(session.store.state.inputs).toMatchObject([{ call: { law: "NORMAL", name: "Price" } }]);
    expect(session.store.state.editor).toBeNull();
  });
  test("one of two draws in a cell is edited, the other stays", async () => {
    set("B1", "=MC.NORMAL(60,5)+MC.UNIFORM(0,1)*2");
    await session.scan();
    const second = session.store.state.inputs[1];
    await session.defineDistribution(second);
    await session.saveDistribution("MC.UNIFORM(0,3)");
    expect(input("B1")).toBe("=MC.NORMAL(60,5)+MC.UNIFORM(0,3)*2");
  });
  test("a text cell is refused with a reason", async () => {
    choose("A1");
    await session.defineDistribution();
    expect(session.store.state).toMatchObject({ editor: null, notice: { intent: "warning", text: "Sheet1!A1 holds text. Select the cell of a number." } });
  });
  test.each([["=MC.PERT(80,B2*2,150)", null], ["=MC.PERT(B2,60,80)", 60], ["=ROUND(MC.UNIFORM(10,20),0)", "=ROUND(15,0)"]])("removing from %s", async (formula, left) => {
    set("B1", formula);
    await session.scan();
    const [only] = session.store.state.inputs;
    if (only) await session.removeDistribution(only);
    expect(input("B1")).toBe(left ?? formula);
    expect(session.store.state.notice === null).toBe(left !== null);
  });
  test("an output keeps its formula, and gets it back", async () => {
    choose("B3");
    await session.addOutput();
    await session.saveOutput("Profit");
    expect(input("B3")).toBe('=MC.OUTPUT("Profit")+B1-B2');
    expect(session.store.state.outputs).toMatchObject([{ name: "Profit" }]);
    const [output] = session.store.state.outputs;
    if (output) await session.removeOutput(output.address);
    expect(input("B3")).toBe("=B1-B2");
  });
  test.each([["B1", "holds a constant"], ["C9", "is empty"]])("%s cannot be an output", async (cell, reason) => {
    choose(cell);
    await session.addOutput();
    expect(session.store.state.notice?.text).toContain(reason);
    expect(session.store.state.editor).toBeNull();
  });
});

const problem = { type: "about:blank", title: "Unprocessable", status: 422, detail: "No output is marked.", code: "model.no_outputs", cells: ["Sheet1!B3"] };
const results = { outputs: [{ key: "Sheet1!B3" }], inputs: [], certificate: {}, timings: {}, notes: [] };
const served = (events: string) => (path: string): ReturnType<typeof answer> => {
  if (path === "/workbooks" || path.endsWith("/edits")) return { status: 201, body: { id: "w1" } };
  if (path === "/simulations") return { status: 202, body: { id: "s1", status: "queued", progress: null } };
  if (path.endsWith("/events")) return { status: 200, body: events, type: "text/event-stream" };
  return { status: 200, body: results };
};

describe("running", () => {
  test("sends the cells, follows the run, shows the results", async () => {
    answer = served('id: 1\nevent: succeeded\ndata: {"id":"s1","status":"succeeded"}\n\n');
    await session.runs.simulate();
    expect(requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /workbooks", "POST /simulations", "GET /simulations/s1/events", "GET /simulations/s1/results?format=json",
    ]);
    expect(JSON.parse(requests[0]?.body ?? "")).toMatchObject({ file_name: "Book1.xlsx", sheets: [{ name: "Sheet1" }] });
    expect(session.store.state).toMatchObject({ tab: "results", shownKey: "Sheet1!B3", run: { phase: "succeeded" } });
  });
  test("a second run sends only what changed", async () => {
    answer = served('id: 1\nevent: succeeded\ndata: {"id":"s1","status":"succeeded"}\n\n');
    await session.runs.simulate();
    set("B1", 70);
    host.book.addSheet("More");
    await session.runs.simulate();
    const edits = requests.find(({ path }) => path === "/workbooks/w1/edits");
    expect(JSON.parse(edits?.body ?? "")).toEqual({ edits: [{ sheet: "Sheet1", cell: "B1", input: 70 }], new_sheets: ["More"] });
  });
  test("a refusal names its cells", async () => {
    answer = (path) => (path === "/simulations" ? { status: 422, body: problem, type: "application/problem+json" } : { status: 201, body: { id: "w1" } });
    await session.runs.simulate();
    expect(session.store.state).toMatchObject({ tab: "run", run: { phase: "failed", problem: { code: "model.no_outputs", cells: ["Sheet1!B3"] } } });
  });
  test("a run that was stopped says so", async () => {
    answer = served('id: 1\nevent: cancelled\ndata: {"id":"s1","status":"cancelled"}\n\n');
    await session.runs.simulate();
    expect(session.store.state.run.phase).toBe("cancelled");
  });
  test("settings out of bounds send nothing", async () => {
    session.runs.change({ iterations: 0 });
    await session.runs.simulate();
    expect(requests).toEqual([]);
  });
  test("results grow old when a cell changes, not when the report is written", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    session.start();
    vi.useRealTimers();
    session.store.set({ results: results as never });
    session.runs.isWriting = true;
    set("D1", 1);
    expect(session.store.state.resultsAreOld).toBe(false);
    session.runs.isWriting = false;
    set("D1", 2);
    expect(session.store.state.resultsAreOld).toBe(true);
  });
});

describe("the grid as a host", () => {
  test("a report of ours is replaced, a person's sheet of that name is not", async () => {
    const table = { rows: [["Montecell results"], ["x", 1]], headings: [1] };
    host.book.addSheet("Montecell Results");
    expect(await host.replaceSheet("Montecell Results", table)).toBe("Montecell Results 2");
    expect(await host.replaceSheet("Montecell Results", table)).toBe("Montecell Results 2");
    expect(host.book.sheets.map((sheet) => sheet.name)).toEqual(["Sheet1", "Montecell Results", "Montecell Results 2"]);
    expect(host.book.value("Montecell Results 2", 2, 2)).toBe(1);
  });
  test.each([
    ["B1", [1, 0], "B3"], ["B3", [1, 0], "B5"], ["D9", [-1, 0], "D1"], ["D2", [0, -1], "B2"], ["A1", [-1, 0], "A1"],
  ] as const)("Ctrl with an arrow from %s", (from, direction, expected) => {
    set("B5", 1);
    const address = parseAddress(from, "Sheet1");
    const there = parseAddress(expected, "Sheet1");
    if (from === "D9") set("D1", 1);
    expect(address && step(host, address, direction, true)).toEqual({ row: there?.row, column: there?.column });
  });
});
