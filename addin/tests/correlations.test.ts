import { beforeEach, describe, expect, test } from "vitest";
import { ApiClient } from "../src/api/client";
import { parseAddress } from "../src/excel/addresses";
import { GridBook } from "../src/excel/grid/book";
import { GridHost } from "../src/excel/gridHost";
import type { CellInput } from "../src/excel/host";
import { changedCells, freeInstance, keepsPlace, removeCorrelation, saveCorrelation, wrongField } from "../src/pane/correlating";
import { groupLabel, openGroup, type OpenGroup } from "../src/pane/correlationGroups";
import { Session } from "../src/pane/session";
import { wasm } from "./wasm";

let host: GridHost;
let session: Session;
const at = (cell: string): { sheet: string; row: number; column: number } => parseAddress(cell, "Sheet1") ?? { sheet: "", row: 0, column: 0 };
const fill = (cells: Record<string, CellInput>): void => host.book.write(Object.entries(cells).map(([cell, input]) => ({ address: at(cell), cell: { input } })));
const inputAt = (cell: string): CellInput => host.book.cell("Sheet1", at(cell).row, at(cell).column)?.input ?? null;
const open = async (index: number): Promise<OpenGroup> => {
  await session.scan();
  const group = session.store.state.correlations[index];
  if (!group?.range) throw new Error("no such group");
  return openGroup(host, { ...group, range: group.range });
};
const normal = (name: string, tie: string): string => `=MC.NORMAL(100,10,"${name}"${tie && `,${tie}`})`;

beforeEach(async () => {
  host = new GridHost(await GridBook.create("Book1.xlsx", wasm));
  session = new Session(host, new ApiClient("http://127.0.0.1:1"));
});

describe("the groups of a workbook", () => {
  test("each matrix and each instance is a group of its own", async () => {
    fill({
      A1: normal("a", "MC.CORRELATE($H$2:$I$3,1)"), A2: normal("b", "MC.CORRELATE(Sheet1!H2:I3,2)"), A3: normal("c", 'MC.CORRELATE(H2:I3,2,"x")'), A4: normal("d", 'MC.CORRELATE(H2:I3,1,"x")'),
      A5: normal("e", "MC.COPULAT(H2:I3,1,4)"), A6: normal("f", "MC.COPULAT(H2:I3,2,4)"), A7: normal("free", ""),
    });
    await session.scan();
    const { correlations } = session.store.state;
    expect(correlations.map((group) => [groupLabel(group), group.members.map(({ call }) => call.name)])).toEqual([
      ["Sheet1!H2:I3", ["a", "b"]], ["Sheet1!H2:I3, instance x", ["d", "c"]], ["Sheet1!H2:I3", ["e", "f"]],
    ]);
    expect(correlations[0] && freeInstance(correlations, correlations[0])).toBe("2");
  });
  test.each([
    ["MC.CORRELATE(H2:J3,1)", "2 rows and 3 columns"], ["MC.CORRELATE(H2:I3,3)", "takes row 3"], ["MC.CORRELATE(H2:I3,B1)", "takes row B1"],
    ["MC.CORRELATE(OFFSET(H2,0,0,2,2),1)", "no range of cells"], ["MC.CORRELATE(Nowhere,1)", "no range of cells"],
  ])("%s is named with its cell", async (tie, reason) => {
    fill({ A1: normal("a", tie) });
    await session.scan();
    expect(session.store.state.correlations[0]?.problem).toContain(reason);
    expect(session.store.state.correlations[0]?.problem).toContain("Sheet1!A1");
  });
  test("two inputs on one row are named", async () => {
    fill({ A1: normal("a", "MC.CORRELATE(H2:I3,1)"), A2: normal("b", "MC.CORRELATE(H2:I3,1)") });
    await session.scan();
    expect(session.store.state.correlations[0]?.problem).toContain("Sheet1!A1 and Sheet1!A2 both take row 1");
  });
  test("a name of the workbook stands for its range", async () => {
    const content = { file_name: "n.xlsx", names: [{ name: "Ties", refers_to: "Sheet1!$H$2:$I$3" }], sheets: [{ name: "Sheet1", state: "visible" as const, last_row: 3, last_column: 9, column_widths: {}, cells: [
      { cell: "A1", input: normal("a", "MC.CORRELATE(Ties,1)"), value: 100 }, { cell: "A2", input: normal("b", "MC.CORRELATE(ties,2)"), value: 100 }, { cell: "H3", input: 0.4, value: 0.4 },
    ] }] };
    host.open(await GridBook.fromCells(content, wasm), null);
    expect((await open(0)).texts).toEqual([[], ["0.4"]]);
  });
});

describe("a matrix in the sheet", () => {
  const three = (): void => fill({ A1: normal("a", "MC.CORRELATE(H2:J4,1)"), A2: normal("b", "MC.CORRELATE(H2:J4,2)"), A3: normal("c", "MC.CORRELATE(H2:J4,3)") });

  test.each<[string, Record<string, CellInput>, string[][], Record<string, number>]>([
    ["lower", { H3: 0.5, H4: 0.2, I4: 0.1 }, [[], ["0.7"], ["0.2", "0.1"]], { H3: 0.7 }],
    ["upper", { I2: 0.5, J2: 0.2, J3: 0.1 }, [[], ["0.7"], ["0.2", "0.1"]], { I2: 0.7 }],
    ["full", { H3: 0.5, I2: 0.5, H4: 0.2, J2: 0.2, I4: 0.1, J3: 0.1 }, [[], ["0.7"], ["0.2", "0.1"]], { H3: 0.7, I2: 0.7 }],
    ["padded with zeros", { H3: 0, I2: 0.5, H4: 0, J2: 0.2, I4: 0, J3: 0.1 }, [[], ["0.5"], ["0.2", "0.3"]], { I4: 0.3, J3: 0.3 }],
    ["with a formula on one side", { H3: 0.5, I2: "=H3", H4: 0.2, I4: 0.1 }, [[], ["0.7"], ["0.2", "0.1"]], { H3: 0.7 }],
    ["with a blank pair", { H3: 0.5, I4: 0.1 }, [[], ["0.5"], ["", "0.1"]], {}],
    ["with a blank pair filled in", { H3: 0.5, I4: 0.1 }, [[], ["0.5"], ["0.3", "0.1"]], { H4: 0.3 }],
  ])("%s: only what changed is written, where it stands", async (_, cells, texts, written) => {
    three();
    fill(cells);
    const changes = changedCells(await open(0), texts);
    expect(Object.fromEntries(changes.map(({ address: { row, column }, input }) => [`${"ABCDEFGHIJ"[column - 1]}${row}`, input]))).toEqual(written);
  });
  test("what a person should know is said", async () => {
    three();
    fill({ H3: 0.5, I2: 0.4, H4: "much", I4: "=1/4" });
    const { remarks } = await open(0);
    expect(remarks.join(" ")).toMatch(/H3 holds 0.5 and I2 0.4.*H4 holds "much".*I4 holds =1\/4/);
  });
  test("a formula that does not follow the other side is replaced", async () => {
    three();
    fill({ H3: 0.5, I2: "=0.25+0.25", H4: 0.2, I4: 0.1 });
    const group = await open(0);
    await saveCorrelation(session, { rows: group.rows, texts: [[], ["0.7"], ["0.2", "0.1"]], group, shared: null });
    expect([inputAt("H3"), inputAt("I2"), inputAt("A1")]).toEqual([0.7, 0.7, normal("a", "MC.CORRELATE(H2:J4,1)")]);
  });
  test("an input that leaves is untied, and the matrix that we wrote moves", async () => {
    fill({ A1: normal("a", ""), A2: normal("b", ""), A3: normal("c", "") });
    await session.scan();
    await saveCorrelation(session, { rows: session.store.state.inputs, texts: [[], ["0.5"], ["0.2", "0.1"]], group: null, shared: null });
    expect(inputAt("A3")).toBe(normal("c", "MC.CORRELATE(Sheet1!$D$2:$F$4,3)"));
    const group = await open(0);
    const rows = group.rows.slice(0, 2);
    expect(keepsPlace({ group, rows })).toBe(false);
    await saveCorrelation(session, { rows, texts: [[], ["0.6"]], group, shared: null });
    expect(inputAt("A3")).toBe(normal("c", ""));
    const [moved] = session.store.state.correlations;
    expect(moved?.members.map(({ call }) => call.name)).toEqual(["a", "b"]);
    expect(inputAt("F4")).toBeNull();
    host.book.undo();
    expect([inputAt("F4"), inputAt("A3")]).toEqual([1, normal("c", "MC.CORRELATE(Sheet1!$D$2:$F$4,3)")]);
  });
  test("a new instance shares the numbers", async () => {
    fill({ A1: normal("a", "MC.CORRELATE(H2:I3,1)"), A2: normal("b", "MC.CORRELATE(H2:I3,2)"), B1: normal("c", ""), B2: normal("d", ""), H3: 0.5 });
    const group = await open(0);
    const free = session.store.state.inputs.filter(({ call }) => !call.properties.length);
    await saveCorrelation(session, { rows: free, texts: group.texts, group: null, shared: { group, instance: "next year" } });
    expect(inputAt("B2")).toBe(normal("d", 'MC.CORRELATE(Sheet1!$H$2:$I$3,2,"next year")'));
    expect(session.store.state.correlations.map(groupLabel)).toEqual(["Sheet1!H2:I3", "Sheet1!H2:I3, instance next year"]);
    await removeCorrelation(session, await open(1));
    expect([inputAt("B2"), inputAt("H3"), session.store.state.correlations.length]).toEqual([normal("d", ""), 0.5, 1]);
  });
  test("two draws of a cell are tied both", async () => {
    fill({ A1: '=MC.NORMAL(1,2,"a")+MC.NORMAL(3,4,"b")' });
    await session.scan();
    await saveCorrelation(session, { rows: session.store.state.inputs, texts: [[], ["-0.5"]], group: null, shared: null });
    expect(inputAt("A1")).toBe('=MC.NORMAL(1,2,"a",MC.CORRELATE(Sheet1!$D$2:$E$3,1))+MC.NORMAL(3,4,"b",MC.CORRELATE(Sheet1!$D$2:$E$3,2))');
  });
  test("the selected inputs come preselected", async () => {
    fill({ A1: normal("a", ""), A2: normal("b", ""), A3: normal("c", ""), A4: normal("d", "") });
    await session.scan();
    host.select({ active: at("A3"), range: { sheet: "Sheet1", top: 2, left: 1, bottom: 3, right: 1 } });
    await session.correlate();
    expect(session.store.state.editor).toMatchObject({ kind: "correlation", preselected: [{ call: { name: "b" } }, { call: { name: "c" } }] });
  });
});

test("the wrong field is found", () => {
  expect(wrongField([[], ["0.5"], ["x", "2"]])).toEqual({ row: 2, column: 0, text: "x" });
  expect(wrongField([[], [""]])).toBeNull();
});
