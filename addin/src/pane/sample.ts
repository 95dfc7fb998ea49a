// Data in the sheet as a sample: its numbers, what is left out of it, and how it is drawn.

import type { HistogramData } from "../api/messages";
import { cellName, parseRange, printRange, type RangeAddress } from "../excel/addresses";
import { HostError, type WorkbookHost } from "../excel/host";

/** The server fits no more values than these at once, and no fewer. */
export const MOST_VALUES = 10_000;
export const LEAST_VALUES = 5;
const MOST_BINS = 50;
const LEAST_BINS = 5;
const MOST_COUNTS = 60;

export interface Sample {
  readonly range: RangeAddress;
  /** In the order of the sheet, row by row. */
  readonly values: readonly number[];
  /** Cells with something other than a number. */
  readonly leftOut: readonly { readonly cell: string; readonly value: string }[];
  readonly blank: number;
  /** The text above the numbers, if there is one. */
  readonly heading: string | null;
}

/** The numbers of a range. @throws HostError, naming the range and what to do, for a text that is none and for data that cannot be fitted. */
export async function readSample(host: WorkbookHost, text: string, sheet: string): Promise<Sample> {
  const range = parseRange(text.trim().replaceAll("$", ""), sheet);
  if (!range) throw new HostError(`Data: ${text.trim() ? `“${text.trim()}” is no range of cells` : "no range is given"}. Select the numbers in the sheet, or write a range such as B2:B100.`);
  const rows = await host.readValues(range);
  const cells = rows.flatMap((row, r) => row.map((value, c) => ({ cell: cellName(range.top + r, range.left + c), value })));
  const values = cells.flatMap(({ value }) => (typeof value === "number" ? [value] : []));
  const leftOut = cells.flatMap(({ cell, value }) => (typeof value === "number" || value === null || value === "" ? [] : [{ cell, value: String(value) }]));
  const where = printRange(range);
  if (values.length < LEAST_VALUES) {
    const found = leftOut.length ? ` (${leftOut[0]?.cell} holds “${leftOut[0]?.value}”)` : "";
    throw new HostError(`Data: ${where} holds ${values.length === 1 ? "one number" : `${values.length} numbers`}${found}; fitting needs ${LEAST_VALUES} or more. Select more cells.`);
  }
  if (values.length > MOST_VALUES) throw new HostError(`Data: ${where} holds ${values.length.toLocaleString("en-US")} numbers; at most ${MOST_VALUES.toLocaleString("en-US")} are fitted at once. Select fewer cells.`);
  const first = leftOut.find(({ value }) => !value.startsWith("#"));
  const isHeading = first !== undefined && first.cell === cells[0]?.cell;
  return { range, values, leftOut, blank: cells.length - values.length - leftOut.length, heading: isHeading ? first.value : null };
}

const quantile = (sorted: readonly number[], p: number): number => sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? 0;

/** Bars of width one around whole numbers, for counts; else bins by the rule of Freedman and Diaconis (1981). */
export function binned(values: readonly number[], isDiscrete: boolean): HistogramData {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[0] ?? 0, sorted.at(-1) ?? 1];
  if (isDiscrete && high - low < MOST_COUNTS) {
    const edges = Array.from({ length: high - low + 2 }, (_, index) => low - 0.5 + index);
    return counted(sorted, edges);
  }
  const width = (2 * (quantile(sorted, 0.75) - quantile(sorted, 0.25))) / Math.cbrt(values.length);
  const wanted = width > 0 ? Math.ceil((high - low) / width) : LEAST_BINS;
  const count = Math.min(Math.max(wanted, LEAST_BINS), MOST_BINS);
  const step = (high - low) / count || 1;
  return counted(sorted, Array.from({ length: count + 1 }, (_, index) => low + index * step));
}

function counted(sorted: readonly number[], edges: readonly number[]): HistogramData {
  const counts = edges.slice(1).map(() => 0);
  let bin = 0;
  for (const value of sorted) {
    while (bin < counts.length - 1 && value >= (edges[bin + 1] ?? Infinity)) bin += 1;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return { edges, counts };
}

/** The share of values up to x, a step at each value. */
export function empirical(values: readonly number[]): { readonly x: number[]; readonly p: number[] } {
  const sorted = values.toSorted((a, b) => a - b);
  const last = sorted.flatMap((value, index) => (value === sorted[index + 1] ? [] : [{ x: value, p: (index + 1) / sorted.length }]));
  return { x: last.map(({ x }) => x), p: last.map(({ p }) => p) };
}
