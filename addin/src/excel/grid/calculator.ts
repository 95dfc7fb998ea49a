// IronCalc as the calculator behind the playground's grid. It knows nothing of Montecell's functions (see staticCalls.ts)
// and keeps one sheet of its own, invisible to everybody else, for intermediate values.

import init, { Model, type InitInput } from "@ironcalc/wasm";
import { cellName, columnName, LAST_ROW } from "../addresses";
import type { CellValue } from "../host";

export const HELPER_SHEET = "__montecell__";
// Fifteen significant digits: with more, the engine prints noise.
const EXACT_FORMAT = "0.00000000000000E+00";
const TYPE = { number: 1, text: 2, logical: 4, error: 16 } as const;

let ready: Promise<unknown> | null = null;

/** Loads the engine once. `wasm` is for places that cannot fetch, such as tests under Node.js. */
export function loadCalculator(wasm?: InitInput): Promise<unknown> {
  ready ??= init(wasm ? { module_or_path: wasm } : undefined);
  return ready;
}

const helperColumn = (slot: number): number => 2 * slot + 1;

/** What a cell is set to: a constant or a formula without Montecell's functions. */
export type Content = string | number | boolean | null;

function written(content: Content): string {
  if (content === null || content === "") return "";
  if (typeof content === "boolean") return content ? "TRUE" : "FALSE";
  if (typeof content === "number") return String(content);
  return /^(?:=|#|'=)/.test(content) ? content : `'${content}`;
}

/** One calculated workbook. Sheets are addressed by name; rows and columns count from one. */
export class Calculator {
  private readonly model = new Model("book", "en", "UTC", "en");
  private names: string[] = [];

  constructor() {
    this.model.pauseEvaluation();
    this.model.renameSheet(0, HELPER_SHEET);
    this.refreshNames();
  }

  private refreshNames(): void {
    const sheets = this.model.getWorksheetsProperties() as { name: string }[];
    this.names = sheets.map((sheet) => sheet.name.toLowerCase());
  }

  private index(sheet: string): number {
    const index = this.names.indexOf(sheet.toLowerCase());
    if (index < 0) throw new Error(`There is no sheet "${sheet}".`);
    return index;
  }

  addSheet(name: string): void {
    this.model.newSheet();
    this.model.renameSheet(this.names.length, name);
    this.refreshNames();
  }

  removeSheet(name: string): void {
    this.model.deleteSheet(this.index(name));
    this.refreshNames();
  }

  /** False when the engine cannot take the name: it keeps cells and ranges only. */
  defineName(name: string, refersTo: string): boolean {
    try {
      this.model.newDefinedName(name, undefined, refersTo.replace(/^=/, ""));
      return true;
    } catch {
      return false;
    }
  }

  set(sheet: string, row: number, column: number, content: Content): void {
    const index = this.index(sheet);
    this.model.setUserInput(index, row, column, written(content));
    // The engine reads "1e-9" as a wish for scientific notation.
    if (typeof content === "number" && /e/.test(String(content))) this.format(sheet, row, column, "general");
  }

  format(sheet: string, row: number, column: number, format: string): void {
    const area = { sheet: this.index(sheet), row, column, width: 1, height: 1 };
    this.model.updateRangeStyle(area, "num_fmt", format);
  }

  formatOf(sheet: string, row: number, column: number): string {
    const style = this.model.getCellStyle(this.index(sheet), row, column) as { style?: { num_fmt?: string }; num_fmt?: string };
    return style.style?.num_fmt ?? style.num_fmt ?? "general";
  }

  evaluate(): void {
    this.model.evaluate();
  }

  /** What the cell shows. */
  text(sheet: string, row: number, column: number): string {
    return this.model.getFormattedCellValue(this.index(sheet), row, column);
  }

  isEmpty(sheet: string, row: number, column: number): boolean {
    return this.model.getCellContent(this.index(sheet), row, column) === "";
  }

  isNumber(sheet: string, row: number, column: number): boolean {
    return (this.model.getCellType(this.index(sheet), row, column) as number) === TYPE.number;
  }

  /** The value itself; numbers to 15 significant digits, as the engine tells no more of them. Errors as their text. */
  value(sheet: string, row: number, column: number): CellValue {
    const index = this.index(sheet);
    const content = this.model.getCellContent(index, row, column);
    if (content === "") return null;
    const type = this.model.getCellType(index, row, column) as number;
    if (type === TYPE.logical) return this.text(sheet, row, column) === "TRUE";
    if (type !== TYPE.number) return this.text(sheet, row, column);
    return content.startsWith("=") ? this.exactNumber(sheet, row, column) : Number(content);
  }

  private exactNumber(sheet: string, row: number, column: number): number {
    const format = this.formatOf(sheet, row, column);
    this.format(sheet, row, column, EXACT_FORMAT);
    const text = this.text(sheet, row, column);
    this.format(sheet, row, column, format);
    // Exponents of three digits come with their first two written twice.
    return Number(text.replace(/E([+-])\d\d(\d{3})$/, "E$1$2"));
  }

  /** Puts an intermediate value into the helper sheet, for `helperValue` to read to the last bit. */
  setHelper(row: number, slot: number, content: Content): void {
    const column = helperColumn(slot);
    this.set(HELPER_SHEET, row, column, content);
    // As text the engine tells all digits of a number.
    this.set(HELPER_SHEET, row, column + 1, `=${cellName(row, column)}&""`);
  }

  helperValue(row: number, slot: number): CellValue {
    const column = helperColumn(slot);
    if (!this.isNumber(HELPER_SHEET, row, column)) return this.value(HELPER_SHEET, row, column);
    return Number(this.text(HELPER_SHEET, row, column + 1));
  }

  helperAddress(row: number, slot: number): string {
    return `${HELPER_SHEET}!$${columnName(helperColumn(slot))}$${row}`;
  }

  /** Whether the engine has a function of that name; it writes unknown ones in small letters. */
  knowsFunction(name: string): boolean {
    const place = [this.index(HELPER_SHEET), LAST_ROW, 1] as const;
    this.model.setUserInput(...place, `=${name}()`);
    const written = this.model.getCellContent(...place);
    this.model.setUserInput(...place, "");
    return written === `=${name.toUpperCase()}()`;
  }

  free(): void {
    this.model.free();
  }
}
