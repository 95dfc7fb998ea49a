// Analyses as the form holds them: what may be asked, what stands in the way, and what is sent.

import type { Analysis, AnalysisResult, Statistic, StressRange } from "../api/messages";
import { parseAddress, parseRange, printAddress } from "../excel/addresses";
import { numberIn } from "./fitForm";
import { formatNumber, formatPercent } from "./numbers";
import type { ModelInput, PaneState, RunState } from "./state";

export type AnalysisKind = "goal_seek" | "stress" | "sobol" | "shapley";

/** An input or output that can be named to the server. */
export interface Choice {
  readonly value: string;
  readonly label: string;
}

export interface StatisticText {
  readonly name: string;
  readonly level: string;
}

export interface AnalysisForm {
  readonly kind: AnalysisKind;
  readonly statistic: StatisticText;
  readonly cell: string;
  /** The output of a goal seek; of indices "" stands for all. */
  readonly output: string;
  readonly target: string;
  readonly low: string;
  readonly high: string;
  readonly tolerance: string;
  /** By the value of an input: the percentiles it is drawn between. */
  readonly ranges: Readonly<Record<string, { readonly low: string; readonly high: string }>>;
  readonly together: boolean;
  readonly base: string;
}

/** A job that was asked for, remembered so that it is found again. */
export interface AnalysisRecord {
  readonly id: string;
  readonly workbook: string;
  readonly title: string;
  /** ISO 8601. */
  readonly started: string;
  readonly isOver: boolean;
}

export interface AnalysisState {
  readonly form: AnalysisForm;
  readonly run: RunState;
  readonly records: readonly AnalysisRecord[];
  /** What is shown, or on its way. */
  readonly current: AnalysisRecord | null;
  readonly result: AnalysisResult | null;
  readonly isOld: boolean;
}

export const FIRST_FORM: AnalysisForm = {
  kind: "goal_seek", statistic: { name: "mean", level: "" }, cell: "", output: "", target: "", low: "", high: "", tolerance: "", ranges: {}, together: true, base: "",
};

interface StatisticChoice {
  readonly name: string;
  readonly label: string;
  /** What the level is called, and an example; null where there is none. */
  readonly level: { readonly label: string; readonly example: string; readonly isShare: boolean } | null;
}

const plain = (name: string, label: string): StatisticChoice => ({ name, label, level: null });
export const STATISTICS: readonly StatisticChoice[] = [
  plain("mean", "Mean"), plain("median", "Median"), plain("standard_deviation", "Standard deviation"),
  { name: "percentile", label: "Percentile", level: { label: "Which percentile", example: "5%", isShare: true } },
  { name: "probability_at_most", label: "Probability of at most", level: { label: "At most", example: "0", isShare: false } },
  { name: "value_at_risk", label: "Value at risk", level: { label: "Share of the tail", example: "5%", isShare: true } },
  { name: "conditional_value_at_risk", label: "Conditional value at risk", level: { label: "Share of the tail", example: "5%", isShare: true } },
  plain("minimum", "Minimum"), plain("maximum", "Maximum"), plain("range", "Range"), plain("variance", "Variance"), plain("coefficient_of_variation", "Coefficient of variation"),
  plain("semi_deviation", "Semi-deviation"), plain("mean_absolute_deviation", "Mean absolute deviation"), plain("skewness", "Skewness"), plain("kurtosis", "Kurtosis"), plain("mode", "Mode"),
];
const ALWAYS: readonly Statistic[] = [{ name: "mean" }, { name: "standard_deviation" }, { name: "percentile", level: 0.05 }, { name: "percentile", level: 0.95 }];

export const statisticChoice = (name: string): StatisticChoice | undefined => STATISTICS.find((each) => each.name === name);

/** "5% percentile", "probability of at most 0", "mean". */
export function statisticLabel({ name, level }: Statistic): string {
  const label = (statisticChoice(name)?.label ?? name.replaceAll("_", " ")).toLowerCase();
  if (level === null || level === undefined) return label;
  if (name === "probability_at_most") return `${label} ${formatNumber(level)}`;
  return name === "percentile" ? `${formatPercent(level)} percentile` : `${formatPercent(level)} ${label}`;
}

function statisticOf({ name, level }: StatisticText): Statistic {
  const value = statisticChoice(name)?.level ? numberIn(level) : null;
  return value === null ? { name } : { name, level: value };
}

function inputChoice(input: ModelInput, all: readonly ModelInput[]): Choice {
  const cell = printAddress(input.address);
  const { name } = input.call;
  const here = all.filter((other) => printAddress(other.address) === cell);
  const isUnique = name !== null && all.filter((other) => other.call.name === name).length === 1;
  const ordinal = here.indexOf(input) + 1;
  const value = here.length === 1 ? cell : isUnique ? name : ordinal === 1 ? cell : `${cell}#${ordinal}`;
  return { value, label: name ? `${name} (${cell})` : cell };
}

/** What can be chosen: what the engine found when it was asked, else what the formulas say. */
export function choicesOf({ checked, inputs, outputs }: Pick<PaneState, "checked" | "inputs" | "outputs">): { inputs: Choice[]; outputs: Choice[] } {
  if (checked) {
    const choice = ({ key, name, cell }: { key: string; name: string | null; cell: string }): Choice => ({ value: key, label: name ? `${name} (${cell})` : cell });
    return { inputs: checked.inputs.map(choice), outputs: checked.outputs.map(choice) };
  }
  const outputChoice = ({ address, name }: PaneState["outputs"][number]): Choice => ({ value: printAddress(address), label: name ? `${name} (${printAddress(address)})` : printAddress(address) });
  return { inputs: inputs.map((input) => inputChoice(input, inputs)), outputs: outputs.map(outputChoice) };
}

type Problems = Record<string, string>;

function numberProblem(problems: Problems, field: string, text: string, isOptional = false): number | null {
  const value = numberIn(text);
  if (value === null ? !isOptional : !Number.isFinite(value)) problems[field] = text.trim() ? `“${text.trim()}” is no number` : "Enter a number";
  return value !== null && Number.isFinite(value) ? value : null;
}

function statisticProblems(problems: Problems, { name, level }: StatisticText): void {
  const wanted = statisticChoice(name)?.level;
  if (!wanted) return;
  const value = numberProblem(problems, "level", level);
  if (value !== null && wanted.isShare && !(value >= 0 && value <= 1)) problems.level = "Between 0% and 100%";
}

function goalProblems(form: AnalysisForm, outputs: readonly Choice[]): Problems {
  const problems: Problems = {};
  const cell = form.cell.trim().replaceAll("$", "");
  if (cell === "") problems.cell = "Select the cell of a number in the sheet, or write one such as B8";
  else if (!parseRange(cell, "Sheet1") || cell.includes(":")) problems.cell = `“${form.cell.trim()}” is no cell. Write one such as B8`;
  if (!outputs.some(({ value }) => value === form.output)) problems.output = "Choose the output";
  statisticProblems(problems, form.statistic);
  numberProblem(problems, "target", form.target);
  const [low, high] = [numberProblem(problems, "low", form.low), numberProblem(problems, "high", form.high)];
  if (low !== null && high !== null && low >= high) problems.high = `Must be above ${form.low.trim()}`;
  const tolerance = numberProblem(problems, "tolerance", form.tolerance, true);
  if (tolerance !== null && tolerance < 0) problems.tolerance = "0 or more";
  return problems;
}

function stressProblems(form: AnalysisForm, inputs: readonly Choice[]): Problems {
  const problems: Problems = {};
  const chosen = inputs.filter(({ value }) => form.ranges[value]);
  if (!chosen.length) problems.ranges = "Choose the inputs that go badly";
  for (const { value } of chosen) {
    const range = form.ranges[value];
    const [low, high] = [numberIn(range?.low ?? ""), numberIn(range?.high ?? "")];
    const isShare = (share: number | null): share is number => share !== null && share >= 0 && share <= 1;
    if (!isShare(low) || !isShare(high)) problems[`range ${value}`] = "Percentiles lie between 0% and 100%";
    else if (low >= high) problems[`range ${value}`] = "The first percentile must be below the second";
  }
  statisticProblems(problems, form.statistic);
  return problems;
}

/** What is wrong with the form, by field. */
export function analysisProblems(form: AnalysisForm, { inputs, outputs }: { inputs: readonly Choice[]; outputs: readonly Choice[] }): Readonly<Record<string, string>> {
  if (form.kind === "goal_seek") return goalProblems(form, outputs);
  if (form.kind === "stress") return stressProblems(form, inputs);
  const problems: Problems = {};
  const base = numberProblem(problems, "base", form.base, true);
  if (base !== null && !(Number.isInteger(base) && base >= 2)) problems.base = "A whole number of 2 or more";
  return problems;
}

const sameStatistic = (a: Statistic, b: Statistic): boolean => a.name === b.name && (a.level ?? null) === (b.level ?? null);

/** What is sent; `sheet` is where a cell without a sheet lies. */
export function analysisOf(form: AnalysisForm, { inputs }: { inputs: readonly Choice[] }, sheet: string): Analysis {
  const statistic = statisticOf(form.statistic);
  if (form.kind === "goal_seek") {
    const address = parseAddress(form.cell.trim().replaceAll("$", ""), sheet);
    const tolerance = numberIn(form.tolerance);
    return {
      kind: "goal_seek", cell: address ? printAddress(address) : form.cell, output: form.output, statistic,
      target: numberIn(form.target) ?? 0, low: numberIn(form.low) ?? 0, high: numberIn(form.high) ?? 0, ...(tolerance === null ? {} : { tolerance }),
    };
  }
  if (form.kind === "stress") {
    const ranges = inputs.flatMap(({ value }): StressRange[] => {
      const range = form.ranges[value];
      return range ? [{ input: value, low: numberIn(range.low) ?? 0, high: numberIn(range.high) ?? 1 }] : [];
    });
    return { kind: "stress", ranges, together: form.together && ranges.length > 1, statistics: [statistic, ...ALWAYS.filter((other) => !sameStatistic(statistic, other))] };
  }
  const base = numberIn(form.base);
  return { kind: "sensitivity", method: form.kind, outputs: form.output ? [form.output] : [], ...(base === null ? {} : { base }) };
}

const labelIn = (choices: readonly Choice[], value: string): string => (choices.find((choice) => choice.value === value)?.label ?? value).replace(/ \([^()]*\)$/, "");

/** What an analysis is called in lists. */
export function titleOf(analysis: Analysis, { inputs, outputs }: { inputs: readonly Choice[]; outputs: readonly Choice[] }): string {
  if (analysis.kind === "goal_seek") return `Goal seek: ${statisticLabel(analysis.statistic ?? { name: "mean" })} of ${labelIn(outputs, analysis.output)} = ${formatNumber(analysis.target)} by ${analysis.cell}`;
  if (analysis.kind === "stress") return `Stress: ${analysis.ranges.map(({ input }) => labelIn(inputs, input)).join(", ")}`;
  const of = analysis.outputs?.length ? analysis.outputs.map((output) => labelIn(outputs, output)).join(", ") : "all outputs";
  return `${analysis.method === "shapley" ? "Shapley effects" : "Sobol indices"} of ${of}`;
}

