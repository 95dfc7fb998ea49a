// Outputs that lie side by side, for example the profits of twelve months, belong together in a fan chart.

import { parseAddress, printRange, type CellAddress } from "../excel/addresses";

const FEWEST = 3;

interface Placed extends CellAddress {
  readonly cell: string;
}

function runs(cells: readonly Placed[], along: "row" | "column"): Placed[][] {
  const across = along === "row" ? "column" : "row";
  const sorted = cells.toSorted((a, b) => a.sheet.localeCompare(b.sheet) || a[along] - b[along] || a[across] - b[across]);
  const found: Placed[][] = [];
  for (const cell of sorted) {
    const last = found.at(-1)?.at(-1);
    const follows = last && last.sheet === cell.sheet && last[along] === cell[along] && last[across] + 1 === cell[across];
    if (follows) found.at(-1)?.push(cell);
    else found.push([cell]);
  }
  return found.filter((run) => run.length >= FEWEST);
}

/** The ranges of three or more neighbouring outputs in a row or a column: "Model!B5:F5". */
export function outputRanges(cells: readonly string[]): string[] {
  const placed = cells.flatMap((cell) => {
    const address = parseAddress(cell, "");
    return address ? [{ ...address, cell }] : [];
  });
  return [...runs(placed, "row"), ...runs(placed, "column")].map((run) => {
    const [first, last] = [run[0] as Placed, run.at(-1) as Placed];
    return printRange({ sheet: first.sheet, top: first.row, left: first.column, bottom: last.row, right: last.column });
  });
}
