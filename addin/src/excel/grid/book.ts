// The playground's workbook: what the person typed is the truth, the calculator only follows it.

import type { Snapshot, WorkbookCells } from "../../api/messages";
import { cellName, LAST_COLUMN, parseAddress, type CellAddress } from "../addresses";
import type { CellEdit, CellInput, CellValue, SheetInfo, Unsubscribe } from "../host";
import { tokenize } from "../formula/tokens";
import { Calculator, loadCalculator } from "./calculator";
import { StaticCalls } from "./staticCalls";
import { asTyped } from "./typed";

export interface GridCell {
  readonly input: CellInput;
  readonly format?: string | undefined;
  /** Excel's last value, shown because the calculator cannot evaluate the formula. */
  readonly frozen?: CellValue;
}

export interface GridSheet extends SheetInfo {
  /** Written by us as a report: never sent to the server as part of the model. */
  readonly generated: boolean;
  readonly columnWidths: ReadonlyMap<number, number>;
  readonly boldRows: ReadonlySet<number>;
  readonly cells: Map<number, GridCell>;
}

export interface CellChange {
  readonly address: CellAddress;
  readonly cell: GridCell | null;
}

const PASSES = 50;
const ERROR = /^#(?:NULL!|DIV\/0!|VALUE!|REF!|NAME\?|NUM!|N\/A|SPILL!|CALC!|CIRC!|ERROR!|N\/IMPL!?)$/;

const keyOf = (row: number, column: number): number => row * (LAST_COLUMN + 1) + column;
const rowOf = (key: number): number => Math.floor(key / (LAST_COLUMN + 1));
const columnOf = (key: number): number => key % (LAST_COLUMN + 1);

export class GridBook {
  private readonly listeners = new Set<() => void>();
  private readonly undoStack: CellChange[][] = [];
  private readonly redoStack: CellChange[][] = [];
  private calculator = new Calculator();
  private calls = new StaticCalls(this.calculator);
  private sheetList: GridSheet[] = [];
  private names: { name: string; refers_to: string }[] = [];
  private broken = new Set<string>();
  private frozenAt: { revision: number; cells: readonly CellAddress[] } = { revision: -1, cells: [] };
  /** Grows with every change; views compare it instead of cells. */
  revision = 0;

  private constructor(readonly fileName: string) {}

  /** An empty workbook with one sheet. `wasm` is for places that cannot fetch. */
  static async create(
    fileName = "Book1.xlsx",
    wasm?: Parameters<typeof loadCalculator>[0],
    columnWidths: ReadonlyMap<number, number> = new Map(),
  ): Promise<GridBook> {
    await loadCalculator(wasm);
    const book = new GridBook(fileName);
    book.addSheet("Sheet1", { columnWidths });
    return book;
  }

  /** The workbook that the server read from a file. */
  static async fromCells(content: WorkbookCells, wasm?: Parameters<typeof loadCalculator>[0]): Promise<GridBook> {
    await loadCalculator(wasm);
    const book = new GridBook(content.file_name);
    for (const sheet of content.sheets) {
      const widths = new Map(Object.entries(sheet.column_widths).map(([column, width]) => [Number(column), width]));
      book.sheetList.push({ name: sheet.name, hidden: sheet.state !== "visible", generated: false, columnWidths: widths, boldRows: new Set(), cells: new Map() });
    }
    book.names = content.names.filter((name) => !name.sheet).map(({ name, refers_to }) => ({ name, refers_to }));
    book.rebuild();
    book.load(content);
    return book;
  }

  private load(content: WorkbookCells): void {
    const changes: CellChange[] = [];
    const cached = new Map<string, CellValue>();
    for (const sheet of content.sheets) {
      for (const { cell, input, value, format } of sheet.cells) {
        const address = parseAddress(cell, sheet.name);
        if (!address) continue;
        changes.push({ address, cell: { input, format: format ?? undefined } });
        cached.set(`${sheet.name}!${cell}`, value);
      }
    }
    this.apply(changes);
    this.freezeUnknown(changes, cached);
    this.changed();
  }

  // Excel's value is right until something before it changes, and dependents can be calculated from it. Formulas with
  // functions that the engine lacks come first: what depends on them may then be calculated after all.
  private freezeUnknown(changes: readonly CellChange[], cached: ReadonlyMap<string, CellValue>): void {
    const known = new Map<string, boolean>();
    const isKnown = (name: string): boolean => {
      if (/^MC\./i.test(name)) return true;
      if (!known.has(name)) known.set(name, this.calculator.knowsFunction(name));
      return known.get(name) ?? true;
    };
    const frozen = (choose: (formula: string) => boolean): CellChange[] => changes.flatMap(({ address, cell }) => {
      const { sheet, row, column } = address;
      const value = cached.get(`${sheet}!${cellName(row, column)}`) ?? null;
      const usable = value !== null && !(typeof value === "string" && value.startsWith("#"));
      if (!cell || !usable || typeof cell.input !== "string" || !cell.input.startsWith("=")) return [];
      const isLost = ERROR.test(this.calculator.text(sheet, row, column)) && choose(cell.input);
      return isLost ? [{ address, cell: { ...cell, frozen: value } }] : [];
    });
    const strange = (formula: string): boolean => tokenize(formula).some(({ kind, text }) => kind === "function" && !isKnown(text));
    this.apply(frozen(strange));
    this.apply(frozen((formula) => !/\bMC\./i.test(formula)));
  }

  // -- sheets -------------------------------------------------------------------------------------------------------

  get sheets(): readonly GridSheet[] {
    return this.sheetList;
  }

  sheet(name: string): GridSheet {
    const found = this.sheetList.find((sheet) => sheet.name.toLowerCase() === name.toLowerCase());
    if (!found) throw new Error(`There is no sheet "${name}".`);
    return found;
  }

  hasSheet(name: string): boolean {
    return this.sheetList.some((sheet) => sheet.name.toLowerCase() === name.toLowerCase());
  }

  addSheet(name: string, options: Partial<Pick<GridSheet, "generated" | "columnWidths" | "boldRows">> = {}): void {
    const { generated = false, columnWidths = new Map(), boldRows = new Set() } = options;
    this.calculator.addSheet(name);
    this.sheetList.push({ name, hidden: false, generated, columnWidths, boldRows, cells: new Map() });
    this.changed();
  }

  removeSheet(name: string): void {
    const sheet = this.sheet(name);
    this.sheetList = this.sheetList.filter((other) => other !== sheet);
    this.calculator.removeSheet(sheet.name);
    this.settle();
    this.changed();
  }

  // -- cells --------------------------------------------------------------------------------------------------------

  cell(sheet: string, row: number, column: number): GridCell | null {
    return this.sheet(sheet).cells.get(keyOf(row, column)) ?? null;
  }

  /** What a name of the workbook refers to; null for a name that it does not have. */
  definedName(name: string): string | null {
    return this.names.find((each) => each.name.toLowerCase() === name.toLowerCase())?.refers_to ?? null;
  }

  /** The text that gives the cell's content back when it is typed. */
  inputText({ sheet, row, column }: CellAddress): string {
    const cell = this.cell(sheet, row, column);
    return cell ? asTyped(cell.input, cell.format) : "";
  }

  text(sheet: string, row: number, column: number): string {
    return this.calculator.text(sheet, row, column);
  }

  value(sheet: string, row: number, column: number): CellValue {
    return this.calculator.value(sheet, row, column);
  }

  isNumber(sheet: string, row: number, column: number): boolean {
    return this.calculator.isNumber(sheet, row, column);
  }

  /** Cells that hold something, by rows. */
  *cells(sheet: string): Generator<{ row: number; column: number; cell: GridCell }> {
    for (const [key, cell] of [...this.sheet(sheet).cells].sort(([a], [b]) => a - b)) {
      yield { row: rowOf(key), column: columnOf(key), cell };
    }
  }

  /** The last row and column in use; zeros for an empty sheet. */
  extent(sheet: string): { rows: number; columns: number } {
    let rows = 0;
    let columns = 0;
    for (const key of this.sheet(sheet).cells.keys()) {
      rows = Math.max(rows, rowOf(key));
      columns = Math.max(columns, columnOf(key));
    }
    return { rows, columns };
  }

  /** Cells that show Excel's last value. Kept between changes: views ask with every move of the selection. */
  frozenCells(): readonly CellAddress[] {
    if (this.frozenAt.revision !== this.revision) this.frozenAt = { revision: this.revision, cells: this.findFrozen() };
    return this.frozenAt.cells;
  }

  private findFrozen(): CellAddress[] {
    return this.sheetList.flatMap((sheet) =>
      [...sheet.cells]
        .filter(([, cell]) => cell.frozen !== undefined)
        .map(([key]) => ({ sheet: sheet.name, row: rowOf(key), column: columnOf(key) })),
    );
  }

  /** Changes cells as one step of the undo history. A format that is not given stays. */
  edit(changes: readonly CellChange[]): void {
    const kept = changes.map(({ address, cell }) => {
      const format = cell?.format ?? this.cell(address.sheet, address.row, address.column)?.format;
      const isFilled = cell !== null && cell.input !== null && cell.input !== "";
      return { address, cell: isFilled ? { ...cell, format } : cell?.format || format ? { input: null, format } : null };
    });
    this.undoStack.push(this.current(kept));
    this.redoStack.length = 0;
    this.apply(kept);
    this.changed();
  }

  setInput(address: CellAddress, input: CellInput, format?: string): void {
    this.edit([{ address, cell: { input, format } }]);
  }

  /** Changes cells without a trace in the undo history: for reports, not for what a person did. */
  write(changes: readonly CellChange[]): void {
    this.apply(changes);
    this.changed();
  }

  undo(): CellAddress | null {
    return this.step(this.undoStack, this.redoStack);
  }

  redo(): CellAddress | null {
    return this.step(this.redoStack, this.undoStack);
  }

  private step(from: CellChange[][], to: CellChange[][]): CellAddress | null {
    const changes = from.pop()?.filter(({ address }) => this.hasSheet(address.sheet));
    if (!changes?.length) return null;
    to.push(this.current(changes));
    this.apply(changes);
    this.changed();
    return changes[0]?.address ?? null;
  }

  private current(changes: readonly CellChange[]): CellChange[] {
    return changes.map(({ address }) => ({ address, cell: this.cell(address.sheet, address.row, address.column) }));
  }

  // -- calculation --------------------------------------------------------------------------------------------------

  private apply(changes: readonly CellChange[]): void {
    if (!changes.length) return;
    for (const { address, cell } of changes) {
      const { cells } = this.sheet(address.sheet);
      const key = keyOf(address.row, address.column);
      this.broken.delete(`${address.sheet}!${key}`);
      if (cell) cells.set(key, cell);
      else cells.delete(key);
    }
    this.calculate(changes);
  }

  // The engine stops for good on some malformed calls. It is then built anew and the formulas at fault are left out,
  // found by halving.
  private calculate(changes: readonly CellChange[]): void {
    try {
      for (const change of changes) this.send(change);
      this.settle();
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      const keys = changes.map(({ address }) => `${address.sheet}!${keyOf(address.row, address.column)}`);
      for (const key of keys) this.broken.add(key);
      this.rebuild();
      if (changes.length === 1) return;
      const half = changes.length >> 1;
      for (const part of [changes.slice(0, half), changes.slice(half)]) {
        for (const { address } of part) this.broken.delete(`${address.sheet}!${keyOf(address.row, address.column)}`);
        this.calculate(part);
      }
    }
  }

  private send({ address, cell }: CellChange): void {
    const { sheet, row, column } = address;
    this.calculator.set(sheet, row, column, this.contentOf(address, cell));
    if (cell?.format) this.calculator.format(sheet, row, column, cell.format);
  }

  private contentOf({ sheet, row, column }: CellAddress, cell: GridCell | null): CellInput {
    this.calls.release(sheet, row, column);
    if (!cell) return null;
    if (cell.frozen !== undefined) return cell.frozen;
    if (typeof cell.input !== "string" || !cell.input.startsWith("=")) return cell.input;
    if (this.broken.has(`${sheet}!${keyOf(row, column)}`)) return "#VALUE!";
    return this.calls.compile(sheet, row, column, cell.input);
  }

  private settle(): void {
    this.calculator.evaluate();
    for (let pass = 0; pass < PASSES && this.calls.refresh(); pass += 1) this.calculator.evaluate();
  }

  private rebuild(): void {
    this.calculator = new Calculator();
    this.calls = new StaticCalls(this.calculator);
    for (const sheet of this.sheetList) this.calculator.addSheet(sheet.name);
    for (const { name, refers_to } of this.names) this.calculator.defineName(name, refers_to);
    for (const sheet of this.sheetList) {
      for (const { row, column, cell } of this.cells(sheet.name)) this.send({ address: { sheet: sheet.name, row, column }, cell });
    }
    this.settle();
  }

  // -- leaving ------------------------------------------------------------------------------------------------------

  /** The model as the server takes it: every sheet but our reports. */
  snapshot(): Snapshot {
    const sheets = this.sheetList.filter((sheet) => !sheet.generated).map((sheet) => ({
      name: sheet.name,
      cells: [...this.cells(sheet.name)].flatMap(({ row, column, cell: { input, format } }) =>
        input === null ? [] : [{ cell: cellName(row, column), input, ...(format ? { format } : {}) }]),
    }));
    return { file_name: this.fileName, sheets, names: this.names };
  }

  /** What differs from an earlier state of this book, as edits. */
  editsSince(earlier: ReadonlyMap<string, CellInput>): CellEdit[] {
    const now = this.inputs();
    const places = new Set([...earlier.keys(), ...now.keys()]);
    return [...places].flatMap((place) => {
      const input = now.get(place) ?? null;
      const [sheet = "", cell = ""] = place.split("\u0000");
      return input === (earlier.get(place) ?? null) ? [] : [{ sheet, cell, input }];
    });
  }

  /** The content of every cell outside our reports, keyed by sheet and cell. */
  inputs(): Map<string, CellInput> {
    const inputs = new Map<string, CellInput>();
    for (const sheet of this.sheetList.filter((candidate) => !candidate.generated)) {
      for (const { row, column, cell } of this.cells(sheet.name)) {
        if (cell.input !== null) inputs.set(`${sheet.name}\u0000${cellName(row, column)}`, cell.input);
      }
    }
    return inputs;
  }

  onChange(listener: () => void): Unsubscribe {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private changed(): void {
    this.revision += 1;
    for (const listener of this.listeners) listener();
  }
}
