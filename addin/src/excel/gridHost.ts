// The playground's sheets behind the interface of the pane.

import { anchorOf, cellName, parseRange, withinUsed, type CellAddress, type RangeAddress } from "./addresses";
import { readModelCalls } from "./formula/model";
import { GridBook, type CellChange } from "./grid/book";
import type {
  CellContent, CellInput, CellValue, CellWrite, ModelCell, SheetInfo, SheetTable, Unsubscribe, WorkbookHost, WorkbookSource,
} from "./host";
import { saveInBrowser } from "./saveFile";

interface Stored {
  readonly workbookId: string;
  readonly inputs: ReadonlyMap<string, CellInput>;
  readonly sheets: readonly string[];
}

/** The selection of the grid: a range, and the cell in it that typing goes to. */
export interface GridSelection {
  readonly range: RangeAddress;
  readonly active: CellAddress;
}

const selectionAt = (address: CellAddress): GridSelection => ({
  active: address,
  range: { sheet: address.sheet, top: address.row, left: address.column, bottom: address.row, right: address.column },
});

export class GridHost implements WorkbookHost {
  readonly kind = "playground";
  private readonly selectionListeners = new Set<() => void>();
  private readonly cellListeners = new Set<() => void>();
  private unwatch: Unsubscribe;
  private stored: Stored | null = null;
  private pending: Omit<Stored, "workbookId"> | null = null;
  selection: GridSelection;
  /** Grows with every change of cells, sheets or selection, for views. */
  version = 0;

  constructor(public book: GridBook) {
    this.selection = selectionAt({ sheet: this.firstSheet(), row: 1, column: 1 });
    this.unwatch = book.onChange(() => this.tellCells());
  }

  private firstSheet(): string {
    return (this.book.sheets.find((sheet) => !sheet.hidden) ?? this.book.sheets[0])?.name ?? "Sheet1";
  }

  /** Shows another workbook. `workbookId` is given when the server already holds it as it is. */
  open(book: GridBook, workbookId: string | null): void {
    this.unwatch();
    this.book = book;
    this.unwatch = book.onChange(() => this.tellCells());
    this.stored = workbookId === null ? null : { workbookId, ...this.state() };
    this.select(selectionAt({ sheet: this.firstSheet(), row: 1, column: 1 }));
    this.tellCells();
  }

  private state(): Omit<Stored, "workbookId"> {
    const own = this.book.sheets.filter((sheet) => !sheet.generated);
    return { inputs: this.book.inputs(), sheets: own.map((sheet) => sheet.name) };
  }

  select(selection: GridSelection): void {
    this.selection = selection;
    this.version += 1;
    for (const listener of this.selectionListeners) listener();
  }

  private tellCells(): void {
    this.version += 1;
    for (const listener of this.cellListeners) listener();
  }

  /** Everything that a view of the grid shows. */
  readonly subscribe = (listener: () => void): Unsubscribe => {
    const parts = [this.onSelectionChanged(listener), this.onCellsChanged(listener)];
    return () => parts.forEach((part) => part());
  };

  getSelection(): Promise<RangeAddress> {
    const { range, active } = this.selection;
    return Promise.resolve({ ...range, top: active.row, left: active.column });
  }

  getSelectedRange(): Promise<RangeAddress> {
    const { rows, columns } = this.book.extent(this.selection.range.sheet);
    return Promise.resolve(withinUsed(this.selection.range, rows, columns));
  }

  onSelectionChanged(listener: () => void): Unsubscribe {
    this.selectionListeners.add(listener);
    return () => this.selectionListeners.delete(listener);
  }

  onCellsChanged(listener: () => void): Unsubscribe {
    this.cellListeners.add(listener);
    return () => this.cellListeners.delete(listener);
  }

  readCell(address: CellAddress): Promise<CellContent> {
    const { sheet, row, column } = address;
    const input = this.book.cell(sheet, row, column)?.input ?? null;
    return Promise.resolve({ address, input, value: this.book.value(sheet, row, column) });
  }

  readValues(range: RangeAddress): Promise<CellValue[][]> {
    const rows: CellValue[][] = [];
    for (let row = range.top; row <= range.bottom; row += 1) {
      const values: CellValue[] = [];
      for (let column = range.left; column <= range.right; column += 1) values.push(this.book.value(range.sheet, row, column));
      rows.push(values);
    }
    return Promise.resolve(rows);
  }

  readInputs({ sheet, top, left, bottom, right }: RangeAddress): Promise<CellInput[][]> {
    const inputAt = (row: number, column: number): CellInput => this.book.cell(sheet, row, column)?.input ?? null;
    return Promise.resolve(Array.from({ length: bottom - top + 1 }, (_, r) => Array.from({ length: right - left + 1 }, (__, c) => inputAt(top + r, left + c))));
  }

  resolveName(name: string): Promise<RangeAddress | null> {
    const refersTo = this.book.definedName(name);
    return Promise.resolve(refersTo === null ? null : parseRange(refersTo.replace(/^=/, "").replaceAll("$", ""), ""));
  }

  writeCell(address: CellAddress, input: CellInput): Promise<void> {
    this.book.setInput(address, input);
    return Promise.resolve();
  }

  writeCells(changes: readonly CellWrite[]): Promise<void> {
    this.book.edit(changes.map(({ address, input }) => ({ address, cell: { input } })));
    return Promise.resolve();
  }

  // The grid tints cells by what their formulas say.
  markCell(): Promise<void> {
    return Promise.resolve();
  }

  selectCell(address: CellAddress): Promise<void> {
    if (this.book.hasSheet(address.sheet)) this.select(selectionAt({ ...address, sheet: this.book.sheet(address.sheet).name }));
    return Promise.resolve();
  }

  listSheets(): Promise<SheetInfo[]> {
    return Promise.resolve(this.book.sheets.map(({ name, hidden }) => ({ name, hidden })));
  }

  findModelCells(): Promise<ModelCell[]> {
    const found: ModelCell[] = [];
    for (const sheet of this.book.sheets.filter((candidate) => !candidate.generated)) {
      for (const { row, column, cell } of this.book.cells(sheet.name)) {
        const { laws, output } = readModelCalls(cell.input);
        if (!laws.length && !output) continue;
        const value = this.book.value(sheet.name, row, column);
        found.push({ address: { sheet: sheet.name, row, column }, formula: String(cell.input), value });
      }
    }
    return Promise.resolve(found);
  }

  replaceSheet(name: string, table: SheetTable): Promise<string> {
    const free = this.freeName(name);
    if (this.book.hasSheet(free)) this.book.removeSheet(free);
    const columnWidths = new Map((table.columnWidths ?? []).map((width, index) => [index + 1, width]));
    this.book.addSheet(free, { generated: true, columnWidths, boldRows: new Set(table.headings) });
    this.book.write(tableChanges(free, table));
    this.select(selectionAt({ sheet: free, row: 1, column: 1 }));
    return Promise.resolve(free);
  }

  // A sheet of that name which is not a report of ours belongs to the person.
  private freeName(name: string): string {
    const taken = (candidate: string): boolean => this.book.hasSheet(candidate) && !this.book.sheet(candidate).generated;
    let free = name;
    for (let number = 2; taken(free); number += 1) free = `${name} ${number}`;
    return free;
  }

  readWorkbook(): Promise<WorkbookSource> {
    this.pending = this.state();
    if (!this.stored) return Promise.resolve({ kind: "snapshot", snapshot: this.book.snapshot() });
    const { workbookId, inputs, sheets } = this.stored;
    const newSheets = this.pending.sheets.filter((sheet) => !sheets.includes(sheet));
    return Promise.resolve({ kind: "stored", workbookId, edits: this.book.editsSince(inputs), newSheets });
  }

  workbookStored(workbookId: string): void {
    if (this.pending) this.stored = { workbookId, ...this.pending };
    this.pending = null;
  }

  workbookName(): string {
    return this.book.fileName;
  }

  saveFile(name: string, content: Blob): Promise<void> {
    saveInBrowser(name, content);
    return Promise.resolve();
  }
}

function tableChanges(sheet: string, table: SheetTable): CellChange[] {
  const formats = new Map<string, string>();
  for (const { top, left, bottom, right, format } of table.formats ?? []) {
    for (let row = top; row <= bottom; row += 1) {
      for (let column = left; column <= right; column += 1) formats.set(cellName(row, column), format);
    }
  }
  return table.rows.flatMap((values, r) =>
    values.flatMap((input, c) => {
      const address = anchorOf({ sheet, top: r + 1, left: c + 1, bottom: r + 1, right: c + 1 });
      return input === null ? [] : [{ address, cell: { input, format: formats.get(cellName(r + 1, c + 1)) } }];
    }),
  );
}
