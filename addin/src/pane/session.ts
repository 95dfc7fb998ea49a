// Everything a person can do with a model, whatever they press: the ribbon, a shortcut or the pane. No React in here: the
// shared runtime loads this with every workbook.

import { ApiError, type ApiClient } from "../api/client";
import type { Problem } from "../api/messages";
import { anchorOf, cellName, parseAddress, printAddress, sameCell, type CellAddress } from "../excel/addresses";
import { readModelCalls, withLaw, withOutput, withoutLaw, withoutOutput, type LawCall } from "../excel/formula/model";
import { HostError, type CellContent, type WorkbookHost } from "../excel/host";
import { Analyses, type Memory } from "./analysing";
import { inputsIn, showable } from "./correlating";
import { BY_MATRIX, openGroup, readGroups, type CorrelationGroup } from "./correlationGroups";
import { Fits } from "./fitting";
import { staticOf } from "./parameters";
import { Runs } from "./runs";
import { isRunning, NO_RUN, Store, type ModelInput, type ModelOutput, type Tab } from "./state";

/** Any failure as a problem that a person can read. */
export function problemFrom(error: unknown): Problem {
  if (error instanceof ApiError) return error.problem;
  const detail = error instanceof Error ? error.message : String(error);
  const code = error instanceof HostError ? "host.refused_action" : "pane.error";
  return { type: "about:blank", title: "That did not work", status: 0, detail, code };
}

function later(work: () => void, milliseconds: number): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(work, milliseconds);
  };
}

export class Session {
  readonly store = new Store();
  readonly runs: Runs;
  readonly fits: Fits;
  readonly analyses: Analyses;
  private scans = 0;

  constructor(readonly host: WorkbookHost, readonly api: ApiClient, memory?: Memory) {
    this.runs = new Runs(this);
    this.fits = new Fits(this);
    this.analyses = new Analyses(this, memory);
  }

  /** Starts to follow the sheets. */
  start(): void {
    const scan = later(() => void this.scan(), 150);
    const follow = later(() => void this.readSelection(), 60);
    this.host.onSelectionChanged(follow);
    this.host.onCellsChanged(() => {
      const { results, run } = this.store.state;
      this.store.set({ checked: null, resultsAreOld: results !== null && !isRunning(run) && !this.runs.isWriting });
      if (!this.runs.isWriting) this.analyses.grewOld();
      scan();
      follow();
    });
    void this.scan();
    void this.readSelection();
    void this.analyses.resume();
  }

  /** Forgets what belonged to another workbook. */
  reset(): void {
    this.runs.forget();
    this.fits.forget();
    this.analyses.forget();
    this.store.set({ editor: null, checked: null, run: NO_RUN, results: null, resultsId: null, resultsAreOld: false, shownKey: null, notice: null, tab: "model" });
    void this.scan();
    void this.readSelection();
    void this.analyses.resume();
  }

  showTab(tab: Tab): void {
    this.store.set({ tab });
  }

  /** Does something that may fail, with the failure as a notice. */
  async attempt(work: () => Promise<void>, busy: string | null = null): Promise<void> {
    this.store.set({ notice: null, busy });
    try {
      await work();
    } catch (error) {
      const { detail, cells } = problemFrom(error);
      // What the sheets cannot do is advice, not a failure.
      const intent = error instanceof HostError ? "warning" : "error";
      this.store.set({ notice: { intent, text: detail, ...(cells ? { cells } : {}) } });
    } finally {
      this.store.set({ busy: null });
    }
  }

  async readSelection(): Promise<CellContent | null> {
    try {
      const selection = await this.host.readCell(anchorOf(await this.host.getSelection()));
      this.store.set({ selection });
      return selection;
    } catch {
      this.store.set({ selection: null });
      return null;
    }
  }

  /** Reads the inputs and outputs that the formulas of the workbook define. */
  async scan(): Promise<void> {
    const scan = (this.scans += 1);
    const cells = await this.host.findModelCells().catch(() => null);
    if (!cells || scan !== this.scans) return;
    const inputs: ModelInput[] = [];
    const outputs: ModelOutput[] = [];
    for (const { address, formula } of cells) {
      const { laws, output } = readModelCalls(formula);
      inputs.push(...laws.map((call) => ({ address, call, formula })));
      if (output) outputs.push({ address, name: output.name, formula });
    }
    const correlations = await readGroups(this.host, inputs);
    if (scan === this.scans) this.store.set({ inputs, outputs, correlations, scanned: true });
  }

  async loadLaws(): Promise<void> {
    if (this.store.state.laws) return;
    this.store.set({ lawsProblem: null });
    await this.api.laws().then(
      (laws) => this.store.set({ laws }),
      (error: unknown) => this.store.set({ lawsProblem: problemFrom(error).detail }),
    );
  }

  async select(cell: CellAddress | string): Promise<void> {
    const address = typeof cell === "string" ? parseAddress(cell, this.store.state.selection?.address.sheet ?? "") : cell;
    if (address) await this.attempt(() => this.host.selectCell(address));
  }

  // -- defining -----------------------------------------------------------------------------------------------------

  /** Opens the distribution editor for the selected cell, or for a given input. */
  async defineDistribution(input?: ModelInput): Promise<void> {
    await this.attempt(async () => {
      if (input) await this.host.selectCell(input.address);
      const cell = await this.host.readCell(input?.address ?? anchorOf(await this.host.getSelection()));
      const { laws } = readModelCalls(cell.input);
      const call = laws.find((candidate) => candidate.start === input?.call.start) ?? laws[0] ?? null;
      const isText = typeof cell.input === "string" && !cell.input.startsWith("=");
      if (isText) throw new HostError(`${cellLabel(cell.address)} holds text. Select the cell of a number.`);
      const suggestedName = call?.name ?? (await this.referredName(cell.address, call)) ?? (await this.labelBeside(cell.address));
      this.store.set({ tab: "model", editor: { kind: "distribution", cell, call, suggestedName } });
      void this.loadLaws();
    });
  }

  /** Opens the output editor for the selected cell. */
  async addOutput(output?: ModelOutput): Promise<void> {
    await this.attempt(async () => {
      if (output) await this.host.selectCell(output.address);
      const cell = await this.host.readCell(output?.address ?? anchorOf(await this.host.getSelection()));
      if (typeof cell.input !== "string" || !cell.input.startsWith("=")) {
        const holds = cell.input === null ? "is empty" : "holds a constant, which no simulation can move";
        throw new HostError(`${cellLabel(cell.address)} ${holds}. Select the cell of a formula, for example the profit.`);
      }
      const { output: mark } = readModelCalls(cell.input);
      const name = mark?.name ?? (await this.labelBeside(cell.address));
      this.store.set({ tab: "model", editor: { kind: "output", cell, name, marked: mark !== null } });
    });
  }

  /** Opens the matrix of a group, or of a new one for the inputs that are selected in the sheet. */
  async correlate(group: CorrelationGroup | null = null): Promise<void> {
    await this.attempt(async () => {
      const shown = group && showable(group);
      if (group && !shown) throw new HostError(group.problem ?? "The matrix cannot be shown.");
      const { inputs } = this.store.state;
      const range = shown ? null : await this.host.getSelectedRange().catch(() => null);
      const chosen = range ? inputsIn(inputs, range) : [];
      const untied = inputs.filter(({ call }) => !call.properties.some(({ name }) => BY_MATRIX.includes(name)));
      const preselected = chosen.length >= 2 ? chosen : untied.length <= 3 ? untied : [];
      this.store.set({ tab: "model", editor: { kind: "correlation", group: shown && (await openGroup(this.host, shown)), preselected } });
    });
  }

  // A call may take its name from the cell of a label.
  private async referredName({ sheet }: CellAddress, call: LawCall | null): Promise<string | null> {
    const address = call?.nameFormula ? parseAddress(call.nameFormula, sheet) : null;
    const value = address && (await this.host.readCell(address)).value;
    return typeof value === "string" ? value : null;
  }

  // The text to the left of a cell, or else above it, is what people call the cell.
  private async labelBeside({ sheet, row, column }: CellAddress): Promise<string> {
    const left = Math.max(1, column - 3);
    const beside = column > 1 ? await this.host.readValues({ sheet, top: row, bottom: row, left, right: column - 1 }) : [];
    const top = Math.max(1, row - 3);
    const above = row > 1 ? await this.host.readValues({ sheet, top, bottom: row - 1, left: column, right: column }) : [];
    const candidates = [...(beside[0] ?? []).toReversed(), ...above.flat().toReversed()];
    const label = candidates.find((value) => typeof value === "string" && value.trim() !== "" && !value.startsWith("#"));
    return typeof label === "string" ? label.trim().replace(/:$/, "") : "";
  }

  closeEditor(): void {
    this.store.set({ editor: null });
  }

  /** Writes a distribution into the cell of the editor; `text` is the call, for example `MC.NORMAL(100,10)`. */
  async saveDistribution(text: string): Promise<void> {
    const { editor } = this.store.state;
    if (editor?.kind !== "distribution") return;
    const { cell, call } = editor;
    await this.attempt(async () => {
      await this.host.writeCell(cell.address, withLaw(typeof cell.input === "string" ? cell.input : "", call, text));
      await this.host.markCell(cell.address, this.isOutput(cell.address) ? "output" : "input");
      this.store.set({ editor: null });
      await this.scan();
    });
  }

  private isOutput(address: CellAddress): boolean {
    return this.store.state.outputs.some((output) => sameCell(output.address, address));
  }

  /** Takes a distribution away; the cell, or that part of its formula, keeps the static value. */
  async removeDistribution(input: ModelInput): Promise<void> {
    await this.attempt(async () => {
      const cell = await this.host.readCell(input.address);
      const { laws, output } = readModelCalls(cell.input);
      const call = laws.find((candidate) => candidate.start === input.call.start);
      if (!call || typeof cell.input !== "string") throw new HostError(`${cellLabel(input.address)} was changed meanwhile.`);
      const value = await staticOf(this.host, input.address.sheet, call);
      if (value === null) throw new HostError(`The value of ${cellLabel(input.address)} is not known: change the formula in the sheet.`);
      await this.host.writeCell(input.address, withoutLaw(cell.input, call, value));
      if (laws.length === 1) await this.host.markCell(input.address, output ? "output" : null);
      this.store.set({ editor: null });
      await this.scan();
    });
  }

  async saveOutput(name: string): Promise<void> {
    const { editor } = this.store.state;
    if (editor?.kind !== "output" || typeof editor.cell.input !== "string") return;
    const { address, input } = editor.cell;
    await this.attempt(async () => {
      await this.host.writeCell(address, withOutput(String(input), name));
      await this.host.markCell(address, "output");
      this.store.set({ editor: null });
      await this.scan();
    });
  }

  async removeOutput(address: CellAddress): Promise<void> {
    await this.attempt(async () => {
      const { input } = await this.host.readCell(address);
      if (typeof input !== "string") throw new HostError(`${cellLabel(address)} was changed meanwhile.`);
      await this.host.writeCell(address, withoutOutput(input));
      await this.host.markCell(address, readModelCalls(input).laws.length ? "input" : null);
      this.store.set({ editor: null });
      await this.scan();
    });
  }

  /** Asks the server what it finds in the workbook: other products' functions too, and what it cannot evaluate. */
  async checkModel(): Promise<void> {
    this.store.set({ checking: true });
    await this.attempt(async () => {
      const stored = await this.api.storeWorkbook(await this.host.readWorkbook());
      this.host.workbookStored(stored.id);
      this.store.set({ checked: await this.api.model(stored.id) });
    });
    this.store.set({ checking: false });
  }
}

export function cellLabel(address: CellAddress): string {
  return address.sheet ? printAddress(address) : cellName(address.row, address.column);
}
