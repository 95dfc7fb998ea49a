// What the pane knows and shows, as one immutable value, and the store that holds it.

import type { CellAddress } from "../excel/addresses";
import type { LawCall } from "../excel/formula/model";
import type { CellContent, Unsubscribe } from "../excel/host";
import { FIRST_FORM, type AnalysisState } from "./analysisForm";
import { FIRST_FIT, type FitState } from "./fitForm";
import type { CorrelationGroup, OpenGroup } from "./correlationGroups";
import type {
  LawDescription, ModelDescription, Problem, Progress, ResultSummary, SamplingMethod, Simulation,
} from "../api/messages";

export type Tab = "model" | "run" | "results" | "analyse";

export interface ModelInput {
  readonly address: CellAddress;
  readonly call: LawCall;
  readonly formula: string;
}

export interface ModelOutput {
  readonly address: CellAddress;
  readonly name: string | null;
  readonly formula: string;
}

export type Editor =
  | { readonly kind: "distribution"; readonly cell: CellContent; readonly call: LawCall | null; readonly suggestedName: string }
  | { readonly kind: "correlation"; readonly group: OpenGroup | null; readonly preselected: readonly ModelInput[] }
  | { readonly kind: "fit" }
  | { readonly kind: "output"; readonly cell: CellContent; readonly name: string; readonly marked: boolean };

export type RunPhase = "idle" | "uploading" | "queued" | "running" | "stopping" | "succeeded" | "failed" | "cancelled";

export interface RunState {
  readonly phase: RunPhase;
  readonly progress: Progress | null;
  readonly problem: Problem | null;
  readonly simulation: Simulation | null;
}

export interface RunSettings {
  readonly iterations: number;
  readonly sampling: SamplingMethod;
  readonly seed: number;
  /** Run until every output's mean is known to ± this share of it; null for a fixed number of iterations. */
  readonly precision?: number | null;
}

export interface Notice {
  readonly intent: "info" | "success" | "warning" | "error";
  readonly text: string;
  readonly cells?: readonly string[];
}

export interface PaneState {
  readonly tab: Tab;
  readonly selection: CellContent | null;
  readonly inputs: readonly ModelInput[];
  readonly outputs: readonly ModelOutput[];
  /** The matrices that inputs are tied to. */
  readonly correlations: readonly CorrelationGroup[];
  readonly scanned: boolean;
  readonly laws: readonly LawDescription[] | null;
  readonly lawsProblem: string | null;
  readonly editor: Editor | null;
  readonly fit: FitState;
  readonly analysis: AnalysisState;
  readonly checked: ModelDescription | null;
  readonly checking: boolean;
  readonly settings: RunSettings;
  readonly run: RunState;
  readonly results: ResultSummary | null;
  /** The simulation whose results are shown. */
  readonly resultsId: string | null;
  /** True once the sheets have changed since the results were computed. */
  readonly resultsAreOld: boolean;
  readonly shownKey: string | null;
  readonly notice: Notice | null;
  readonly busy: string | null;
}

export const NO_RUN: RunState = { phase: "idle", progress: null, problem: null, simulation: null };

export const NO_ANALYSIS: AnalysisState = { form: FIRST_FORM, run: NO_RUN, records: [], current: null, result: null, isOld: false };

export const FIRST_STATE: PaneState = {
  tab: "model",
  selection: null,
  inputs: [],
  outputs: [],
  correlations: [],
  scanned: false,
  laws: null,
  lawsProblem: null,
  editor: null,
  fit: FIRST_FIT,
  analysis: NO_ANALYSIS,
  checked: null,
  checking: false,
  settings: { iterations: 10_000, sampling: "latin_hypercube", seed: 42 },
  run: NO_RUN,
  results: null,
  resultsId: null,
  resultsAreOld: false,
  shownKey: null,
  notice: null,
  busy: null,
};

export class Store {
  private readonly listeners = new Set<() => void>();
  private current = FIRST_STATE;

  get state(): PaneState {
    return this.current;
  }

  set(patch: Partial<PaneState>): void {
    this.current = { ...this.current, ...patch };
    for (const listener of this.listeners) listener();
  }

  readonly subscribe = (listener: () => void): Unsubscribe => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
}

export const isRunning = ({ phase }: RunState): boolean => ["uploading", "queued", "running", "stopping"].includes(phase);
