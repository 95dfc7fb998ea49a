import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { columnName, columnNumber, parseAddress, parseRange, printAddress, printRange } from "../src/excel/addresses";
import { asTyped, readTyped } from "../src/excel/grid/typed";
import { sheetSnapshotCells } from "../src/excel/snapshot";
import { pasteChanges, splitText } from "../src/playground/clipboard";
import { closeBrackets } from "../src/playground/editing";

describe("addresses", () => {
  test.each([[1, "A"], [26, "Z"], [27, "AA"], [702, "ZZ"], [703, "AAA"], [16384, "XFD"]])("column %d is %s", (number, name) => {
    expect(columnName(number)).toBe(name);
    expect(columnNumber(name)).toBe(number);
  });
  test.each([
    ["B2", { sheet: "S", row: 2, column: 2 }],
    ["'My ''own'' sheet'!$C$3", { sheet: "My 'own' sheet", row: 3, column: 3 }],
    ["[Book.xlsx]Sheet1!A1", { sheet: "Sheet1", row: 1, column: 1 }],
    ["XFE1", null], ["A1048577", null], ["A0", null], ["Rate", null], ["", null],
  ])("%s", (text, expected) => expect(parseAddress(text, "S")).toEqual(expected));
  test("corners in any order", () => expect(parseRange("C5:A2", "S")).toEqual({ sheet: "S", top: 2, left: 1, bottom: 5, right: 3 }));
  test.each(["Sheet1", "My sheet", "it's", "A1", "2024", "R1C1", "Größe", "a!b"])("a cell on %s is printed and read back", (sheet) => {
    const address = { sheet, row: 7, column: 30 };
    expect(parseAddress(printAddress(address))).toEqual(address);
  });
  test("ranges", () => expect(printRange({ sheet: "A b", top: 1, left: 1, bottom: 2, right: 2 })).toBe("'A b'!A1:B2"));
});

describe("typing", () => {
  test.each([
    ["12", { input: 12 }], ["-1.5e3", { input: -1500 }], ["1,234.50", { input: 1234.5, format: "#,##0.00" }], ["12.5%", { input: 0.125, format: "0.00%" }],
    ["7%", { input: 0.07, format: "0%" }], ["$1,200", { input: 1200, format: "$#,##0" }], ["true", { input: true }], ["'12", { input: "12" }], ["'=A1", { input: "'=A1" }],
    ["=A1", { input: "=A1" }], ["=", { input: "=" }], ["", { input: null }], ["  ", { input: null }], ["hello", { input: "hello" }],
    ["2024-01-05", { input: 45296, format: "yyyy-mm-dd" }], ["2024-02-30", { input: "2024-02-30" }], ["1900-01-01", { input: 1, format: "yyyy-mm-dd" }],
    ["1,23", { input: "1,23" }],
  ])("%s", (text, expected) => expect(readTyped(text)).toEqual(expected));
  test("what a cell holds is typed back to the same content", () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean()), (input) => {
      const same = readTyped(asTyped(input)).input;
      return input === "" || same === input || (typeof input === "string" && /^=/.test(input)) || (typeof input === "number" && same === 0 && input === 0);
    }));
  });
  test.each([["=SUM(A1", "=SUM(A1)"], ["=A1", "=A1"], ["(", "("], ['="("', '="("']])("%s is closed", (text, expected) => expect(closeBrackets(text)).toBe(expected));
});

describe("clipboard", () => {
  test.each([
    ["a\tb\nc\td", [["a", "b"], ["c", "d"]]], ["a\tb\r\nc\td\r\n", [["a", "b"], ["c", "d"]]], ['"x\ty"\t"say ""hi"""', [["x\ty", 'say "hi"']]],
    ["\t", [["", ""]]], ["one", [["one"]]], ['5" pipe', [['5" pipe']]],
  ])("%j", (text, expected) => expect(splitText(text)).toEqual(expected));
  test("one value fills the selection", () => {
    const changes = pasteChanges("7", { sheet: "S", top: 1, left: 1, bottom: 2, right: 2 });
    expect(changes.map(({ address, cell }) => [address.row, address.column, cell?.input])).toEqual([[1, 1, 7], [1, 2, 7], [2, 1, 7], [2, 2, 7]]);
  });
  test("a block goes where the selection begins", () => {
    const changes = pasteChanges("1\t2\n3\t=A1", { sheet: "S", top: 5, left: 2, bottom: 5, right: 2 });
    expect(changes.map(({ address, cell }) => [address.row, address.column, cell?.input])).toEqual([[5, 2, 1], [5, 3, 2], [6, 2, 3], [6, 3, "=A1"]]);
  });
});

test("a snapshot leaves out empty cells and plain formats", () => {
  expect(sheetSnapshotCells(3, 2, [["", 1], ["=A1", false]], [["General", "General"], ["0%", "General"]])).toEqual([
    { cell: "C3", input: 1 }, { cell: "B4", input: "=A1", format: "0%" }, { cell: "C4", input: false },
  ]);
});
