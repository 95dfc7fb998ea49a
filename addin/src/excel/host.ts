// The one interface through which pane, commands and functions see the sheets.

import type { Snapshot } from "../api/messages";
import type { CellAddress, RangeAddress } from "./addresses";

/** What a cell may hold: a constant, or a formula as text that begins with "=". */
export type CellInput = string | number | boolean | null;
export type CellValue = string | number | boolean | null;

export interface CellContent {
  readonly address: CellAddress;
  /** The formula or constant, as a person types it. */
  readonly input: CellInput;
  readonly value: CellValue;
}

export interface SheetInfo {
  readonly name: string;
  readonly hidden: boolean;
}

/** A cell whose formula holds one of Montecell's calls. */
export interface ModelCell {
  readonly address: CellAddress;
  readonly formula: string;
  readonly value: CellValue;
}

export interface TableChart {
  readonly kind: "histogram" | "line" | "bar";
  readonly title: string;
  /** Both one-based, within the table, header row included. */
  readonly categories: { readonly top: number; readonly bottom: number; readonly column: number };
  readonly values: { readonly column: number };
  /** Where the chart lies: its upper left cell. */
  readonly at: { readonly row: number; readonly column: number };
}

/** A sheet made of values alone. Rows may differ in length. */
export interface SheetTable {
  readonly rows: readonly (readonly CellValue[])[];
  readonly headings: readonly number[];
  readonly formats?: readonly { readonly top: number; readonly left: number; readonly bottom: number; readonly right: number; readonly format: string }[];
  readonly columnWidths?: readonly number[];
  readonly charts?: readonly TableChart[];
}

/** The workbook on its way to the server. */
export type WorkbookSource =
  | { readonly kind: "file"; readonly bytes: Blob; readonly fileName: string }
  | { readonly kind: "snapshot"; readonly snapshot: Snapshot }
  | { readonly kind: "stored"; readonly workbookId: string; readonly edits: readonly CellEdit[]; readonly newSheets: readonly string[] };

export interface CellEdit {
  readonly sheet: string;
  readonly cell: string;
  readonly input: CellInput;
}

export interface CellWrite {
  readonly address: CellAddress;
  readonly input: CellInput;
}

export type Role = "input" | "output" | null;
export type Unsubscribe = () => void;

export interface WorkbookHost {
  readonly kind: "excel" | "playground";
  /** @throws HostError when nothing that could be used is selected, for example a chart. */
  getSelection(): Promise<RangeAddress>;
  /** The selected range, no larger than the part of its sheet that is in use. @throws HostError as getSelection does. */
  getSelectedRange(): Promise<RangeAddress>;
  onSelectionChanged(listener: () => void): Unsubscribe;
  onCellsChanged(listener: () => void): Unsubscribe;
  readCell(address: CellAddress): Promise<CellContent>;
  readValues(range: RangeAddress): Promise<CellValue[][]>;
  /** Formulas and constants as a person types them; null for empty cells. */
  readInputs(range: RangeAddress): Promise<CellInput[][]>;
  /** The range that a name of the workbook stands for; null for other names. */
  resolveName(name: string): Promise<RangeAddress | null>;
  writeCell(address: CellAddress, input: CellInput): Promise<void>;
  /** Several cells in one go, so that they are undone together where the host can. */
  writeCells(changes: readonly CellWrite[]): Promise<void>;
  /** Tints a cell as an input or output of the model; null takes the tint away. */
  markCell(address: CellAddress, role: Role): Promise<void>;
  selectCell(address: CellAddress): Promise<void>;
  listSheets(): Promise<SheetInfo[]>;
  findModelCells(): Promise<ModelCell[]>;
  /** Writes a sheet of values, replacing one that was written before. Returns the name it got. */
  replaceSheet(name: string, table: SheetTable): Promise<string>;
  readWorkbook(): Promise<WorkbookSource>;
  /** Told after an upload, so that later uploads can be differences. */
  workbookStored(workbookId: string): void;
  /** The name of the open workbook's file. */
  workbookName(): string;
  saveFile(name: string, content: Blob, url: string): Promise<void>;
}

/** The sheets cannot do what was asked; the message is for the person. */
export class HostError extends Error {
  override readonly name = "HostError";
}
