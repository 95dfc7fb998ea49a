// The part of Excel's object model that the host answers for. Members that are not here are refused by name, so that a test
// cannot pass by accident. Names and meanings are those of Microsoft's Excel JavaScript API reference.

import { LAST_COLUMN, LAST_ROW, columnNumber, parseRange, type RangeAddress } from "../../../addin/src/excel/addresses";
import type { CellInput, CellValue } from "../../../addin/src/excel/host";
import { printedAddress, type Book, type Cell, type Chart, type Sheet } from "./book";
import { ApiError } from "./errors";
import type { ExcelHost } from "./host";

export interface Item { readonly type: string; readonly id?: string }
export interface RangeItem extends Item, RangeAddress {}
interface SheetItem extends Item { readonly sheet: Sheet }
interface ChartItem extends Item { readonly sheet: Sheet; readonly chart: Chart }

export interface Members {
  readonly get?: Record<string, (item: never) => unknown>;
  readonly set?: Record<string, (item: never, value: never) => void>;
  readonly call?: Record<string, (item: never, ...values: never[]) => unknown>;
  readonly items?: (item: never) => Item[];
  readonly index?: (item: never, id: never) => Item;
}

const sheetItem = (sheet: Sheet): SheetItem => ({ type: "Worksheet", id: sheet.name, sheet });
const chartItem = (sheet: Sheet, chart: Chart): ChartItem => ({ type: "Chart", id: chart.name, sheet, chart });
export const rangeItem = (range: RangeAddress): RangeItem => ({ type: "Range", ...range });

function readAddress(text: string, sheet: string): RangeItem {
  const columns = /^\$?([A-Z]{1,3}):\$?([A-Z]{1,3})$/i.exec(text);
  if (columns) return rangeItem({ sheet, top: 1, bottom: LAST_ROW, left: columnNumber(columns[1] ?? ""), right: columnNumber(columns[2] ?? "") });
  const range = parseRange(text, sheet);
  if (!range) throw new ApiError("InvalidArgument", `The argument is invalid or missing or has an incorrect format: ${text}`);
  return rangeItem(range);
}

function each<T>({ top, left, bottom, right }: RangeAddress, visit: (row: number, column: number) => T): T[][] {
  if ((bottom - top + 1) * (right - left + 1) > 5_000_000) throw new ApiError("ResponsePayloadSizeLimitExceeded", "The range is too large.");
  const columns = Array.from({ length: right - left + 1 }, (_, index) => left + index);
  return Array.from({ length: bottom - top + 1 }, (_, index) => columns.map((column) => visit(top + index, column)));
}

/** What was assigned to a range's values or formulas, checked as Excel does: the shape must fit. */
function matrix<T>(range: RangeAddress, given: T | T[][]): T[][] {
  if (!Array.isArray(given)) return each(range, () => given);
  const fits = given.length === range.bottom - range.top + 1 && (given as T[][]).every((row) => row.length === range.right - range.left + 1);
  if (!fits) throw new ApiError("InvalidArgument", "The number of rows or columns in the input array doesn't match the size or dimensions of the range.");
  return given as T[][];
}

/** Texts become what typing them gives: numbers, logical values, formulas. */
function typed(input: CellInput): CellInput {
  if (typeof input !== "string" || input.startsWith("=")) return input;
  if (/^(true|false)$/i.test(input)) return input.toUpperCase() === "TRUE";
  return input.trim() !== "" && !Number.isNaN(Number(input)) ? Number(input) : input;
}

export function members(host: ExcelHost): Record<string, Members> {
  const { book } = host;
  return { ...workbookMembers(host), ...rangeMembers(host), ...chartMembers(book) };
}

function workbookMembers(host: ExcelHost): Record<string, Members> {
  const { book } = host;
  const usedOrCorner = (sheet: Sheet): RangeItem => rangeItem(book.used(sheet.name) ?? { sheet: sheet.name, top: 1, left: 1, bottom: 1, right: 1 });
  return {
    Workbook: {
      get: { Worksheets: () => ({ type: "WorksheetCollection" }), Names: () => ({ type: "NamedItemCollection" }) },
      call: { GetSelectedRange: () => rangeItem(host.selection) },
    },
    WorksheetCollection: {
      items: () => book.sheets.map(sheetItem),
      index: (_, id: string) => sheetItem(book.sheet(id)),
      call: {
        GetItem: (_, name: string) => sheetItem(book.sheet(name)),
        GetItemOrNullObject: (_, name: string) => { const found = book.find(name); return found && sheetItem(found); },
        GetActiveWorksheet: () => sheetItem(book.sheet(host.selection.sheet)),
        Add: (_, name?: string) => sheetItem(book.addSheet(name)),
        _RegisterDataChangedEvent: () => { host.watchesCells = true; },
        _UnregisterDataChangedEvent: () => { host.watchesCells = false; },
      },
    },
    Worksheet: {
      get: {
        Name: ({ sheet }: SheetItem) => sheet.name,
        Id: ({ sheet }: SheetItem) => sheet.name,
        Visibility: ({ sheet }: SheetItem) => (sheet.hidden ? "Hidden" : "Visible"),
        Charts: ({ sheet }: SheetItem) => ({ type: "ChartCollection", sheet }),
      },
      call: {
        GetRange: ({ sheet }: SheetItem, address?: string) => (address ? readAddress(address, sheet.name) : rangeItem({ sheet: sheet.name, top: 1, left: 1, bottom: LAST_ROW, right: LAST_COLUMN })),
        GetRangeByIndexes: ({ sheet }: SheetItem, row: number, column: number, rows: number, columns: number) => rangeItem({ sheet: sheet.name, top: row + 1, left: column + 1, bottom: row + rows, right: column + columns }),
        GetUsedRange: ({ sheet }: SheetItem) => usedOrCorner(sheet),
        GetUsedRangeOrNullObject: ({ sheet }: SheetItem) => (book.used(sheet.name) ? usedOrCorner(sheet) : null),
        Activate: ({ sheet }: SheetItem) => host.select({ sheet: sheet.name, top: 1, left: 1, bottom: 1, right: 1 }),
      },
    },
    NamedItemCollection: { items: () => [] },
  };
}

function rangeMembers(host: ExcelHost): Record<string, Members> {
  const { book } = host;
  const cellOf = (range: RangeItem, row: number, column: number): Cell | undefined => book.cell(range.sheet, row, column);
  const write = (range: RangeItem, given: CellInput | CellInput[][]): void => {
    const inputs = matrix(range, given);
    // null leaves a cell as it is.
    book.write(inputs.flatMap((row, r) => row.flatMap((input, c) => (input === null ? [] : [{ sheet: range.sheet, row: range.top + r, column: range.left + c, input: typed(input) }]))));
  };
  const style = (range: RangeItem, change: Partial<Cell>): void => void each(range, (row, column) => book.style(range.sheet, row, column, change));
  const part = (type: string) => ({ range }: { range: RangeItem }) => ({ type, range });
  return {
    Range: {
      get: {
        Address: (range: RangeItem) => printedAddress(range),
        RowIndex: ({ top }: RangeItem) => top - 1,
        ColumnIndex: ({ left }: RangeItem) => left - 1,
        RowCount: ({ top, bottom }: RangeItem) => bottom - top + 1,
        ColumnCount: ({ left, right }: RangeItem) => right - left + 1,
        Values: (range: RangeItem) => each(range, (row, column): CellValue => book.value(range.sheet, row, column)),
        Formulas: (range: RangeItem) => each(range, (row, column): CellInput => cellOf(range, row, column)?.input ?? ""),
        Text: (range: RangeItem) => each(range, (row, column) => book.text(range.sheet, row, column)),
        NumberFormat: (range: RangeItem) => each(range, (row, column) => cellOf(range, row, column)?.format ?? "General"),
        Format: (range: RangeItem) => ({ type: "RangeFormat", range }),
        Worksheet: ({ sheet }: RangeItem) => sheetItem(book.sheet(sheet)),
      },
      set: {
        Values: write,
        Formulas: write,
        NumberFormat: (range: RangeItem, given: string | string[][]) => matrix(range, given).forEach((row, r) => row.forEach((format, c) => book.style(range.sheet, range.top + r, range.left + c, { format }))),
      },
      call: { Select: (range: RangeItem) => host.select(range), Clear: (range: RangeItem) => book.clear(range.sheet, range) },
    },
    RangeFormat: {
      get: { Fill: part("RangeFill"), Font: part("RangeFont") },
      set: { ColumnWidth: ({ range }: { range: RangeItem }, width: number) => void Array.from({ length: range.right - range.left + 1 }, (_, index) => book.sheet(range.sheet).widths.set(range.left + index, width)) },
    },
    RangeFill: {
      set: { Color: ({ range }: { range: RangeItem }, fill: string) => style(range, { fill }) },
      get: { Color: ({ range }: { range: RangeItem }) => cellOf(range, range.top, range.left)?.fill ?? "#FFFFFF" },
      call: { Clear: ({ range }: { range: RangeItem }) => style(range, { fill: "" }) },
    },
    RangeFont: { set: { Bold: ({ range }: { range: RangeItem }, bold: boolean) => style(range, { bold }) } },
  };
}

function chartMembers(book: Book): Record<string, Members> {
  const add = ({ sheet }: SheetItem, kind: string, source: RangeItem, seriesBy: string): ChartItem => {
    if (!["ColumnClustered", "Line", "BarClustered"].includes(kind) || seriesBy !== "Columns") throw new ApiError("InvalidArgument", `The test host draws no ${kind} by ${seriesBy}.`);
    const chart: Chart = { name: `Chart ${sheet.charts.length + 1}`, kind, title: "", source, categories: null, gapWidth: null, legend: true, at: [] };
    sheet.charts.push(chart);
    return chartItem(book.sheet(sheet.name), chart);
  };
  const inside = (type: string) => ({ chart }: ChartItem) => ({ type, chart });
  return {
    ChartCollection: {
      items: ({ sheet }: SheetItem) => sheet.charts.map((chart) => chartItem(sheet, chart)),
      index: ({ sheet }: SheetItem, name: string) => {
        const found = sheet.charts.find((chart) => chart.name === name);
        if (!found) throw new ApiError("ItemNotFound", "The requested resource doesn't exist.");
        return chartItem(sheet, found);
      },
      call: { Add: add },
    },
    Chart: {
      get: { Name: ({ chart }: ChartItem) => chart.name, Title: inside("ChartTitle"), Legend: inside("ChartLegend"), Series: inside("ChartSeriesCollection") },
      call: {
        SetPosition: ({ chart }: ChartItem, start: string, end: string) => { chart.at = [start, end]; },
        Delete: ({ sheet, chart }: ChartItem) => { sheet.charts.splice(sheet.charts.indexOf(chart), 1); },
      },
    },
    ChartTitle: { set: { Text: ({ chart }: ChartItem, text: string) => { chart.title = text; } } },
    ChartLegend: { set: { Visible: ({ chart }: ChartItem, visible: boolean) => { chart.legend = visible; } } },
    ChartSeriesCollection: { call: { GetItemAt: ({ chart }: ChartItem) => ({ type: "ChartSeries", chart }) } },
    ChartSeries: {
      set: { GapWidth: ({ chart }: ChartItem, width: number) => { chart.gapWidth = width; } },
      call: { SetXAxisValues: ({ chart }: ChartItem, range: RangeItem) => { chart.categories = range; } },
    },
  };
}
