// Cell addresses: one-based rows and columns, and their A1 text.

export interface CellAddress {
  readonly sheet: string;
  readonly row: number;
  readonly column: number;
}

export interface RangeAddress {
  readonly sheet: string;
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

export const LAST_ROW = 1_048_576;
export const LAST_COLUMN = 16_384;

/** 1 → A, 27 → AA. */
export function columnName(column: number): string {
  let name = "";
  for (let rest = column; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    name = String.fromCharCode(65 + ((rest - 1) % 26)) + name;
  }
  return name;
}

/** A → 1, AA → 27; letters only. */
export function columnNumber(name: string): number {
  return [...name.toUpperCase()].reduce((number, letter) => number * 26 + letter.charCodeAt(0) - 64, 0);
}

/** "B2" of a cell. */
export function cellName(row: number, column: number): string {
  return `${columnName(column)}${row}`;
}

/** A sheet name as formulas write it: quoted unless it is a plain word that no reference looks like. */
export function quoteSheet(name: string): string {
  const plain = /^[\p{L}_][\p{L}\p{N}_.]*$/u.test(name) && !/^[A-Za-z]{1,3}\d+$|^[rc]\d*(?:c\d*)?$/i.test(name);
  return plain ? name : `'${name.replaceAll("'", "''")}'`;
}

/** "Sheet1!B2" or "'My sheet'!B2". */
export function printAddress(address: CellAddress): string {
  return `${quoteSheet(address.sheet)}!${cellName(address.row, address.column)}`;
}

/** "Sheet1!B2:C4", or without the colon for one cell. */
export function printRange(range: RangeAddress): string {
  const first = printAddress({ sheet: range.sheet, row: range.top, column: range.left });
  const single = range.top === range.bottom && range.left === range.right;
  return single ? first : `${first}:${cellName(range.bottom, range.right)}`;
}

/** The cell that anchors a range: its upper left one. */
export function anchorOf(range: RangeAddress): CellAddress {
  return { sheet: range.sheet, row: range.top, column: range.left };
}

function unquoteSheet(text: string): string {
  const bare = text.startsWith("'") && text.endsWith("'") ? text.slice(1, -1).replaceAll("''", "'") : text;
  return bare.replace(/^\[[^\]]*\]/, "");
}

const A1 = /^\$?([A-Za-z]{1,3})\$?([1-9]\d{0,6})$/;

function parseCorner(text: string): { row: number; column: number } | null {
  const match = A1.exec(text.trim());
  if (!match) return null;
  const row = Number(match[2]);
  const column = columnNumber(match[1] ?? "");
  return row <= LAST_ROW && column <= LAST_COLUMN ? { row, column } : null;
}

/** Reads "B2", "Sheet1!$B$2:C4" or "'My sheet'!B2"; null for anything else. Whole rows and columns are not read. */
export function parseRange(text: string, defaultSheet: string): RangeAddress | null {
  const bang = text.lastIndexOf("!");
  const sheet = bang < 0 ? defaultSheet : unquoteSheet(text.slice(0, bang));
  const corners = text.slice(bang + 1).split(":");
  const first = parseCorner(corners[0] ?? "");
  const last = corners.length === 1 ? first : parseCorner(corners[1] ?? "");
  if (!first || !last || corners.length > 2) return null;
  return {
    sheet,
    top: Math.min(first.row, last.row),
    left: Math.min(first.column, last.column),
    bottom: Math.max(first.row, last.row),
    right: Math.max(first.column, last.column),
  };
}

/** Reads the address of one cell; null when the text is none. */
export function parseAddress(text: string, defaultSheet = ""): CellAddress | null {
  const range = parseRange(text, defaultSheet);
  return range && anchorOf(range);
}

export function sameCell(a: CellAddress, b: CellAddress): boolean {
  return a.row === b.row && a.column === b.column && a.sheet.toLowerCase() === b.sheet.toLowerCase();
}

/** The part of a range within the first rows and columns of its sheet; its first cell where nothing of it is in use. */
export function withinUsed(range: RangeAddress, rows: number, columns: number): RangeAddress {
  return { ...range, bottom: Math.max(range.top, Math.min(range.bottom, rows)), right: Math.max(range.left, Math.min(range.right, columns)) };
}

export function rangeHolds(range: RangeAddress, row: number, column: number): boolean {
  return row >= range.top && row <= range.bottom && column >= range.left && column <= range.right;
}
