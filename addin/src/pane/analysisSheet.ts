// What an analysis leaves in the workbook: a table of values with a chart beside it.

import type { AnalysisResult, GoalSeekResult, SensitivityResult, StressResult } from "../api/messages";
import type { SheetTable } from "../excel/host";
import { statisticLabel } from "./analysisForm";
import { RESULTS_MARK, ReportSheet } from "./resultsSheet";

const NUMBER = "#,##0.00";
const SHARE = "0.0%";

/** Every kind has a sheet of its own, so that one does not write over the other. */
export function sheetNameOf(result: AnalysisResult): string {
  if (result.kind === "goal_seek") return "Montecell Goal Seek";
  if (result.kind === "stress") return "Montecell Stress";
  return result.method === "shapley" ? "Montecell Shapley" : "Montecell Sobol";
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function goalSeek(sheet: ReportSheet, result: GoalSeekResult): void {
  const { cell, output, statistic, target, tolerance, value, reached, text } = result;
  sheet.add("Changed cell", cell);
  sheet.add("Output", output);
  sheet.add("Statistic", statisticLabel(statistic));
  sheet.add("Target", target);
  sheet.add("Tolerance", tolerance);
  sheet.add("Outcome", text);
  sheet.add("Value found", value);
  sheet.add("Statistic there", reached);
  sheet.add();
  const top = sheet.heading(`Value of ${cell}`, `${capital(statisticLabel(statistic))} of ${output}`);
  for (const tried of result.tried.toSorted((a, b) => a.value - b.value)) sheet.add(tried.value, tried.statistic);
  sheet.charts.push({ kind: "line", title: `${capital(statisticLabel(statistic))} of ${output}`, categories: { top, bottom: sheet.rows.length, column: 1 }, values: { column: 2 }, at: { row: 4, column: 4 } });
}

function stress(sheet: ReportSheet, { effects }: StressResult): void {
  const top = sheet.heading("Stressed", "Output", "Statistic", "Without stress", "With stress", "Change");
  for (const { run, output, statistic, baseline, stressed, change } of effects) sheet.add(run, output, capital(statisticLabel(statistic)), baseline, stressed, change);
  sheet.formats.push({ top: top + 1, left: 4, bottom: sheet.rows.length, right: 6, format: NUMBER });
  const [first] = effects;
  const shown = effects.filter(({ output, statistic }) => output === first?.output && statisticLabel(statistic) === (first && statisticLabel(first.statistic))).length;
  if (first && shown === effects.findIndex(({ output, statistic }) => output !== first.output || statisticLabel(statistic) !== statisticLabel(first.statistic))) {
    sheet.charts.push({ kind: "bar", title: `${capital(statisticLabel(first.statistic))} of ${first.output}: change`, categories: { top, bottom: top + shown, column: 1 }, values: { column: 6 }, at: { row: top, column: 8 } });
  }
}

function sensitivity(sheet: ReportSheet, { method, shares, evaluations, seed }: SensitivityResult): void {
  sheet.add("Iterations", evaluations);
  sheet.add("Seed", seed);
  for (const output of [...new Set(shares.map((share) => share.output))]) {
    sheet.add();
    const isShapley = method === "shapley";
    const top = sheet.heading(`Variance of ${output}`, ...(isShapley ? ["Shapley effect", "Standard error"] : ["First order", "from", "to", "Total", "from", "to"]));
    for (const share of shares.filter((each) => each.output === output)) {
      const { first, first_interval: own, total, total_interval: all } = share;
      sheet.add(share.input, ...(isShapley ? [share.effect, share.standard_error] : [first, own?.[0] ?? null, own?.[1] ?? null, total, all?.[0] ?? null, all?.[1] ?? null]));
    }
    sheet.formats.push({ top: top + 1, left: 2, bottom: sheet.rows.length, right: isShapley ? 3 : 7, format: SHARE });
    sheet.charts.push({ kind: "bar", title: `Shares of the variance of ${output}`, categories: { top, bottom: sheet.rows.length, column: 1 }, values: { column: isShapley ? 2 : 5 }, at: { row: top, column: 9 } });
  }
}

/** The table of an analysis. */
export function analysisTable(result: AnalysisResult, title: string): SheetTable {
  const sheet = new ReportSheet();
  sheet.heading(RESULTS_MARK);
  sheet.heading(title);
  if (result.kind === "goal_seek") goalSeek(sheet, result);
  else if (result.kind === "stress") stress(sheet, result);
  else sensitivity(sheet, result);
  if (result.notes.length) sheet.add();
  for (const note of result.notes) sheet.add(note);
  const { rows, headings, formats, charts } = sheet;
  return { rows, headings, formats, charts, columnWidths: [28, ...Array.from({ length: 6 }, () => 16)] };
}
