// Analyses as jobs on the server: asked for, followed, stopped, and found again after the pane was closed.

import { followSimulation } from "../api/follow";
import type { GoalSeekResult, Progress, Simulation } from "../api/messages";
import { parseAddress } from "../excel/addresses";
import { HostError } from "../excel/host";
import { analysisOf, analysisProblems, choicesOf, titleOf, type AnalysisForm, type AnalysisRecord, type AnalysisState } from "./analysisForm";
import { analysisTable, sheetNameOf } from "./analysisSheet";
import { formatNumber } from "./numbers";
import { settingsProblems } from "./runs";
import { cellLabel, problemFrom, type Session } from "./session";
import { isRunning, NO_ANALYSIS, NO_RUN, type RunState } from "./state";

const PLACE = "montecell.analyses";
const MOST_RECORDS = 30;

/** What remembers the jobs between two openings of the pane: the browser's local storage. */
export type Memory = Pick<Storage, "getItem" | "setItem">;

// A browser that forbids storage remembers for as long as the pane is open.
function browserMemory(): Memory {
  const kept = new Map<string, string>();
  const forgetful: Memory = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => { kept.set(key, value); } };
  try {
    return typeof localStorage === "undefined" ? forgetful : localStorage;
  } catch {
    return forgetful;
  }
}

const isRecord = (value: unknown): value is AnalysisRecord => {
  const { id, workbook, title, started } = (value ?? {}) as Partial<Record<keyof AnalysisRecord, unknown>>;
  return [id, workbook, title, started].every((field) => typeof field === "string");
};

export class Analyses {
  private following: AbortController | null = null;

  constructor(private readonly session: Session, private readonly memory: Memory = browserMemory()) {}

  private get state(): AnalysisState {
    return this.session.store.state.analysis;
  }

  private patch(part: Partial<AnalysisState>): void {
    this.session.store.set({ analysis: { ...this.state, ...part } });
  }

  private patchRun(run: Partial<RunState>): void {
    this.patch({ run: { ...this.state.run, ...run } });
  }

  // -- memory -------------------------------------------------------------------------------------------------------

  private remembered(): AnalysisRecord[] {
    try {
      const records: unknown = JSON.parse(this.memory.getItem(PLACE) ?? "[]");
      return Array.isArray(records) ? records.filter(isRecord) : [];
    } catch {
      return [];
    }
  }

  private remember(records: readonly AnalysisRecord[]): void {
    try {
      this.memory.setItem(PLACE, JSON.stringify(records.slice(0, MOST_RECORDS)));
    } catch {
      // A full or forbidden storage forgets; the job itself goes on.
    }
    const workbook = this.session.host.workbookName();
    this.patch({ records: records.filter((record) => record.workbook === workbook) });
  }

  private update(record: AnalysisRecord): void {
    const others = this.remembered().filter(({ id }) => id !== record.id);
    this.remember([record, ...others].toSorted((a, b) => b.started.localeCompare(a.started)));
    if (this.state.current?.id === record.id) this.patch({ current: record });
  }

  /** Takes a job off the list; on the server it stays. */
  drop(record: AnalysisRecord): void {
    this.remember(this.remembered().filter(({ id }) => id !== record.id));
    if (this.state.current?.id === record.id && !isRunning(this.state.run)) this.patch({ current: null, result: null, run: NO_RUN });
  }

  /** Lists the jobs of this workbook and goes on with one that was under way. */
  async resume(): Promise<void> {
    this.remember(this.remembered());
    const open = this.state.records.find(({ isOver }) => !isOver);
    if (open && !isRunning(this.state.run)) await this.open(open);
  }

  // -- asking -------------------------------------------------------------------------------------------------------

  change(part: Partial<AnalysisForm>): void {
    this.patch({ form: { ...this.state.form, ...part } });
  }

  /** Takes the selected cell as the one that a goal seek changes, with ends around its number. */
  async useSelection(): Promise<void> {
    await this.session.attempt(async () => {
      const cell = await this.session.readSelection();
      if (!cell) throw new HostError("Select the cell of a number in the sheet first.");
      const { address, input } = cell;
      const name = cellLabel(address);
      if (typeof input !== "number") {
        const held = input === null || input === "" ? "is empty" : typeof input === "string" && input.startsWith("=") ? "holds a formula" : `holds “${String(input)}”`;
        throw new HostError(`${name} ${held}; a goal seek changes the cell of a number. Select another.`);
      }
      const ends = [input * 0.5, input * 1.5].toSorted((a, b) => a - b).map((end) => String(Number(end.toPrecision(6))));
      this.change({ cell: name, ...(input === 0 ? {} : { low: ends[0] ?? "", high: ends[1] ?? "" }) });
    });
  }

  /** Uploads the workbook and asks for the analysis of the form; nothing happens while the form is wrong or one is under way. */
  async start(): Promise<void> {
    const { store, host, api } = this.session;
    const { form, run } = this.state;
    const choices = choicesOf(store.state);
    if (isRunning(run) || Object.keys(analysisProblems(form, choices)).length || Object.keys(settingsProblems(store.state.settings)).length) return;
    const control = this.follow();
    this.patch({ run: { ...NO_RUN, phase: "uploading" }, current: null, result: null, isOld: false });
    try {
      const analysis = analysisOf(form, choices, store.state.selection?.address.sheet ?? "");
      const stored = await api.storeWorkbook(await host.readWorkbook(), control.signal);
      host.workbookStored(stored.id);
      control.signal.throwIfAborted();
      const { iterations, sampling, seed } = store.state.settings;
      // Designed runs have their own length and points.
      const spec = analysis.kind === "sensitivity" ? { seed } : { iterations, sampling, seed };
      const accepted = await api.analyse(stored.id, spec, analysis, crypto.randomUUID());
      const record: AnalysisRecord = { id: accepted.id, workbook: host.workbookName(), title: titleOf(analysis, choices), started: new Date().toISOString(), isOver: false };
      this.patch({ current: record });
      this.update(record);
      if (control.signal.aborted) await api.cancel(accepted.id);
      await this.toTheEnd(record, accepted, control);
    } catch (error) {
      this.failed(error, control);
    }
  }

  private follow(): AbortController {
    const control = new AbortController();
    this.following = control;
    return control;
  }

  private failed(error: unknown, control: AbortController): void {
    if (control !== this.following) return;
    if (control.signal.aborted) this.patchRun({ phase: "cancelled" });
    else this.patchRun({ phase: "failed", problem: problemFrom(error) });
  }

  /** Shows a job of the list: its progress, what it found, or why it found nothing. */
  async open(record: AnalysisRecord): Promise<void> {
    if (isRunning(this.state.run)) return;
    const control = this.follow();
    this.patch({ current: record, result: null, isOld: false, run: { ...NO_RUN, phase: "queued" } });
    try {
      const simulation = await this.session.api.simulation(record.id, control.signal);
      await this.toTheEnd(record, simulation, control);
    } catch (error) {
      const problem = problemFrom(error);
      if (problem.status === 404) this.drop(record);
      this.failed(error, control);
    }
  }

  private async toTheEnd(record: AnalysisRecord, simulation: Simulation, control: AbortController): Promise<void> {
    const { api } = this.session;
    const isOver = !["queued", "running"].includes(simulation.status);
    this.patchRun({ phase: isOver ? "running" : "queued", simulation, progress: simulation.progress });
    const ended = isOver ? simulation : await followSimulation(api, record.id, (progress) => this.tell(progress), control.signal);
    if (control !== this.following) return;
    this.patchRun({ simulation: ended });
    if (ended.status === "succeeded") {
      const result = await api.analysisResult(record.id);
      if (control !== this.following) return;
      this.patch({ result });
    }
    this.update({ ...record, isOver: true });
    if (ended.status === "failed") this.patchRun({ phase: "failed", problem: ended.problem });
    else this.patchRun({ phase: ended.status === "succeeded" ? "succeeded" : "cancelled" });
  }

  private tell(progress: Progress): void {
    const { phase } = this.state.run;
    this.patchRun({ progress, phase: phase === "stopping" ? phase : progress.stage === "queued" ? "queued" : "running" });
  }

  /** Asks the server to stop; before it knows of the job the upload itself is broken off. */
  async stop(): Promise<void> {
    const { simulation, phase } = this.state.run;
    if (!isRunning(this.state.run) || phase === "stopping") return;
    if (!simulation || phase === "uploading") return this.following?.abort();
    this.patchRun({ phase: "stopping" });
    await this.session.attempt(() => this.session.api.cancel(simulation.id));
  }

  /** Stops following what belongs to a workbook that is no longer open. */
  forget(): void {
    const control = this.following;
    this.following = null;
    control?.abort();
    this.patch(NO_ANALYSIS);
  }

  /** The sheets have changed since the shown result was computed. */
  grewOld(): void {
    if (this.state.result && !this.state.isOld) this.patch({ isOld: true });
  }

  // -- using the result ---------------------------------------------------------------------------------------------

  /** Writes the value that a goal seek found into its cell. */
  async useValue({ cell, value }: GoalSeekResult): Promise<void> {
    const { host, store } = this.session;
    const address = parseAddress(cell, "");
    if (!address || value === null) return;
    await this.session.attempt(async () => {
      const held = await host.readCell(address);
      if (typeof held.input === "string" && held.input.startsWith("=")) throw new HostError(`${cell} holds a formula now: ${held.input}. Take it away, or run the search for another cell.`);
      await host.writeCell(address, value);
      store.set({ notice: { intent: "success", text: `${formatNumber(value)} stands in place of ${held.value === null ? "an empty cell" : formatNumber(Number(held.value))} in`, cells: [cell] } });
    });
  }

  /** Writes what is shown onto a sheet of the workbook. */
  async writeSheet(): Promise<void> {
    const { host, store, runs } = this.session;
    const { result, current } = this.state;
    if (!result || !current) return;
    await this.session.attempt(async () => {
      runs.isWriting = true;
      try {
        const name = await host.replaceSheet(sheetNameOf(result), analysisTable(result, current.title));
        store.set({ notice: { intent: "success", text: `The results are on the sheet "${name}".` } });
      } finally {
        runs.isWriting = false;
      }
    }, "Writing the sheet…");
  }
}
