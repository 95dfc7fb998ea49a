// A block of cells in the form in which the server takes a workbook that cannot be had as a file.

import type { SnapshotCell } from "../api/messages";
import { cellName } from "./addresses";
import type { CellInput } from "./host";

/** The cells of a block that hold something. `top` and `left` are one-based; a format of "General" is left out. */
export function sheetSnapshotCells(
  top: number,
  left: number,
  formulas: readonly (readonly CellInput[])[],
  formats: readonly (readonly string[])[] = [],
): SnapshotCell[] {
  return formulas.flatMap((row, r) =>
    row.flatMap((input, c) => {
      if (input === null || input === "") return [];
      const format = formats[r]?.[c];
      const kept = format && format.toLowerCase() !== "general" ? { format } : {};
      return [{ cell: cellName(top + r, left + c), input, ...kept }];
    }),
  );
}
