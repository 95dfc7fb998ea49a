// Where rows and columns lie in the grid's scrolled area, in CSS pixels.

import { LAST_COLUMN, LAST_ROW } from "../excel/addresses";
import type { GridBook } from "../excel/grid/book";

export const ROW_HEIGHT = 24;
export const HEADER_HEIGHT = 24;
export const ROW_HEADER_WIDTH = 46;
const COLUMN_WIDTH = 92;
const LEAST_ROWS = 200;
const LEAST_COLUMNS = 26;

export interface Geometry {
  readonly rows: number;
  readonly columns: number;
  /** The left edge of each column, the index counting from one; one entry more than columns. */
  readonly lefts: readonly number[];
  widthOf(column: number): number;
}

/** The area that can be scrolled to: what is used and some room, and what the person has moved to. */
export function measure(book: GridBook, sheet: string, reach: { row: number; column: number }): Geometry {
  const used = book.extent(sheet);
  const rows = Math.min(LAST_ROW, Math.max(LEAST_ROWS, used.rows + 50, reach.row + 20));
  const columns = Math.min(LAST_COLUMN, Math.max(LEAST_COLUMNS, used.columns + 5, reach.column + 3));
  const widths = book.sheet(sheet).columnWidths;
  // Widths of files count characters of the default font.
  const widthOf = (column: number): number => {
    const characters = widths.get(column);
    return characters === undefined ? COLUMN_WIDTH : Math.min(480, Math.max(16, Math.round(characters * 7 + 5)));
  };
  const lefts = [0, 0];
  for (let column = 1; column <= columns; column += 1) lefts.push((lefts[column] ?? 0) + widthOf(column));
  return { rows, columns, lefts, widthOf };
}

/** The columns that touch the stretch from `left` to `right`. */
export function columnsBetween({ lefts, columns }: Geometry, left: number, right: number): [number, number] {
  let first = 1;
  while (first < columns && (lefts[first + 1] ?? 0) <= left) first += 1;
  let last = first;
  while (last < columns && (lefts[last + 1] ?? 0) < right) last += 1;
  return [first, last];
}
