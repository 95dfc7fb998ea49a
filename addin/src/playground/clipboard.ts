// Plain text between the grid and other programs: rows as lines, columns apart by tabs (as Excel writes them).

import type { RangeAddress } from "../excel/addresses";
import type { CellChange, GridBook } from "../excel/grid/book";
import { asTyped, readTyped } from "../excel/grid/typed";

function quoted(text: string): string {
  return /[\t\n"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** What the cells show; formulas of Montecell stay formulas, as they mean nothing otherwise. */
export function copyText(book: GridBook, range: RangeAddress): string {
  const lines: string[] = [];
  for (let row = range.top; row <= range.bottom; row += 1) {
    const texts: string[] = [];
    for (let column = range.left; column <= range.right; column += 1) texts.push(quoted(cellText(book, range.sheet, row, column)));
    lines.push(texts.join("\t"));
  }
  return lines.join("\n");
}

function cellText(book: GridBook, sheet: string, row: number, column: number): string {
  const input = book.cell(sheet, row, column)?.input ?? null;
  return typeof input === "string" && /^=.*\bMC\./i.test(input) ? asTyped(input) : book.text(sheet, row, column);
}

/** The fields of tab-separated text; a field in quotes may hold tabs and line ends. */
export function splitText(text: string): string[][] {
  const rows: string[][] = [[]];
  const field = /"((?:[^"]|"")*)"(?=\t|\r?\n|$)|([^\t\r\n]*)/y;
  let position = 0;
  for (;;) {
    field.lastIndex = position;
    const match = field.exec(text);
    rows.at(-1)?.push(match?.[1] === undefined ? (match?.[2] ?? "") : match[1].replaceAll('""', '"'));
    position = field.lastIndex;
    const end = /\t|\r?\n|\r/y;
    end.lastIndex = position;
    const mark = end.exec(text)?.[0];
    if (mark === undefined) break;
    position += mark.length;
    if (mark !== "\t") rows.push([]);
  }
  const last = rows.at(-1);
  if (rows.length > 1 && last?.length === 1 && last[0] === "") rows.pop();
  return rows;
}

/** The changes that pasting the text at a cell makes; one field fills the whole selection. */
export function pasteChanges(text: string, range: RangeAddress): CellChange[] {
  const rows = splitText(text);
  const single = rows.length === 1 && rows[0]?.length === 1;
  const height = single ? range.bottom - range.top + 1 : rows.length;
  return Array.from({ length: height }, (_, r) => {
    const fields = rows[single ? 0 : r] ?? [];
    const width = single ? range.right - range.left + 1 : fields.length;
    return Array.from({ length: width }, (__, c) => ({
      address: { sheet: range.sheet, row: range.top + r, column: range.left + c },
      cell: readTyped(fields[single ? 0 : c] ?? ""),
    }));
  }).flat();
}
