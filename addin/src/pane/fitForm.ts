// Laws for data and for what an expert says, as the form holds them: what is asked, what came back, what goes into a cell.

import type { ElicitationAnswer, ElicitationRequest, FitAnswer, FitRequest, FittedLaw, PreviewRequest } from "../api/messages";
import { parseAddress, printAddress, rangeHolds, type CellAddress } from "../excel/addresses";
import { printLaw, readModelCalls } from "../excel/formula/model";
import { isLaw, lawInfo } from "../functions/laws";
import { formatNumber } from "./numbers";
import type { Sample } from "./sample";

export type FitSource = "data" | "percentiles";
export type FitMeasure = "aic" | "bic" | "chi_square" | "anderson_darling" | "kolmogorov_smirnov" | "rms_error";

export interface FitPoint {
  readonly p: string;
  readonly x: string;
}

/** The texts of the form. */
export interface FitForm {
  readonly source: FitSource;
  readonly data: string;
  readonly points: readonly FitPoint[];
  readonly lower: string;
  readonly upper: string;
  readonly shift: boolean;
  readonly intervals: boolean;
}

export interface FitOutcome {
  readonly source: FitSource;
  readonly sample: Sample | null;
  readonly points: readonly { readonly p: number; readonly x: number }[];
  /** Best first by the server's rank; of percentiles the metalog first. */
  readonly fits: readonly FittedLaw[];
  readonly refused: FitAnswer["refused"];
  readonly note: string | null;
}

export interface FitState {
  readonly form: FitForm;
  readonly phase: "idle" | "working" | "done" | "failed";
  readonly problem: string | null;
  readonly outcome: FitOutcome | null;
  readonly rankBy: FitMeasure;
  readonly chosen: string | null;
  readonly name: string;
  readonly inserted: { readonly cell: string; readonly formula: string } | null;
}

export interface Measure {
  readonly name: FitMeasure;
  readonly label: string;
  readonly explanation: string;
  readonly format: (value: number | null) => string;
}

// Criteria are told apart by tenths, whatever their size; distances by their leading digits.
const criterion = (value: number | null): string => (value === null ? "–" : Math.abs(value) < 1e6 ? value.toFixed(1).replace("-", "−") : formatNumber(value));
const distance = (value: number | null): string => formatNumber(value, 3);

export const MEASURES: readonly Measure[] = [
  { name: "aic", format: criterion, label: "AICc", explanation: "Akaike’s criterion, corrected for small samples: likelihood less a price for each parameter." },
  { name: "bic", format: criterion, label: "BIC", explanation: "The Bayesian criterion: a higher price for each parameter." },
  { name: "chi_square", format: distance, label: "χ²", explanation: "Counts in bins of equal probability against what the law expects." },
  { name: "anderson_darling", format: distance, label: "A-D", explanation: "Anderson and Darling’s distance: looks hard at the tails." },
  { name: "kolmogorov_smirnov", format: distance, label: "K-S", explanation: "Kolmogorov and Smirnov’s distance: the largest gap between the two curves." },
];
export const RMS: Measure = { name: "rms_error", format: distance, label: "RMS error", explanation: "How far the law’s percentiles lie from those given, in their own unit." };
const RESAMPLES = 200;

export const FIRST_FIT: FitState = {
  form: { source: "data", data: "", points: [{ p: "10%", x: "" }, { p: "50%", x: "" }, { p: "90%", x: "" }], lower: "", upper: "", shift: false, intervals: false },
  phase: "idle", problem: null, outcome: null, rankBy: "aic", chosen: null, name: "", inserted: null,
};

/** A number or a percentage; null for a blank field, NaN for anything else. */
export function numberIn(text: string): number | null {
  const bare = text.trim().replace("−", "-");
  if (bare === "") return null;
  if (bare.endsWith("%")) return Number.isNaN(Number(bare.slice(0, -1))) ? Number.NaN : Number((Number(bare.slice(0, -1)) / 100).toPrecision(15));
  return Number(bare);
}

/** What is wrong with a form, by field: "data", "lower", "upper", "p 1", "x 2", "points". */
export function fitProblems({ source, data, points, lower, upper }: FitForm): Readonly<Record<string, string>> {
  const problems: Record<string, string> = {};
  for (const [field, text] of [["lower", lower], ["upper", upper]] as const) {
    if (Number.isNaN(numberIn(text))) problems[field] = `“${text}” is no number`;
  }
  const [low, high] = [numberIn(lower), numberIn(upper)];
  if (low !== null && high !== null && low >= high) problems.upper = "Must be above the lowest value";
  if (source === "data") {
    if (data.trim() === "") problems.data = "Select the numbers in the sheet, or write a range such as B2:B100";
    return problems;
  }
  const filled = points.map(({ p, x }, index) => ({ p: numberIn(p), x: numberIn(x), isEmpty: p.trim() === "" && x.trim() === "", number: index + 1 })).filter(({ isEmpty }) => !isEmpty);
  for (const { p, x, number } of filled) {
    if (p === null || !(p > 0 && p < 1)) problems[`p ${number}`] = "Between 0% and 100%";
    if (x === null || Number.isNaN(x)) problems[`x ${number}`] = "Enter a number";
  }
  if (!Object.keys(problems).length) {
    const sorted = filled.toSorted((a, b) => (a.p ?? 0) - (b.p ?? 0));
    const falling = sorted.find(({ p, x }, index) => index > 0 && (p === sorted[index - 1]?.p || (x ?? 0) <= (sorted[index - 1]?.x ?? 0)));
    if (filled.length < 3) problems.points = `Three percentiles or more are needed; ${filled.length} ${filled.length === 1 ? "is" : "are"} filled in`;
    else if (falling) problems[`x ${falling.number}`] = "Values must rise with their percentiles";
  }
  return problems;
}

const given = (name: "lower" | "upper", text: string): Partial<Record<"lower" | "upper", number>> => {
  const value = numberIn(text);
  return value === null ? {} : { [name]: value };
};

/** What the server is asked for a sample. */
export function fitRequest({ lower, upper, shift, intervals }: FitForm, values: readonly number[]): FitRequest {
  return { values, ...given("lower", lower), ...given("upper", upper), ...(shift ? { shift } : {}), ...(intervals ? { resamples: RESAMPLES } : {}) };
}

/** What the server is asked for percentiles, lowest first. */
export function elicitationRequest({ points, lower, upper }: FitForm): ElicitationRequest {
  const percentiles = points.flatMap(({ p, x }) => {
    const [share, value] = [numberIn(p), numberIn(x)];
    return share === null || value === null ? [] : [{ p: share, x: value }];
  });
  return { percentiles: percentiles.toSorted((a, b) => a.p - b.p), ...given("lower", lower), ...given("upper", upper) };
}

/** The laws by a measure, those without it last. */
export function ranked(fits: readonly FittedLaw[], measure: FitMeasure): FittedLaw[] {
  const key = (fit: FittedLaw): number => fit[measure] ?? Infinity;
  return fits.toSorted((a, b) => (key(a) === key(b) ? 0 : key(a) - key(b)));
}

/** The formula for a cell, with the name that results show. */
export function formulaOf(fit: FittedLaw, name: string): string {
  const [call] = readModelCalls(fit.formula).laws;
  if (!call || !name.trim()) return fit.formula;
  return `=${printLaw(call.law, call.parameters, { name, properties: call.properties, byPercentiles: call.byPercentiles })}`;
}

/** What the curve of a fitted law is asked by; null for a law that this pane does not know. */
export function curveRequest(fit: FittedLaw): PreviewRequest | null {
  if (!isLaw(fit.law)) return null;
  return { law: fit.law, parameters: Object.values(fit.parameters), ...(fit.shift ? { shift: fit.shift } : {}) };
}

export const isDiscreteFit = (fit: FittedLaw): boolean => isLaw(fit.law) && lawInfo(fit.law).is_discrete;

const NOISE = 1e-9;

/** The metalog as the first of the fits: it passes through what was given. Errors that are rounding alone are 0. */
export function withMetalog(answer: ElicitationAnswer, points: ElicitationRequest["percentiles"]): FittedLaw[] {
  const values = points.map(({ x }) => x);
  const least = NOISE * (Math.max(...values) - Math.min(...values));
  const fits = answer.fits.map((fit) => ({ ...fit, rms_error: fit.rms_error !== null && fit.rms_error < least ? 0 : fit.rms_error }));
  return [...(answer.metalog ? [{ ...answer.metalog, rms_error: answer.metalog.rms_error ?? 0 }] : []), ...fits];
}

/** The cell that a text names, with what stands against writing into it. */
export function targetOf(text: string, sheet: string, sample: Sample | null): { address: CellAddress | null; problem: string | null } {
  const bare = text.trim().replaceAll("$", "");
  const address = bare.includes(":") ? null : parseAddress(bare, sheet);
  if (!address) return { address: null, problem: bare === "" ? "Select a cell in the sheet, or write one such as D2" : `“${text.trim()}” is no cell. Write one such as D2` };
  const { range } = sample ?? {};
  const isData = range && range.sheet.toLowerCase() === address.sheet.toLowerCase() && rangeHolds(range, address.row, address.column);
  return { address, problem: isData ? `${printAddress(address)} is part of the data. Choose another cell` : null };
}
