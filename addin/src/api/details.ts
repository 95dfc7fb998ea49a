// The details of a finished run, as compute/details.py defines them. A section is null where it was not asked for.

import type { TornadoBar } from "./messages";

export type Convention = "atrisk" | "excel";
export type DetailSection =
  | "statistics" | "intervals" | "density" | "tornado" | "regression" | "contribution" | "spider" | "fan" | "scenarios" | "correlations" | "convergence_series";

export interface BoxData {
  readonly low_whisker: number;
  readonly low_quartile: number;
  readonly median: number;
  readonly high_quartile: number;
  readonly high_whisker: number;
  readonly outliers: number;
}

export interface StatisticsDetail {
  readonly key: string;
  readonly count: number;
  readonly errors: number;
  readonly mean: number | null;
  readonly standard_error: number | null;
  readonly median: number | null;
  readonly mode: number | null;
  readonly standard_deviation: number | null;
  readonly variance: number | null;
  readonly coefficient_of_variation: number | null;
  readonly semi_deviation: number | null;
  readonly mean_absolute_deviation: number | null;
  readonly skewness: number | null;
  readonly kurtosis: number | null;
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly range: number | null;
  readonly value_at_risk: number | null;
  readonly conditional_value_at_risk: number | null;
  readonly percentiles: Readonly<Record<string, number>>;
  readonly box: BoxData | null;
}

export interface IntervalData {
  readonly low: number | null;
  readonly high: number | null;
  readonly method: string;
}

export interface IntervalsDetail {
  readonly key: string;
  readonly confidence: number;
  readonly mean: IntervalData | null;
  readonly standard_deviation: IntervalData | null;
  readonly percentile_5: IntervalData | null;
  readonly median: IntervalData | null;
  readonly percentile_95: IntervalData | null;
}

export interface DensityDetail {
  readonly key: string;
  readonly x: readonly number[];
  readonly height: readonly number[];
}

export interface RegressionDetail {
  readonly output: string;
  readonly terms: readonly {
    readonly input: string;
    readonly coefficient: number | null;
    readonly standardised: number;
    readonly mapped: number | null;
    readonly p_value: number;
  }[];
  readonly r_squared: number | null;
  readonly not_significant: readonly string[];
}

export interface ScenarioDetail {
  readonly output: string;
  readonly low: number | null;
  readonly high: number | null;
  /** Whether the limits are percentiles, from 0 to 1. */
  readonly percentiles: boolean;
  readonly count: number;
  readonly total: number;
  readonly inputs: readonly {
    readonly input: string;
    readonly median: number | null;
    readonly overall_median: number | null;
    readonly percentile_of_median: number | null;
    readonly significance: number | null;
    readonly distance: number | null;
    readonly significant: boolean;
  }[];
}

/** `bands[i][j]` is the percentile `percents[i]` of output `outputs[j]`. */
export interface FanDetail {
  readonly name: string;
  readonly outputs: readonly string[];
  readonly percents: readonly number[];
  readonly bands: readonly (readonly (number | null)[])[];
  readonly means: readonly (number | null)[];
}

export interface ResultDetails {
  readonly digest: string;
  readonly convention: Convention;
  readonly without_effect: readonly string[] | null;
  readonly left_out: readonly string[];
  readonly notes: readonly string[];
  readonly statistics: readonly StatisticsDetail[] | null;
  readonly intervals: readonly IntervalsDetail[] | null;
  readonly density: readonly DensityDetail[] | null;
  readonly tornado: readonly { readonly output: string; readonly mean: number | null; readonly bars: readonly TornadoBar[] }[] | null;
  readonly regression: readonly RegressionDetail[] | null;
  readonly contribution: readonly { readonly output: string; readonly bars: readonly { readonly input: string; readonly share: number | null }[] }[] | null;
  readonly fan: readonly FanDetail[] | null;
  readonly scenarios: readonly ScenarioDetail[] | null;
}
