// One run from the press of "Simulate" to the results in the pane and in the sheets.

import { followSimulation } from "../api/follow";
import type { Progress, Simulation, SpecRequest } from "../api/messages";
import { resultsTable, RESULTS_SHEET } from "./resultsSheet";
import { problemFrom, type Session } from "./session";
import { isRunning, NO_RUN, type RunSettings, type RunState } from "./state";

export const MOST_ITERATIONS = 10_000_000;

/** What is wrong with the settings, by field. */
export function settingsProblems({ iterations, seed }: RunSettings): { iterations?: string; seed?: string } {
  const wholeIterations = Number.isInteger(iterations) && iterations >= 1 && iterations <= MOST_ITERATIONS;
  const wholeSeed = Number.isSafeInteger(seed) && seed >= 0;
  return {
    ...(wholeIterations ? {} : { iterations: "Enter a whole number from 1 to 10,000,000" }),
    ...(wholeSeed ? {} : { seed: "Enter a whole number from 0 up" }),
  };
}

/** What the server is asked for: a number of iterations, or a rule by which the run ends. */
export function specOf({ precision, ...settings }: RunSettings): SpecRequest {
  if (!precision) return settings;
  return { ...settings, convergence: { rules: [{ statistic: "mean", tolerance: precision, relative: true, confidence: 0.95 }] } };
}

export class Runs {
  private following: AbortController | null = null;
  /** True while a report of ours is on its way into the sheets: such a change makes no result old. */
  isWriting = false;

  constructor(private readonly session: Session) {}

  private patch(run: Partial<RunState>): void {
    const { store } = this.session;
    store.set({ run: { ...store.state.run, ...run } });
  }

  change(settings: Partial<RunSettings>): void {
    const { store } = this.session;
    store.set({ settings: { ...store.state.settings, ...settings } });
  }

  /** Uploads the workbook, runs it and shows the results. A run that is under way goes on. */
  async simulate(): Promise<void> {
    const { store, host, api } = this.session;
    if (isRunning(store.state.run)) return;
    store.set({ tab: "run", editor: null, notice: null });
    if (Object.keys(settingsProblems(store.state.settings)).length) return;
    const control = new AbortController();
    this.following = control;
    this.patch({ ...NO_RUN, phase: "uploading" });
    try {
      const stored = await api.storeWorkbook(await host.readWorkbook(), control.signal);
      host.workbookStored(stored.id);
      control.signal.throwIfAborted();
      const accepted = await api.simulate(stored.id, specOf(store.state.settings), crypto.randomUUID());
      this.patch({ phase: "queued", simulation: accepted, progress: accepted.progress });
      if (control.signal.aborted) await api.cancel(accepted.id);
      await this.finish(await followSimulation(api, accepted.id, (progress) => this.tell(progress), control.signal));
    } catch (error) {
      if (control !== this.following) return;
      if (control.signal.aborted) this.patch({ phase: "cancelled" });
      else this.patch({ phase: "failed", problem: problemFrom(error) });
    }
  }

  private tell(progress: Progress): void {
    const { phase } = this.session.store.state.run;
    this.patch({ progress, phase: phase === "stopping" ? phase : progress.stage === "queued" ? "queued" : "running" });
  }

  private async finish(simulation: Simulation): Promise<void> {
    const { store, api } = this.session;
    this.patch({ simulation });
    if (simulation.status === "failed") this.patch({ phase: "failed", problem: simulation.problem });
    else if (simulation.status === "cancelled") this.patch({ phase: "cancelled" });
    else {
      const results = await api.results(simulation.id);
      this.patch({ phase: "succeeded" });
      store.set({ results, resultsId: simulation.id, resultsAreOld: false, shownKey: results.outputs[0]?.key ?? null, tab: "results" });
    }
  }

  /** Asks the server to stop; before the server knows of the run the upload itself is broken off. */
  async stop(): Promise<void> {
    const { store, api } = this.session;
    const { simulation, phase } = store.state.run;
    if (!isRunning(store.state.run) || phase === "stopping") return;
    if (!simulation || phase === "uploading") return this.following?.abort();
    this.patch({ phase: "stopping" });
    await this.session.attempt(() => api.cancel(simulation.id));
  }

  /** Stops following a run of a workbook that is no longer open. */
  forget(): void {
    const control = this.following;
    this.following = null;
    control?.abort();
  }

  /** Writes the report into the workbook itself. */
  async writeSheet(): Promise<void> {
    const { store, host } = this.session;
    const { results } = store.state;
    if (!results) return;
    await this.session.attempt(async () => {
      this.isWriting = true;
      try {
        const name = await host.replaceSheet(RESULTS_SHEET, resultsTable(results));
        store.set({ notice: { intent: "success", text: `The results are on the sheet "${name}".` } });
      } finally {
        this.isWriting = false;
      }
    }, "Writing the sheet…");
  }

  /** Offers the server's file: the workbook with report sheets, or the table of all iterations. */
  async download(format: "csv" | "xlsx"): Promise<void> {
    const { store, host, api } = this.session;
    const { simulation } = store.state.run;
    if (!simulation) return;
    await this.session.attempt(async () => {
      const { name, content } = await api.resultsFile(simulation.id, format);
      await host.saveFile(name, content, api.resultsUrl(simulation.id, format));
    }, "Preparing the file…");
  }
}
