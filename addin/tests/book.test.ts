import { beforeEach, describe, expect, test } from "vitest";
import { parseAddress } from "../src/excel/addresses";
import { GridBook } from "../src/excel/grid/book";
import type { CellInput } from "../src/excel/host";
import type { WorkbookCells } from "../src/api/messages";
import { wasm } from "./wasm";

const at = (cell: string, sheet = "Sheet1"): { sheet: string; row: number; column: number } => {
  const address = parseAddress(cell, sheet);
  if (!address) throw new Error(cell);
  return address;
};

let book: GridBook;
const set = (cell: string, input: CellInput, sheet?: string): void => book.setInput(at(cell, sheet), input);
const value = (cell: string, sheet?: string): unknown => {
  const { sheet: name, row, column } = at(cell, sheet);
  return book.value(name, row, column);
};
const text = (cell: string): string => {
  const { sheet, row, column } = at(cell);
  return book.text(sheet, row, column);
};
const input = (cell: string): CellInput => {
  const { sheet, row, column } = at(cell);
  return book.cell(sheet, row, column)?.input ?? null;
};

beforeEach(async () => {
  book = await GridBook.create("Book1.xlsx", wasm);
});

describe("Montecell's functions in the grid", () => {
  test("show their static value and keep the typed text", () => {
    set("A1", "=MC.NORMAL(100,10)");
    expect(value("A1")).toBe(100);
    expect(input("A1")).toBe("=MC.NORMAL(100,10)");
  });
  test.each<[string, unknown]>([
    ["=ROUND(MC.PERT(1,2,3),0)*B2", 14],
    ['=MC.OUTPUT("Profit")+B2-B3', 4],
    ['=mc.normal( B2 , B3 ,"Name")', 7],
    ["=MC.NORMAL(B2,B3,B5)", 7],
    ["=MC.UNIFORM(B2*2,SUM(B2:B3)+8)", 16],
    ["=MC.NORMAL(MC.PERT(B3,B2,B2+4),1)", 7],
    ["=MC.DISCRETE({1,2,10},{0.2,0.5,0.3})", 2],
    ["=MC.DISCRETE(B2:B3,C2:C3)", 7],
    ["=MC.BERNOULLI(70%)", 1],
    ['="MC.NORMAL(1,2)"', "MC.NORMAL(1,2)"],
    ["=MC.NORMAL(1,-1)", "#NUM!"],
    ["=MC.NORMAL(B4,1)", "#DIV/0!"],
    ["=MC.NORMAL(1)", "#NUM!"],
    ["=MC.UNHEARD(1)", "#NAME?"],
    ["=-MC.NORMAL(-5,1)^2", 25],
  ])("%s", (formula, expected) => {
    set("B2", 7); set("B3", 3); set("C2", 0.9); set("C3", 0.1); set("B4", "=1/0"); set("B5", "Ground works");
    set("A1", formula);
    expect(value("A1")).toBe(expected);
  });
  test("follow their arguments, through chains of draws", () => {
    set("A1", 10);
    set("A2", "=MC.NORMAL(A1*2,1)");
    set("A3", "=MC.NORMAL(A2+1,1)");
    set("A4", "=A3*2");
    expect(value("A4")).toBe(42);
    set("A1", 1);
    expect(value("A4")).toBe(6);
  });
  test("follow cells on other sheets", () => {
    book.addSheet("My 'own' sheet");
    set("A1", "=MC.NORMAL('My ''own'' sheet'!B1,1)");
    set("B1", 5, "My 'own' sheet");
    expect(value("A1")).toBe(5);
  });
  test("a cell that is overwritten lets go of its call", () => {
    set("A1", "=MC.NORMAL(B1,1)");
    set("A1", "=MC.UNIFORM(1,3)");
    set("A2", "=MC.NORMAL(9,1)+B1");
    expect([value("A1"), value("A2")]).toEqual([2, 9]);
  });
});

describe("cells", () => {
  test.each<[CellInput, unknown]>([["12", "12"], [12, 12], [true, true], ["=TRUE", true], ["", null], ["=1/3", 0.333333333333333], [1e-9, 1e-9], ["=\"a\"&1", "a1"], ["'=A1", "=A1"], ["'quoted", "'quoted"]])(
    "%j gives %j", (given, expected) => {
      set("A1", given);
      expect(value("A1")).toBe(expected);
    },
  );
  test("number formats shape what is shown", () => {
    book.setInput(at("A1"), 0.1234, "0.0%");
    expect(text("A1")).toBe("12.3%");
    set("A1", 0.5);
    expect(text("A1")).toBe("50.0%");
  });
  test("undo and redo", () => {
    set("A1", 1); set("A1", 2); set("A1", null);
    expect(value("A1")).toBe(null);
    book.undo();
    expect(value("A1")).toBe(2);
    book.undo();
    expect(value("A1")).toBe(1);
    book.redo();
    expect(value("A1")).toBe(2);
    set("A1", 5);
    expect(book.redo()).toBe(null);
  });
  test("a formula that stops the engine spoils only its own cell", () => {
    set("A1", 5); set("A2", "=A1*2"); set("A3", "=MC.NORMAL(A2,1)");
    set("B1", "=XNPV(1,2)");
    set("A1", 6);
    expect([value("A2"), value("A3"), value("B1")]).toEqual([12, 12, "#VALUE!"]);
    set("B1", 3);
    expect(value("B1")).toBe(3);
  });
});

const CONTENT: WorkbookCells = {
  file_name: "model.xlsx",
  names: [{ name: "Rate", refers_to: "Data!$A$1" }],
  sheets: [
    {
      name: "Data", state: "visible", last_row: 4, last_column: 1, column_widths: { 1: 20 },
      cells: [
        { cell: "A1", input: 0.5, value: 0.5, format: "0%" },
        { cell: "A2", input: "=Rate*4", value: 2 },
        { cell: "A3", input: "=_xll.RiskNormal(7,1)", value: 7 },
        { cell: "A4", input: "=A3+A2", value: 9 },
        { cell: "A5", input: "=MC.NORMAL(A2,1)", value: "#NAME?" },
        { cell: "A6", input: "=XNPV(1,2)", value: 3 },
      ],
    },
    { name: "Secret", state: "hidden", last_row: 0, last_column: 0, column_widths: {}, cells: [] },
  ],
};

describe("a workbook from the server", () => {
  beforeEach(async () => {
    book = await GridBook.fromCells(CONTENT, wasm);
  });
  const data = (cell: string): unknown => value(cell, "Data");

  test("is calculated, with its names", () => expect([data("A1"), data("A2"), data("A5")]).toEqual([0.5, 2, 2]));
  test("shows Excel's value where the engine knows no function, and calculates on from it", () => {
    expect([data("A3"), data("A4")]).toEqual([7, 9]);
    expect(book.frozenCells()).toContainEqual({ sheet: "Data", row: 3, column: 1 });
    expect(book.frozenCells()).not.toContainEqual({ sheet: "Data", row: 4, column: 1 });
  });
  test("keeps its formats and hidden sheets", () => {
    expect(book.text("Data", 1, 1)).toBe("50%");
    expect(book.sheets.map((sheet) => sheet.hidden)).toEqual([false, true]);
  });
  test("tells what was changed since", () => {
    const before = book.inputs();
    book.setInput(at("A1", "Data"), 0.25);
    book.setInput(at("B9", "Data"), "new");
    book.setInput(at("A2", "Data"), null);
    expect(book.editsSince(before)).toEqual([
      { sheet: "Data", cell: "A1", input: 0.25 }, { sheet: "Data", cell: "A2", input: null }, { sheet: "Data", cell: "B9", input: "new" },
    ]);
  });
});

test("a snapshot holds every sheet but our reports", () => {
  set("A1", "=MC.NORMAL(1,2)");
  book.setInput(at("B1"), 0.5, "0%");
  set("C1", false);
  book.addSheet("Montecell Results", { generated: true });
  set("A1", 1, "Montecell Results");
  expect(book.snapshot()).toEqual({
    file_name: "Book1.xlsx",
    names: [],
    sheets: [{ name: "Sheet1", cells: [{ cell: "A1", input: "=MC.NORMAL(1,2)" }, { cell: "B1", input: 0.5, format: "0%" }, { cell: "C1", input: false }] }],
  });
});
