// The report that a run leaves in the workbook, as a table of values with charts beside it.

import type { ResultSummary, VariableSummary } from "../api/messages";
import type { CellValue, SheetTable, TableChart } from "../excel/host";

export const RESULTS_SHEET = "Montecell Results";
/** The text of A1, by which a report of ours is known again. */
export const RESULTS_MARK = "Montecell results";

type Row = CellValue[];
type Format = NonNullable<SheetTable["formats"]>[number];

const STATISTICS: readonly (readonly [string, (v: VariableSummary) => CellValue])[] = [
  ["Cell", (v) => v.cell],
  ["Mean", (v) => v.mean],
  ["Standard deviation", (v) => v.standard_deviation],
  ["Minimum", (v) => v.minimum],
  ["Median", (v) => v.median],
  ["Maximum", (v) => v.maximum],
  ["Mode", (v) => v.mode],
  ["Skewness", (v) => v.skewness],
  ["Kurtosis", (v) => v.kurtosis],
  ["Values", (v) => v.count],
  ["Errors", (v) => v.errors],
];

export const labelOf = (variable: { name: string | null; cell: string }): string => variable.name ?? variable.cell;

/** Rows, headings, formats and charts of a report as they come together. */
export class ReportSheet {
  readonly rows: Row[] = [];
  readonly headings: number[] = [];
  readonly formats: Format[] = [];
  readonly charts: TableChart[] = [];

  add(...row: Row): number {
    return this.rows.push(row);
  }

  heading(...row: Row): number {
    const number = this.add(...row);
    this.headings.push(number);
    return number;
  }
}

// As many decimals as the spread of the values gives a meaning to.
function formatOf({ standard_deviation: spread, mean }: VariableSummary): string {
  const size = Math.abs(spread || mean || 0);
  return size >= 100 ? "#,##0" : size >= 1 ? "#,##0.00" : size >= 0.01 ? "0.0000" : "General";
}

function statistics(sheet: ReportSheet, title: string, variables: readonly VariableSummary[]): void {
  if (!variables.length) return;
  sheet.add();
  sheet.heading(title, ...variables.map(labelOf));
  const first = sheet.rows.length + 1;
  for (const [label, value] of STATISTICS) sheet.add(label, ...variables.map(value));
  const keys = [...new Set(variables.flatMap((v) => Object.keys(v.percentiles)))].sort((a, b) => Number(a) - Number(b));
  for (const key of keys) sheet.add(`Percentile ${key}%`, ...variables.map((v) => v.percentiles[key] ?? null));
  const right = variables.length + 1;
  variables.forEach((variable, index) => {
    sheet.formats.push({ top: first + 1, left: index + 2, bottom: sheet.rows.length, right: index + 2, format: formatOf(variable) });
  });
  const row = (label: string): number => first + STATISTICS.findIndex(([name]) => name === label);
  sheet.formats.push({ top: row("Skewness"), left: 2, bottom: row("Kurtosis"), right, format: "0.00" });
  sheet.formats.push({ top: row("Values"), left: 2, bottom: row("Errors"), right, format: "#,##0" });
}

function histogram(sheet: ReportSheet, output: VariableSummary): void {
  const { histogram: data } = output;
  if (!data || data.counts.length < 2) return;
  sheet.add();
  const top = sheet.heading("Middle of bin", labelOf(output));
  data.counts.forEach((count, index) => sheet.add(((data.edges[index] ?? 0) + (data.edges[index + 1] ?? 0)) / 2, count));
  sheet.formats.push({ top: top + 1, left: 1, bottom: sheet.rows.length, right: 1, format: formatOf(output) });
  const categories = { top, bottom: sheet.rows.length, column: 1 };
  sheet.charts.push({ kind: "histogram", title: labelOf(output), categories, values: { column: 2 }, at: { row: top, column: 4 } });
}

function tornado(sheet: ReportSheet, output: VariableSummary): void {
  const bars = output.tornado.filter((bar) => bar.rank_correlation !== null);
  if (!bars.length) return;
  sheet.add();
  const top = sheet.heading(`What moves ${labelOf(output)}`, "Rank correlation", "Mean at input's low", "Mean at input's high");
  for (const bar of bars) sheet.add(bar.input, bar.rank_correlation, bar.low_mean, bar.high_mean);
  sheet.formats.push({ top: top + 1, left: 2, bottom: sheet.rows.length, right: 2, format: "0.000" });
  sheet.formats.push({ top: top + 1, left: 3, bottom: sheet.rows.length, right: 4, format: formatOf(output) });
  const categories = { top, bottom: sheet.rows.length, column: 1 };
  const title = `What moves ${labelOf(output)}`;
  sheet.charts.push({ kind: "bar", title, categories, values: { column: 2 }, at: { row: top, column: 6 } });
}

/** Statistics of all variables, histogram and tornado of each output, and the certificate of the run. */
export function resultsTable(results: ResultSummary): SheetTable {
  const { certificate } = results;
  const sheet = new ReportSheet();
  sheet.heading(RESULTS_MARK);
  sheet.add("Iterations", certificate.iterations);
  sheet.add("Sampling", certificate.sampling.replaceAll("_", " "));
  sheet.add("Seed", certificate.seed);
  sheet.add("Engine", certificate.engine);
  sheet.add("Digest", certificate.digest);
  sheet.formats.push({ top: 2, left: 2, bottom: 2, right: 2, format: "#,##0" });
  statistics(sheet, "Outputs", results.outputs);
  statistics(sheet, "Inputs", results.inputs);
  for (const output of results.outputs) {
    histogram(sheet, output);
    tornado(sheet, output);
  }
  const widths = [26, ...Array.from({ length: Math.max(3, results.outputs.length, results.inputs.length) }, () => 16)];
  const { rows, headings, formats, charts } = sheet;
  return { rows, headings, formats, charts, columnWidths: widths };
}
