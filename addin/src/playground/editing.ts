// Moving, selecting and editing in the grid, apart from how it looks.

import { LAST_COLUMN, LAST_ROW, type CellAddress, type RangeAddress } from "../excel/addresses";
import { findCalls } from "../excel/formula/calls";
import { tokenize } from "../excel/formula/tokens";
import type { CellChange } from "../excel/grid/book";
import { readTyped } from "../excel/grid/typed";
import type { GridHost } from "../excel/gridHost";

export interface Editing {
  readonly text: string;
  /** Where the caret is: keys mean different things in the cell and in the formula bar. */
  readonly place: "cell" | "bar";
  /** Begun by typing over the cell: arrow keys then finish the entry, as in Excel. */
  readonly isOver: boolean;
}

const clamp = (value: number, most: number): number => Math.min(most, Math.max(1, value));

export function around(a: CellAddress, b: CellAddress): RangeAddress {
  return {
    sheet: a.sheet,
    top: Math.min(a.row, b.row), bottom: Math.max(a.row, b.row),
    left: Math.min(a.column, b.column), right: Math.max(a.column, b.column),
  };
}

/** Puts the selection on one cell. */
export function goTo(host: GridHost, row: number, column: number, sheet = host.selection.active.sheet): void {
  const active = { sheet, row: clamp(row, LAST_ROW), column: clamp(column, LAST_COLUMN) };
  host.select({ active, range: around(active, active) });
}

/** The corner of the selection that is not held by the active cell. */
export function farCorner({ active, range }: GridHost["selection"]): { row: number; column: number } {
  return {
    row: active.row === range.top ? range.bottom : range.top,
    column: active.column === range.left ? range.right : range.left,
  };
}

/** Stretches the selection from the active cell to this one. */
export function stretchTo(host: GridHost, row: number, column: number): void {
  const { active } = host.selection;
  host.select({ active, range: around(active, { sheet: active.sheet, row: clamp(row, LAST_ROW), column: clamp(column, LAST_COLUMN) }) });
}

/** One step, or with Ctrl to the edge of the filled block, as Excel jumps. */
export function step(host: GridHost, from: { row: number; column: number }, [down, right]: readonly [number, number], far: boolean): { row: number; column: number } {
  const { sheet } = host.selection.active;
  const filled = (row: number, column: number): boolean => (host.book.cell(sheet, row, column)?.input ?? null) !== null;
  const { rows, columns } = host.book.extent(sheet);
  let { row, column } = from;
  const move = (): boolean => {
    const next = { row: row + down, column: column + right };
    if (next.row < 1 || next.column < 1 || next.row > LAST_ROW || next.column > LAST_COLUMN) return false;
    ({ row, column } = next);
    return true;
  };
  if (!move() || !far) return { row, column };
  const inBlock = filled(from.row, from.column) && filled(row, column);
  for (;;) {
    const outside = (down > 0 && row > rows) || (right > 0 && column > columns);
    if (outside) return { row: down > 0 ? Math.max(rows, from.row) : row, column: right > 0 ? Math.max(columns, from.column) : column };
    if (inBlock ? !filled(row + down, column + right) : filled(row, column)) return { row, column };
    if (!move()) return { row, column };
  }
}

/** A formula with the closing brackets that were forgotten at its end. */
export function closeBrackets(formula: string): string {
  if (!formula.startsWith("=")) return formula;
  const tokens = tokenize(formula);
  const open = tokens.filter((token) => token.kind === "open").length - tokens.filter((token) => token.kind === "close").length;
  const closed = open > 0 ? formula + ")".repeat(open) : formula;
  return findCalls(closed).length >= findCalls(formula).length ? closed : formula;
}

/** Writes what was typed into the active cell. */
export function commit(host: GridHost, text: string): void {
  if (text === host.book.inputText(host.selection.active)) return;
  const typed = readTyped(closeBrackets(text));
  host.book.setInput(host.selection.active, typed.input, typed.format);
}

/** Empties the selected cells that hold something. */
export function clear(host: GridHost): void {
  const { sheet, top, bottom, left, right } = host.selection.range;
  const changes: CellChange[] = [];
  for (const { row, column } of host.book.cells(sheet)) {
    if (row >= top && row <= bottom && column >= left && column <= right) changes.push({ address: { sheet, row, column }, cell: null });
  }
  if (changes.length) host.book.edit(changes);
}
