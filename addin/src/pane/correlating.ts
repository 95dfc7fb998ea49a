// Writing correlations: the matrix in the sheet, and MC.CORRELATE in each input.

import { printAddress, type CellAddress, type RangeAddress } from "../excel/addresses";
import { printLaw, readModelCalls, type LawCall } from "../excel/formula/model";
import { replaceSpan } from "../excel/formula/calls";
import { quote } from "../excel/formula/tokens";
import { HostError, type CellInput, type CellWrite, type WorkbookHost } from "../excel/host";
import { absolute, BY_MATRIX, groupLabel, type CorrelationGroup, type OpenGroup, type PairCells, type Triangle } from "./correlationGroups";
import { cellLabel, type Session } from "./session";
import type { ModelInput } from "./state";

const FREE_TRIES = 60;

/** What the editor hands over to be written. */
export interface CorrelationDraft {
  /** Inputs by row of the matrix; null for a row without one. */
  readonly rows: readonly (ModelInput | null)[];
  readonly texts: Triangle;
  /** The group that is edited; null for a new one. */
  readonly group: OpenGroup | null;
  /** A matrix that a new group shares as an instance of its own. */
  readonly shared: { readonly group: OpenGroup; readonly instance: string } | null;
}

export const nameOfInput = ({ call, address }: ModelInput): string => call.name ?? cellLabel(address);
export const idOfInput = ({ call, address }: ModelInput): string => `${cellLabel(address)}:${call.start}`;

/** The number in a field: blank is 0. NaN for what is no correlation. */
export function correlationOf(text: string): number {
  const bare = text.trim().replace("−", "-");
  const value = bare === "" ? 0 : Number(bare);
  return Math.abs(value) <= 1 ? value : Number.NaN;
}

/** A triangle of zeros, or with the numbers that were there before for inputs that stay. */
export function resized(old: Triangle, kept: readonly number[]): string[][] {
  return kept.map((from, row) => kept.slice(0, row).map((other) => {
    if (from < 0 || other < 0) return "0";
    return old[Math.max(from, other)]?.[Math.min(from, other)] ?? "0";
  }));
}

/** Rows with ones on the diagonal and nulls above; null while a field holds no correlation. */
export function matrixOf(texts: Triangle): (number | null)[][] | null {
  const rows = texts.map((row, index) => texts.map((_, column) => (column > index ? null : column === index ? 1 : correlationOf(row[column] ?? ""))));
  return rows.flat().some(Number.isNaN) ? null : rows;
}

export function triangleOf(matrix: readonly (readonly number[])[]): string[][] {
  return matrix.map((row, index) => row.slice(0, index).map((value) => String(value)));
}

/** The first field that holds no correlation, by row and column. */
export function wrongField(texts: Triangle): { readonly row: number; readonly column: number; readonly text: string } | null {
  for (const [row, line] of texts.entries()) {
    for (const [column, text] of line.entries()) if (Number.isNaN(correlationOf(text))) return { row, column, text };
  }
  return null;
}

/** An empty block for a matrix with names beside it, to the right of the inputs. */
async function freePlace(host: WorkbookHost, members: readonly ModelInput[]): Promise<CellAddress> {
  const sheet = members[0]?.address.sheet ?? "";
  const here = members.filter(({ address }) => address.sheet === sheet);
  const row = Math.min(...here.map(({ address }) => address.row));
  const first = Math.max(...here.map(({ address }) => address.column)) + 2;
  for (let column = first; column < first + FREE_TRIES; column += 1) {
    const block = { sheet, top: row, left: column, bottom: row + members.length, right: column + members.length };
    const inputs = await host.readInputs(block);
    if (inputs.flat().every((input) => input === null || input === "")) return { sheet, row, column };
  }
  throw new HostError(`There is no room for ${members.length + 1} rows and columns to the right of ${members.map(({ address }) => cellLabel(address)).join(", ")}. Empty some cells there and try again.`);
}

function printTied(call: LawCall, tie: { property: string; arguments: readonly string[] } | null): string {
  const others = call.properties.filter(({ name }) => !BY_MATRIX.includes(name));
  const properties = tie ? [...others, { name: tie.property, arguments: tie.arguments }] : others;
  return printLaw(call.law, call.parameters, { name: call.name, nameFormula: call.nameFormula, properties, byPercentiles: call.byPercentiles });
}

/** Formulas on their way into the sheet: a cell may hold several calls that change. */
class Rewriting {
  private readonly formulas = new Map<string, { address: CellAddress; formula: string }>();

  constructor(private readonly host: WorkbookHost) {}

  /** The call's formula in its cell now; calls of a cell keep their order when one of them gets longer. */
  async change(input: ModelInput, print: (call: LawCall) => string): Promise<void> {
    const place = cellLabel(input.address);
    const ordinal = readModelCalls(input.formula).laws.findIndex(({ start }) => start === input.call.start);
    const formula: CellInput = this.formulas.get(place)?.formula ?? (await this.host.readCell(input.address)).input;
    const call = readModelCalls(formula).laws[ordinal];
    if (!call || typeof formula !== "string" || call.law !== input.call.law) throw new HostError(`${place} was changed meanwhile. Close the editor and open it again.`);
    this.formulas.set(place, { address: input.address, formula: replaceSpan(formula, call, print(call)) });
  }

  writes(): CellWrite[] {
    return [...this.formulas.values()].map(({ address, formula }) => ({ address, input: formula }));
  }
}

function newMatrix({ sheet, row: top, column: left }: CellAddress, members: readonly ModelInput[], rows: readonly (readonly (number | null)[])[]): CellWrite[] {
  return members.flatMap((member, index) => [
    { address: { sheet, row: top, column: left + 1 + index }, input: nameOfInput(member) },
    { address: { sheet, row: top + 1 + index, column: left }, input: nameOfInput(member) },
    ...(rows[index] ?? []).flatMap((value, column) => (value === null ? [] : [{ address: { sheet, row: top + 1 + index, column: left + 1 + column }, input: value }])),
  ]);
}

const isFormula = (input: CellInput): boolean => typeof input === "string" && input.startsWith("=");

/** The cells that a changed pair is written into: those in use, and of formulas only where no constant leads them. */
function cellsOf({ range, pairs }: OpenGroup, { row, column, lower, upper }: PairCells): CellAddress[] {
  const below = { sheet: range.sheet, row: range.top + row, column: range.left + column };
  const above = { sheet: range.sheet, row: range.top + column, column: range.left + row };
  const used = [[below, lower] as const, [above, upper] as const].filter(([, input]) => input !== null);
  if (!used.length) return pairs.some((pair) => pair.lower !== null) || !pairs.some((pair) => pair.upper !== null) ? [below] : [above];
  const constants = used.filter(([, input]) => !isFormula(input));
  return (constants.length ? constants : used).map(([address]) => address);
}

/** What a changed triangle writes into the matrix that is there. */
export function changedCells(group: OpenGroup, texts: Triangle): CellWrite[] {
  return group.pairs.flatMap((pair) => {
    const text = texts[pair.row]?.[pair.column] ?? "";
    const wanted = correlationOf(text);
    const bothHold = typeof pair.lower === "number" && typeof pair.upper === "number" && pair.lower !== pair.upper && pair.lower !== 0 && pair.upper !== 0;
    const isSame = text === group.texts[pair.row]?.[pair.column] && !bothHold && typeof pair.value === "number";
    const isBlank = pair.value === null && pair.lower === null && pair.upper === null && wanted === 0;
    return isSame || isBlank ? [] : cellsOf(group, pair).map((address) => ({ address, input: wanted }));
  });
}

// A formula on one side may follow the other side or not; one that doesn't would leave the pair in two minds.
async function settleFormulas(host: WorkbookHost, { range, pairs }: OpenGroup, texts: Triangle): Promise<CellWrite[]> {
  const mixed = pairs.filter(({ lower, upper }) => isFormula(lower) || isFormula(upper));
  if (!mixed.length) return [];
  const values = await host.readValues(range);
  return mixed.flatMap(({ row, column, lower, upper }) => {
    const wanted = correlationOf(texts[row]?.[column] ?? "");
    const sides = [[row, column, lower] as const, [column, row, upper] as const];
    const stale = sides.filter(([r, c, input]) => isFormula(input) && Math.abs(Number(values[r]?.[c]) - wanted) > 1e-9);
    return stale.map(([r, c]) => ({ address: { sheet: range.sheet, row: range.top + r, column: range.left + c }, input: wanted }));
  });
}

/** The names beside a matrix that the pane wrote, and its numbers; null where something else stands there. */
async function oldBlock(host: WorkbookHost, { range, members }: OpenGroup): Promise<CellAddress[] | null> {
  const { sheet, top, left, bottom, right } = range;
  if (top < 2 || left < 2) return null;
  const block = { sheet, top: top - 1, left: left - 1, bottom, right };
  const inputs = await host.readInputs(block);
  const names = members.map(nameOfInput);
  const isOurs = inputs.every((line, row) => line.every((input, column) => {
    if (row && column) return input === null || typeof input === "number";
    return row + column === 0 ? input === null : input === names[Math.max(row, column) - 1];
  }));
  if (!isOurs) return null;
  return inputs.flatMap((line, row) => line.flatMap((input, column) => (input === null ? [] : [{ sheet, row: block.top + row, column: block.left + column }])));
}

const sameRows = (a: readonly (ModelInput | null)[], b: readonly (ModelInput | null)[]): boolean =>
  a.length === b.length && a.every((input, index) => (input ? idOfInput(input) : null) === (b[index] ? idOfInput(b[index]) : null));

/** Whether the group keeps its matrix, its inputs and their order. */
export const keepsPlace = ({ group, rows }: Pick<CorrelationDraft, "group" | "rows">): boolean => group !== null && sameRows(group.rows, rows);

async function changeNumbers({ host }: Session, group: OpenGroup, texts: Triangle): Promise<string> {
  await host.writeCells(changedCells(group, texts));
  const rest = await settleFormulas(host, group, texts);
  if (rest.length) await host.writeCells(rest);
  return groupLabel(group);
}

/** The old matrix goes where nothing else uses it and the pane wrote it; the message says when it stays. */
async function leaveOld(session: Session, group: OpenGroup): Promise<{ writes: CellWrite[]; text: string }> {
  const others = session.store.state.correlations.filter((other) => other.key !== group.key && other.range && absolute(other.range) === absolute(group.range));
  const old = others.length ? null : await oldBlock(session.host, group);
  if (old) return { writes: old.map((address) => ({ address, input: null })), text: "" };
  return { writes: [], text: others.length ? "" : ` The earlier matrix stays at ${groupLabel(group)}; nothing hangs on it any more.` };
}

async function moveGroup(session: Session, { rows, texts, group }: CorrelationDraft): Promise<{ range: RangeAddress; text: string }> {
  const { host } = session;
  const members = rows.flatMap((input) => input ?? []);
  const matrix = matrixOf(texts) ?? [];
  const { sheet, row, column } = await freePlace(host, members);
  const range = { sheet, top: row + 1, left: column + 1, bottom: row + members.length, right: column + members.length };
  const rewriting = new Rewriting(host);
  const tie = (index: number): { property: string; arguments: string[] } => ({ property: group?.property ?? "CORRELATE", arguments: [absolute(range), String(index + 1), ...(group?.further ?? [])] });
  for (const [index, member] of members.entries()) await rewriting.change(member, (call) => printTied(call, tie(index)));
  const stay = new Set(members.map(idOfInput));
  for (const member of group?.members ?? []) if (!stay.has(idOfInput(member))) await rewriting.change(member, (call) => printTied(call, null));
  const left = group ? await leaveOld(session, group) : { writes: [], text: "" };
  await host.writeCells([...left.writes, ...newMatrix({ sheet, row, column }, members, matrix), ...rewriting.writes()]);
  return { range, text: left.text };
}

async function addInstance({ host }: Session, rows: readonly (ModelInput | null)[], { group, instance }: NonNullable<CorrelationDraft["shared"]>): Promise<void> {
  const rewriting = new Rewriting(host);
  const written = /^\d+$/.test(instance.trim()) ? instance.trim() : quote(instance.trim());
  const further = group.property === "COPULAT" ? [group.further[0] ?? "", written] : [written];
  for (const [index, member] of rows.entries()) {
    if (member) await rewriting.change(member, (call) => printTied(call, { property: group.property, arguments: [absolute(group.range), String(index + 1), ...further] }));
  }
  await host.writeCells(rewriting.writes());
}

/** Writes the matrix and ties the inputs to it; a group that stays as it was keeps its place in the sheet. */
export async function saveCorrelation(session: Session, draft: CorrelationDraft): Promise<void> {
  const { rows, texts, group, shared } = draft;
  const count = rows.filter(Boolean).length;
  if (!matrixOf(texts) || count < 2) return;
  await session.attempt(async () => {
    const said = { where: "", text: "" };
    if (shared) {
      await addInstance(session, rows, shared);
      said.where = printAddress({ sheet: shared.group.range.sheet, row: shared.group.range.top, column: shared.group.range.left });
    } else if (group && keepsPlace(draft)) {
      await changeNumbers(session, group, texts);
      said.where = printAddress({ sheet: group.range.sheet, row: group.range.top, column: group.range.left });
    } else {
      const { range, text } = await moveGroup(session, draft);
      Object.assign(said, { text, where: printAddress({ sheet: range.sheet, row: range.top, column: range.left }) });
    }
    await session.scan();
    session.store.set({ editor: null, notice: { intent: "success", text: `${said.text}${count} inputs follow the matrix at`, cells: [said.where] } });
  }, "Writing the matrix…");
}

/** Unties the inputs of a group. */
export async function removeCorrelation(session: Session, group: OpenGroup): Promise<void> {
  await session.attempt(async () => {
    const rewriting = new Rewriting(session.host);
    for (const member of group.members) await rewriting.change(member, (call) => printTied(call, null));
    const { writes, text } = await leaveOld(session, group);
    await session.host.writeCells([...writes, ...rewriting.writes()]);
    await session.scan();
    session.store.set({ editor: null, notice: { intent: "success", text: `${group.members.length} inputs are no longer correlated. ${text}`.trim() } });
  }, "Taking the correlation away…");
}

/** The matrix's group with its range; null for one that the pane cannot show. */
export const showable = (group: CorrelationGroup): (CorrelationGroup & { readonly range: RangeAddress }) | null =>
  (group.problem === null && group.range ? { ...group, range: group.range } : null);

/** A number that no instance of this matrix has yet. */
export function freeInstance(groups: readonly CorrelationGroup[], group: CorrelationGroup): string {
  const used = new Set(groups.filter((other) => other.range && group.range && absolute(other.range) === absolute(group.range)).flatMap(({ further }) => further.map((text) => text.replaceAll('"', ""))));
  return String(Array.from({ length: used.size + 2 }, (_, index) => index + 2).find((number) => !used.has(String(number))) ?? 2);
}

/** Inputs that lie in a range of the sheet. */
export function inputsIn(inputs: readonly ModelInput[], range: RangeAddress): ModelInput[] {
  return inputs.filter(({ address: { sheet, row, column } }) => sheet.toLowerCase() === range.sheet.toLowerCase() && row >= range.top && row <= range.bottom && column >= range.left && column <= range.right);
}

export { absolute, type Triangle };
