// The workbook of the stand-in for Excel: the playground's calculator, with worksheet functions called in the add-in itself.

import { columnName, LAST_COLUMN, parseRange, quoteSheet, type RangeAddress } from "../../../addin/src/excel/addresses";
import { findCalls, replaceSpan } from "../../../addin/src/excel/formula/calls";
import { Calculator, loadCalculator } from "../../../addin/src/excel/grid/calculator";
import { bindToSheet } from "../../../addin/src/excel/grid/staticCalls";
import type { CellInput, CellValue } from "../../../addin/src/excel/host";
import { ApiError } from "./errors";
import { CustomFunctions, type Argument } from "./functions";

export interface Cell { input: CellInput; format?: string; fill?: string; bold?: boolean }
export interface Chart { name: string; kind: string; title: string; source: RangeAddress; categories: RangeAddress | null; gapWidth: number | null; legend: boolean; at: string[] }
export interface Sheet { name: string; hidden: boolean; readonly cells: Map<number, Cell>; readonly charts: Chart[]; readonly widths: Map<number, number> }

const PASSES = 20;
const keyOf = (row: number, column: number): number => row * (LAST_COLUMN + 1) + column;
export const placeOf = (key: number): { row: number; column: number } => ({ row: Math.floor(key / (LAST_COLUMN + 1)), column: key % (LAST_COLUMN + 1) });

export class Book {
  readonly sheets: Sheet[] = [];
  readonly functions = new CustomFunctions("MC");
  private readonly calculator = new Calculator();
  private readonly helperRows = new Map<string, number>();
  private readonly listeners = new Set<(sheet: string) => void>();
  /** Settles when every value is up to date. */
  idle: Promise<void> = Promise.resolve();

  static async create(): Promise<Book> {
    await loadCalculator();
    const book = new Book();
    book.addSheet("Sheet1");
    return book;
  }

  find(name: string): Sheet | null {
    return this.sheets.find((sheet) => sheet.name.toLowerCase() === name.toLowerCase()) ?? null;
  }

  sheet(name: string): Sheet {
    const found = this.find(name);
    if (!found) throw new ApiError("ItemNotFound", "The requested resource doesn't exist.");
    return found;
  }

  addSheet(name = `Sheet${this.sheets.length + 1}`): Sheet {
    if (this.find(name)) throw new ApiError("ItemAlreadyExists", "A resource with the same name already exists.");
    if (!name || name.length > 31 || /[\\/?*[\]:]/.test(name)) throw new ApiError("InvalidArgument", `"${name}" cannot be the name of a sheet.`);
    const sheet: Sheet = { name, hidden: false, cells: new Map(), charts: [], widths: new Map() };
    this.calculator.addSheet(name);
    this.sheets.push(sheet);
    return sheet;
  }

  cell(sheet: string, row: number, column: number): Cell | undefined {
    return this.sheet(sheet).cells.get(keyOf(row, column));
  }

  private touch(sheet: string, row: number, column: number): Cell {
    const { cells } = this.sheet(sheet);
    const cell = cells.get(keyOf(row, column)) ?? { input: null };
    cells.set(keyOf(row, column), cell);
    return cell;
  }

  style(sheet: string, row: number, column: number, style: Partial<Cell>): void {
    Object.assign(this.touch(sheet, row, column), style);
    if (style.format !== undefined) this.calculator.format(sheet, row, column, style.format);
  }

  /** Sets cells together, tells of the change and calculates. */
  write(cells: readonly { sheet: string; row: number; column: number; input: CellInput }[]): void {
    for (const { sheet, row, column, input } of cells) {
      this.touch(sheet, row, column).input = input === "" ? null : input;
      this.calculator.set(sheet, row, column, this.isCustom(input) ? null : input);
    }
    this.calculator.evaluate();
    this.recalculate();
    for (const sheet of new Set(cells.map((cell) => cell.sheet))) for (const listener of this.listeners) listener(sheet);
  }

  clear(sheet: string, range: RangeAddress): void {
    const { cells } = this.sheet(sheet);
    for (const key of [...cells.keys()]) {
      const { row, column } = placeOf(key);
      if (row < range.top || row > range.bottom || column < range.left || column > range.right) continue;
      cells.delete(key);
      this.calculator.set(sheet, row, column, null);
    }
    this.recalculate();
  }

  value(sheet: string, row: number, column: number): CellValue {
    return this.calculator.value(this.sheet(sheet).name, row, column) ?? "";
  }

  text(sheet: string, row: number, column: number): string {
    return this.calculator.text(sheet, row, column);
  }

  used(sheet: string): RangeAddress | null {
    const places = [...this.sheet(sheet).cells].filter(([, cell]) => cell.input !== null).map(([key]) => placeOf(key));
    if (!places.length) return null;
    const rows = places.map(({ row }) => row);
    const columns = places.map(({ column }) => column);
    return { sheet, top: Math.min(...rows), left: Math.min(...columns), bottom: Math.max(...rows), right: Math.max(...columns) };
  }

  onChange(listener: (sheet: string) => void): void {
    this.listeners.add(listener);
  }

  // -- worksheet functions of the add-in ----------------------------------------------------------------------------

  private ours(name: string): string | null {
    const [space, ...rest] = name.split(".");
    return space?.toUpperCase() === this.functions.namespace && rest.length ? rest.join(".") : null;
  }

  private isCustom(input: CellInput): input is string {
    return typeof input === "string" && input.startsWith("=") && findCalls(input).some((call) => this.ours(call.name) !== null);
  }

  /** Calls every worksheet function again until no value moves. */
  recalculate(): void {
    this.idle = this.idle.then(async () => {
      for (let pass = 0; pass < PASSES && (await this.pass()); pass += 1);
    });
  }

  private async pass(): Promise<boolean> {
    let moved = false;
    for (const { name, cells } of [...this.sheets]) {
      for (const [key, { input }] of [...cells]) {
        if (!this.isCustom(input)) continue;
        const { row, column } = placeOf(key);
        const before = this.calculator.value(name, row, column);
        const content = await this.resolve(name, `${name}!${key}`, input);
        this.calculator.set(name, row, column, content);
        this.calculator.evaluate();
        moved ||= before !== this.calculator.value(name, row, column);
      }
    }
    return moved;
  }

  /** The formula with each of our calls replaced by the cell that holds its value. */
  private async resolve(sheet: string, place: string, formula: string): Promise<string> {
    let text = formula;
    for (let ordinal = 0; ; ordinal += 1) {
      const call = findCalls(text).find((candidate) => this.ours(candidate.name) !== null);
      if (!call) return text;
      const row = this.helperRow(`${place}#${ordinal}`);
      const given = call.arguments.map((span, index) => this.argument(sheet, text.slice(span.start, span.end).trim(), row, index + 1));
      const value = await this.functions.call(this.ours(call.name) ?? "", given);
      this.calculator.setHelper(row, 0, typeof value === "string" && value.startsWith("#") ? `=${value}` : value);
      text = replaceSpan(text, call, this.calculator.helperAddress(row, 0));
    }
  }

  private helperRow(place: string): number {
    const row = this.helperRows.get(place) ?? this.helperRows.size + 1;
    this.helperRows.set(place, row);
    return row;
  }

  private argument(sheet: string, text: string, row: number, slot: number): Argument {
    if (text === "") return null;
    const array = /^\{([^{}]*)\}$/.exec(text)?.[1];
    if (array !== undefined) return array.split(";").map((line) => line.split(",").map(Number));
    const range = text.includes(":") ? parseRange(text, sheet) : null;
    if (range) return this.values(range);
    this.calculator.setHelper(row, slot, `=${bindToSheet(text, sheet)}`);
    this.calculator.evaluate();
    return this.calculator.helperValue(row, slot);
  }

  values({ sheet, top, left, bottom, right }: RangeAddress): CellValue[][] {
    const columns = Array.from({ length: right - left + 1 }, (_, index) => left + index);
    return Array.from({ length: bottom - top + 1 }, (_, index) => columns.map((column) => this.value(sheet, top + index, column)));
  }
}

/** "Sheet1!A1:B2"; whole columns as "Sheet1!A:B". */
export function printedAddress({ sheet, top, left, bottom, right }: RangeAddress): string {
  const single = top === bottom && left === right;
  return `${quoteSheet(sheet)}!${columnName(left)}${top}${single ? "" : `:${columnName(right)}${bottom}`}`;
}
