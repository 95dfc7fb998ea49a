// Fitting, from the press of the button to the formula in a cell.

import type { CellAddress } from "../excel/addresses";
import { HostError } from "../excel/host";
import type { FittedLaw } from "../api/messages";
import { elicitationRequest, FIRST_FIT, fitProblems, fitRequest, formulaOf, withMetalog, type FitForm, type FitOutcome, type FitState } from "./fitForm";
import { readSample } from "./sample";
import { cellLabel, problemFrom, type Session } from "./session";

export class Fits {
  private working: AbortController | null = null;

  constructor(private readonly session: Session) {}

  private get state(): FitState {
    return this.session.store.state.fit;
  }

  private patch(part: Partial<FitState>): void {
    this.session.store.set({ fit: { ...this.state, ...part } });
  }

  /** Opens the form; data that are selected in the sheet are offered. */
  async open(): Promise<void> {
    const { store, host } = this.session;
    const selected = await host.getSelectedRange().catch(() => null);
    if (selected && selected.bottom - selected.top + selected.right - selected.left >= 2) await this.useSelection();
    store.set({ tab: "model", editor: { kind: "fit" }, notice: null });
  }

  change(part: Partial<FitForm>): void {
    this.patch({ form: { ...this.state.form, ...part } });
  }

  choose(part: Pick<Partial<FitState>, "rankBy" | "chosen" | "name">): void {
    this.patch({ ...part, inserted: null });
  }

  /** Takes the range that is selected in the sheet as the data. */
  async useSelection(): Promise<void> {
    await this.session.attempt(async () => {
      const { sheet, top, left, bottom, right } = await this.session.host.getSelectedRange();
      const [first, last] = [cellLabel({ sheet, row: top, column: left }), cellLabel({ sheet: "", row: bottom, column: right })];
      this.change({ data: top === bottom && left === right ? first : `${first}:${last}` });
    });
  }

  /** Fits, unless the form is wrong; what was found before stays until there is something new. */
  async run(): Promise<void> {
    const { form, phase } = this.state;
    if (phase === "working" || Object.keys(fitProblems(form)).length) return;
    const control = new AbortController();
    this.working = control;
    this.patch({ phase: "working", problem: null, inserted: null });
    try {
      const outcome = form.source === "data" ? await this.fitData(form, control.signal) : await this.elicit(form, control.signal);
      if (control !== this.working) return;
      const [best] = outcome.fits;
      if (!best) throw new HostError("No law fits. Look at the limits, or give other data.");
      this.patch({ phase: "done", outcome, rankBy: form.source === "data" ? "aic" : "rms_error", chosen: best.law, name: this.state.name || outcome.sample?.heading || "" });
    } catch (error) {
      if (control !== this.working) return;
      this.patch(control.signal.aborted ? { phase: this.state.outcome ? "done" : "idle" } : { phase: "failed", problem: problemFrom(error).detail });
    }
  }

  private async fitData(form: FitForm, signal: AbortSignal): Promise<FitOutcome> {
    const { session } = this;
    const sample = await readSample(session.host, form.data, session.store.state.selection?.address.sheet ?? "");
    const { fits, refused } = await session.api.fit(fitRequest(form, sample.values), signal);
    return { source: "data", sample, points: [], fits, refused, note: null };
  }

  private async elicit(form: FitForm, signal: AbortSignal): Promise<FitOutcome> {
    const request = elicitationRequest(form);
    const answer = await this.session.api.elicit(request, signal);
    return { source: "percentiles", sample: null, points: request.percentiles, fits: withMetalog(answer, request.percentiles), refused: answer.refused, note: answer.metalog_problem };
  }

  /** Breaks a fit off. */
  stop(): void {
    this.working?.abort();
  }

  /** Forgets what belonged to another workbook. */
  forget(): void {
    const control = this.working;
    this.working = null;
    control?.abort();
    this.session.store.set({ fit: FIRST_FIT });
  }

  /** Writes a law into a cell. */
  async insert(fit: FittedLaw, address: CellAddress): Promise<void> {
    const { session } = this;
    const formula = formulaOf(fit, this.state.name);
    await session.attempt(async () => {
      await session.host.writeCell(address, formula);
      await session.host.markCell(address, "input");
      await session.scan();
      this.patch({ inserted: { cell: cellLabel(address), formula } });
    }, "Writing the formula…");
  }
}
