// The messages of the HTTP API, as compute/protocol.py and the server define them.

export type SamplingMethod = "monte_carlo" | "latin_hypercube" | "sobol";
export type LawParameter = number | readonly number[];

export interface SimulationSpec {
  readonly version?: 1;
  readonly iterations: number;
  readonly seed: number;
  readonly sampling: SamplingMethod;
  readonly engine?: "auto" | "reference" | "power" | "arrow" | "enhanced";
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

export interface ResultSummary {
  readonly outputs: readonly VariableSummary[];
  readonly inputs: readonly VariableSummary[];
  readonly certificate: Certificate;
  readonly timings: { readonly open: number; readonly compile: number; readonly simulate: number; readonly analyse: number };
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
  readonly parameters: readonly { readonly name: string; readonly description: string; readonly default: LawParameter | null }[];
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
