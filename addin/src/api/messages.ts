// The messages of the HTTP API, as compute/protocol.py and the server define them.

export type SamplingMethod = "monte_carlo" | "latin_hypercube" | "sobol";
export type LawParameter = number | readonly number[];

export interface SimulationSpec {
  readonly version?: 1;
  readonly iterations: number;
  readonly seed: number;
  readonly sampling: SamplingMethod;
  readonly engine?: "auto" | "reference" | "power" | "arrow" | "enhanced";
  readonly convergence?: ConvergenceOptions | null;
  readonly batch?: number | null;
}

/** A specification as it is sent: what is left out is taken from the workbook's own settings, else Montecell's defaults. */
export type SpecRequest = Partial<SimulationSpec>;

/** A statistic of outputs is known well enough when its interval is no wider than ± tolerance. */
export interface ConvergenceRule {
  readonly statistic?: "mean" | "standard_deviation" | "percentile" | "probability";
  readonly level?: number | null;
  readonly tolerance?: number;
  readonly relative?: boolean;
  readonly confidence?: number;
  readonly outputs?: readonly string[];
}

/** The run ends by itself; `at_most` is never above the server's limit of iterations. */
export interface ConvergenceOptions {
  readonly rules?: readonly ConvergenceRule[];
  readonly at_least?: number | null;
  readonly at_most?: number | null;
}

export interface InputDescription {
  readonly key: string;
  readonly name: string | null;
  readonly cell: string;
  readonly law: string;
  readonly formula: string;
  readonly parameters: readonly (LawParameter | null)[];
  readonly static_value: number | null;
}

export interface OutputDescription {
  readonly key: string;
  readonly name: string | null;
  readonly cell: string;
  readonly value: number | string | boolean | null;
}

export interface UnsupportedDescription {
  readonly feature: string;
  readonly reason: string;
  readonly cells: readonly string[];
}

export interface ModelDescription {
  readonly file_name: string;
  readonly sha256: string;
  readonly product: string;
  readonly inputs: readonly InputDescription[];
  readonly outputs: readonly OutputDescription[];
  readonly unsupported: readonly UnsupportedDescription[];
  readonly notes: readonly string[];
  readonly settings: Readonly<Record<string, number | string | boolean>>;
}

export type Stage = "queued" | "opening" | "compiling" | "simulating" | "analysing" | "writing" | "done";

export interface Progress {
  readonly stage: Stage;
  readonly done: number;
  readonly total: number;
  readonly seconds: number;
  readonly still_needed?: number | null;
  /** Which of several runs this is, from 1. */
  readonly run?: number;
}

export interface HistogramData {
  readonly edges: readonly number[];
  readonly counts: readonly number[];
}

export interface CurveData {
  readonly x: readonly number[];
  readonly p: readonly number[];
}

export interface TornadoBar {
  readonly input: string;
  readonly rank_correlation: number | null;
  readonly low_mean: number | null;
  readonly high_mean: number | null;
}

export interface VariableSummary {
  readonly key: string;
  readonly name: string | null;
  readonly cell: string;
  readonly count: number;
  readonly errors: number;
  readonly error_codes: Readonly<Record<string, number>>;
  readonly mean: number | null;
  readonly standard_deviation: number | null;
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly median: number | null;
  readonly mode: number | null;
  readonly skewness: number | null;
  readonly kurtosis: number | null;
  readonly percentiles: Readonly<Record<string, number>>;
  readonly histogram: HistogramData | null;
  readonly cumulative: CurveData | null;
  readonly tornado: readonly TornadoBar[];
}

export interface Certificate {
  readonly workbook_sha256: string;
  readonly workbook_name: string;
  readonly montecell_version: string;
  readonly engine: string;
  readonly engine_class: string;
  readonly engine_reason: string;
  readonly sampling: SamplingMethod;
  readonly seed: number;
  readonly iterations: number;
  readonly digest: string;
}

/** Requested and realised correlations of one group, row by row in the order of `members` (keys of inputs). */
export interface CorrelationReport {
  readonly group: string;
  readonly family: string;
  readonly members: readonly string[];
  readonly requested: readonly (readonly number[])[] | null;
  readonly used: readonly (readonly number[])[] | null;
  readonly score: readonly (readonly (number | null)[])[];
  readonly spearman: readonly (readonly (number | null)[])[];
  readonly pearson: readonly (readonly (number | null)[])[];
  readonly standard_errors: readonly (readonly (number | null)[])[];
}

/** How one rule of a run until converged stood at its end. */
export interface ConvergenceStatus {
  readonly output: string;
  readonly statistic: "mean" | "standard_deviation" | "percentile" | "probability";
  readonly level: number | null;
  readonly estimate: number | null;
  readonly half_width: number | null;
  readonly allowed: number | null;
  readonly converged: boolean;
  readonly iterations_needed: number | null;
}

/** Seconds by stage; simulate is sample (draws made outside compiled code) and evaluate. */
export interface Timings {
  readonly open: number;
  readonly compile: number;
  readonly simulate: number;
  readonly sample?: number;
  readonly evaluate?: number;
  readonly analyse: number;
}

export interface ResultSummary {
  readonly outputs: readonly VariableSummary[];
  readonly inputs: readonly VariableSummary[];
  readonly correlations?: readonly CorrelationReport[];
  readonly convergence?: readonly ConvergenceStatus[];
  readonly certificate: Certificate;
  readonly timings: Timings;
  readonly notes: readonly string[];
}

/** An RFC 9457 problem document. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly cells?: readonly string[];
}

export type SimulationStatus = "queued" | "running" | "succeeded" | "failed" | "cancelled";

export interface Simulation {
  readonly id: string;
  readonly workbook_id: string;
  readonly status: SimulationStatus;
  readonly spec: SimulationSpec;
  readonly progress: Progress | null;
  readonly problem: Problem | null;
  /** What kind of job this is: null for a simulation, else what was asked of it. */
  readonly analysis?: Analysis | null;
  /** What was taken from the workbook's own settings. */
  readonly notes?: readonly string[];
}

/** A statistic by name; `level` is the p of a percentile (0 to 1) or the x of P(X ≤ x). */
export interface Statistic {
  readonly name: string;
  readonly level?: number | null;
}

/** An input (key, name or cell) drawn between two percentiles (0 to 1) of its law. */
export interface StressRange {
  readonly input: string;
  readonly low?: number;
  readonly high?: number;
}

export interface StressAnalysis {
  readonly kind: "stress";
  readonly ranges: readonly StressRange[];
  readonly together?: boolean;
  readonly statistics?: readonly Statistic[];
}

export interface GoalSeekAnalysis {
  readonly kind: "goal_seek";
  readonly cell: string;
  readonly output: string;
  readonly statistic?: Statistic;
  readonly target: number;
  readonly low: number;
  readonly high: number;
  readonly tolerance?: number | null;
  readonly most_steps?: number;
}

export interface SensitivityAnalysis {
  readonly kind: "sensitivity";
  readonly method?: "sobol" | "shapley";
  readonly outputs?: readonly string[];
  readonly base?: number | null;
  readonly permutations?: number | null;
  readonly confidence?: number;
}

/** What POST /analyses asks for; the answer is a Simulation with `analysis` set, followed and cancelled like any other. */
export type Analysis = StressAnalysis | GoalSeekAnalysis | SensitivityAnalysis;

export interface StressResult {
  readonly kind: "stress";
  readonly effects: readonly {
    readonly statistic: Statistic;
    readonly run: string;
    readonly output: string;
    readonly baseline: number | null;
    readonly stressed: number | null;
    readonly change: number | null;
  }[];
  readonly certificates: Readonly<Record<string, Certificate>>;
  readonly notes: readonly string[];
}

export interface GoalSeekResult {
  readonly kind: "goal_seek";
  readonly cell: string;
  readonly output: string;
  readonly statistic: Statistic;
  readonly target: number;
  readonly tolerance: number;
  readonly outcome: "reached" | "jump" | "out_of_reach" | "undetermined" | "out_of_steps";
  readonly text: string;
  readonly value: number | null;
  readonly reached: number | null;
  readonly tried: readonly { readonly value: number; readonly statistic: number | null }[];
  readonly digest: string | null;
  readonly notes: readonly string[];
}

/** Sobol: first and total with their intervals; Shapley: effect with its standard error. Null without variance. */
export interface SensitivityResult {
  readonly kind: "sensitivity";
  readonly method: "sobol" | "shapley";
  readonly shares: readonly {
    readonly output: string;
    readonly input: string;
    readonly first: number | null;
    readonly first_interval: readonly [number, number] | null;
    readonly total: number | null;
    readonly total_interval: readonly [number, number] | null;
    readonly effect: number | null;
    readonly standard_error: number | null;
  }[];
  readonly evaluations: number;
  readonly seed: number;
  readonly notes: readonly string[];
}

export type AnalysisResult = StressResult | GoalSeekResult | SensitivityResult;

export type RankBy = "aic" | "bic" | "average_log_likelihood" | "chi_square" | "anderson_darling" | "kolmogorov_smirnov";

/** POST /fits: laws fitted to a sample. Laws left out: all continuous ones, or all discrete ones for counts. */
export interface FitRequest {
  readonly values: readonly number[];
  readonly laws?: readonly string[] | null;
  readonly lower?: number | null;
  readonly upper?: number | null;
  readonly shift?: boolean;
  readonly rank_by?: RankBy;
  /** Resamples for intervals of the best law's parameters; 0 for none. */
  readonly resamples?: number;
  readonly level?: number;
  readonly seed?: number;
}

export interface FittedLaw {
  readonly law: string;
  readonly title: string;
  readonly parameters: Readonly<Record<string, number | readonly number[]>>;
  readonly shift: number;
  /** For a cell: `=MC.GAMMA(2,3)`. */
  readonly formula: string;
  /** @RISK's spelling, null where it has no such law. */
  readonly atrisk_formula: string | null;
  readonly aic: number | null;
  readonly bic: number | null;
  readonly average_log_likelihood: number | null;
  readonly chi_square: number | null;
  readonly anderson_darling: number | null;
  readonly kolmogorov_smirnov: number | null;
  readonly rms_error: number | null;
  readonly intervals: Readonly<Record<string, readonly [number, number]>> | null;
  readonly p_values: Readonly<Record<string, number>> | null;
}

export interface FitAnswer {
  readonly size: number;
  readonly ranked_by: RankBy | "rms_error";
  readonly fits: readonly FittedLaw[];
  readonly refused: readonly { readonly law: string; readonly reason: string }[];
}

/** POST /fits/series: processes for a series, the oldest value first. */
export interface SeriesFitRequest {
  readonly values: readonly number[];
  readonly processes?: readonly string[] | null;
}

export interface SeriesFitAnswer {
  readonly size: number;
  readonly fits: readonly {
    readonly process: string;
    readonly parameters: Readonly<Record<string, number>>;
    readonly formula: string;
    readonly atrisk_formula: string | null;
    readonly log_likelihood: number;
    readonly aic: number;
  }[];
}

/** POST /fits/dependence: correlations and copulas of columns of equal length. */
export interface DependenceFitRequest {
  readonly columns: readonly (readonly number[])[];
  readonly measure?: "spearman" | "pearson" | "kendall";
  readonly families?: readonly ("gaussian" | "t" | "clayton" | "gumbel" | "frank")[] | null;
}

export interface DependenceFitAnswer {
  readonly measure: "spearman" | "pearson" | "kendall";
  readonly correlations: readonly (readonly number[])[];
  readonly copulas: readonly {
    readonly family: string;
    readonly matrix: readonly (readonly number[])[] | null;
    readonly theta: number | null;
    readonly degrees: number | null;
    readonly reflected: readonly boolean[];
    readonly log_likelihood: number;
    readonly aic: number;
  }[];
}

/** POST /elicitations: what an expert says, as percentiles (p from 0 to 1). */
export interface ElicitationRequest {
  readonly percentiles: readonly { readonly p: number; readonly x: number }[];
  readonly lower?: number | null;
  readonly upper?: number | null;
  readonly terms?: number | null;
  readonly laws?: readonly string[] | null;
}

/** The metalog through the percentiles (null, with the reason, where there is none), and laws ranked by their error. */
export interface ElicitationAnswer extends FitAnswer {
  readonly metalog: FittedLaw | null;
  readonly metalog_problem: string | null;
}

export interface StoredWorkbook {
  readonly id: string;
  readonly file_name: string;
  readonly size: number;
  readonly sha256: string;
  readonly created_at: string;
}

export interface Snapshot {
  readonly file_name: string;
  readonly sheets: readonly { readonly name: string; readonly cells: readonly SnapshotCell[] }[];
  readonly names: readonly { readonly name: string; readonly refers_to: string }[];
}

export interface SnapshotCell {
  readonly cell: string;
  readonly input: string | number | boolean;
  readonly format?: string;
}

export interface WorkbookCells {
  readonly file_name: string;
  readonly sheets: readonly SheetCells[];
  readonly names: readonly { readonly name: string; readonly refers_to: string; readonly sheet?: string | null }[];
}

export interface SheetCells {
  readonly name: string;
  readonly state: "visible" | "hidden" | "veryHidden";
  readonly last_row: number;
  readonly last_column: number;
  readonly column_widths: Readonly<Record<string, number>>;
  readonly cells: readonly {
    readonly cell: string;
    readonly input: string | number | boolean | null;
    readonly value: string | number | boolean | null;
    readonly format?: string | null;
  }[];
}

export interface LawDescription {
  readonly law: string;
  readonly title: string;
  readonly summary: string;
  readonly group: string;
  readonly is_discrete: boolean;
  /** Whether MC.<law>ALT exists. */
  readonly by_percentiles: boolean;
  readonly parameters: readonly {
    readonly name: string;
    readonly description: string;
    readonly default: LawParameter | null;
    /** Completes "must be …". */
    readonly constraint: string;
    readonly is_list: boolean;
    readonly example: LawParameter;
  }[];
  readonly orderings: readonly (readonly string[])[];
}

/** A law by parameters or, where there are pairs, by percentiles (or parameters' names) and values; limited, then moved. */
export interface PreviewRequest {
  readonly law: string;
  readonly parameters?: readonly LawParameter[];
  readonly pairs?: readonly (readonly [number | string, number])[];
  readonly truncation?: { readonly low: number | null; readonly high: number | null; readonly percentiles: boolean };
  readonly shift?: number;
}

/** Whether random variables can have these correlations, and the nearest matrix that they can have. */
export interface MatrixCheck {
  readonly valid: boolean;
  readonly smallest_eigenvalue: number;
  readonly nearest: readonly (readonly number[])[];
  readonly largest_change: number;
}

export interface Preview {
  readonly mean: number | null;
  readonly standard_deviation: number | null;
  readonly percentiles: Readonly<Record<string, number>>;
  readonly curve: { readonly x: readonly number[]; readonly y: readonly number[] };
  readonly cumulative: CurveData;
  readonly is_discrete: boolean;
  readonly static_value: number | null;
}
