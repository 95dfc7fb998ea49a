// The measures by which inputs can be ranked, as bars of a tornado.

import type { ResultDetails } from "../api/details";
import { formatBar, signed, type Bar } from "../charts/Tornado";
import { formatPercent } from "./numbers";

export type MeasureName = "rank" | "regression" | "mapped" | "contribution" | "change";

export interface Measure {
  readonly name: MeasureName;
  readonly label: string;
  readonly explanation: string;
  readonly section: "tornado" | "regression" | "contribution";
  readonly columns: readonly string[];
  readonly format: (value: number) => string;
}

export const MEASURES: readonly Measure[] = [
  { name: "rank", label: "Rank correlation", section: "tornado", columns: ["Rank correlation"], format: signed,
    explanation: "Spearman’s coefficient of input and output. Blind to effects that rise and fall." },
  { name: "regression", label: "Regression, standardised", section: "regression", columns: ["Coefficient"], format: signed,
    explanation: "Standard deviations of the output for one of the input, by stepwise regression." },
  { name: "mapped", label: "Regression, in units of the output", section: "regression", columns: ["Change for one sd"], format: formatBar,
    explanation: "How far the output moves when the input moves by one standard deviation." },
  { name: "contribution", label: "Contribution to variance", section: "contribution", columns: ["Share"], format: formatPercent,
    explanation: "Squared rank correlations as shares of their sum, with their sign. Wrong where inputs are correlated." },
  { name: "change", label: "Change in mean", section: "tornado", columns: ["Lowest mean", "Highest mean"], format: formatBar,
    explanation: "The lowest and the highest mean of the output over tenths of the input." },
];

/** A measure by its name. */
export const measureOf = (name: MeasureName): Measure => MEASURES.find((measure) => measure.name === name) ?? (MEASURES[0] as Measure);

export interface TornadoView {
  readonly bars: readonly Bar[];
  readonly centre: number;
  readonly note: string | null;
}

const bySize = (bars: readonly Bar[]): Bar[] => bars.toSorted((a, b) => Math.abs(b.value - (b.from ?? 0)) - Math.abs(a.value - (a.from ?? 0)));

function regressionView({ regression }: ResultDetails, output: string, isMapped: boolean): TornadoView {
  const found = regression?.find((each) => each.output === output);
  const bars = (found?.terms ?? []).flatMap(({ input, standardised, mapped }) => {
    const value = isMapped ? mapped : standardised;
    return value === null ? [] : [{ input, value }];
  });
  const share = found?.r_squared ?? null;
  const note = share === null ? null : `Straight lines explain ${formatPercent(share)} of the variance (R²)${share < 0.6 ? ": the coefficients say little" : ""}.`;
  return { bars: bySize(bars), centre: 0, note };
}

function changeView({ tornado }: ResultDetails, output: string): TornadoView {
  const found = tornado?.find((each) => each.output === output);
  const bars = (found?.bars ?? []).flatMap(({ input, low_mean: low, high_mean: high, rank_correlation: rank }) => {
    if (low === null || high === null) return [];
    return [(rank ?? 0) < 0 ? { input, from: high, value: low } : { input, from: low, value: high }];
  });
  return { bars: bySize(bars), centre: found?.mean ?? 0, note: null };
}

/** The bars of one output by a measure, the largest first; null while its section is not there. */
export function tornadoView(details: ResultDetails | null, output: string, measure: MeasureName): TornadoView | null {
  if (!details?.[measureOf(measure).section]) return null;
  if (measure === "regression" || measure === "mapped") return regressionView(details, output, measure === "mapped");
  if (measure === "change") return changeView(details, output);
  if (measure === "contribution") {
    const bars = details.contribution?.find((each) => each.output === output)?.bars ?? [];
    return { bars: bySize(bars.flatMap(({ input, share }) => (share === null ? [] : [{ input, value: share }]))), centre: 0, note: null };
  }
  const bars = details.tornado?.find((each) => each.output === output)?.bars ?? [];
  return { bars: bySize(bars.flatMap(({ input, rank_correlation: value }) => (value === null ? [] : [{ input, value }]))), centre: 0, note: null };
}
