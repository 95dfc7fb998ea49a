// Inputs tied by a correlation matrix: the matrix in the sheet, and MC.CORRELATE in each of them.

import { cellName, parseRange, printAddress, quoteSheet, type CellAddress, type RangeAddress } from "../excel/addresses";
import { printLaw, readModelCalls, type LawCall } from "../excel/formula/model";
import { replaceSpan } from "../excel/formula/calls";
import { HostError, type WorkbookHost } from "../excel/host";
import { cellLabel, type Session } from "./session";
import type { ModelInput } from "./state";

/** Lower triangle by rows: `texts[i][j]` for j < i is the field of inputs i and j. */
export type Triangle = readonly (readonly string[])[];

export interface CorrelationGroup {
  readonly members: readonly ModelInput[];
  readonly range: RangeAddress;
  readonly texts: Triangle;
}

const MATRIX = ["CORRELATE", "CORRMAT"];
const FREE_TRIES = 60;

export const nameOfInput = ({ call, address }: ModelInput): string => call.name ?? cellLabel(address);

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

/** `Inputs!$H$2:$J$4`. */
export function absolute({ sheet, top, left, bottom, right }: RangeAddress): string {
  const fixed = (row: number, column: number): string => cellName(row, column).replace(/^([A-Z]+)(\d+)$/, "$$$1$$$2");
  return `${quoteSheet(sheet)}!${fixed(top, left)}:${fixed(bottom, right)}`;
}

function placeOf(input: ModelInput): { range: RangeAddress; position: number } | null {
  const tie = input.call.properties.find(({ name }) => MATRIX.includes(name));
  const range = tie ? parseRange((tie.arguments[0] ?? "").replaceAll("$", ""), input.address.sheet) : null;
  const position = Number(tie?.arguments[1]);
  return range && Number.isInteger(position) ? { range, position } : null;
}

/** The first group that the formulas of the model tie together; null where there is none. */
export async function firstGroup(host: WorkbookHost, inputs: readonly ModelInput[]): Promise<CorrelationGroup | null> {
  const tied = inputs.flatMap((input) => {
    const place = placeOf(input);
    return place ? [{ input, ...place }] : [];
  });
  const range = tied[0]?.range;
  if (!range) return null;
  const size = range.bottom - range.top + 1;
  const mine = tied.filter((each) => absolute(each.range) === absolute(range)).toSorted((a, b) => a.position - b.position);
  if (mine.length !== size || mine.some(({ position }, index) => position !== index + 1)) return null;
  const values = await host.readValues(range);
  const at = (row: number, column: number): string => String(values[row]?.[column] ?? values[column]?.[row] ?? 0);
  return { members: mine.map(({ input }) => input), range, texts: mine.map((_, row) => mine.slice(0, row).map((__, column) => at(row, column))) };
}

/** An empty block for a matrix with names beside it, to the right of the inputs. */
async function freePlace(host: WorkbookHost, members: readonly ModelInput[]): Promise<CellAddress> {
  const sheet = members[0]?.address.sheet ?? "";
  const here = members.filter(({ address }) => address.sheet === sheet);
  const row = Math.min(...here.map(({ address }) => address.row));
  const first = Math.max(...here.map(({ address }) => address.column)) + 2;
  for (let column = first; column < first + FREE_TRIES; column += 1) {
    const block = { sheet, top: row, left: column, bottom: row + members.length, right: column + members.length };
    const values = await host.readValues(block);
    if (values.flat().every((value) => value === null || value === "")) return { sheet, row, column };
  }
  throw new HostError("There is no room for the matrix beside the inputs.");
}

function tiedCall(call: LawCall, reference: string, position: number): string {
  const others = call.properties.filter(({ name }) => !MATRIX.includes(name));
  const properties = [...others, { name: "CORRELATE", arguments: [reference, String(position)] }];
  return printLaw(call.law, call.parameters, { name: call.name, nameFormula: call.nameFormula, properties, byPercentiles: call.byPercentiles });
}

/** The call's formula in its cell now; calls of a cell keep their order when one of them gets longer. */
async function rewrite(host: WorkbookHost, input: ModelInput, print: (call: LawCall) => string): Promise<void> {
  const ordinal = readModelCalls(input.formula).laws.findIndex(({ start }) => start === input.call.start);
  const { input: formula } = await host.readCell(input.address);
  const call = readModelCalls(formula).laws[ordinal];
  if (!call || typeof formula !== "string" || call.law !== input.call.law) throw new HostError(`${cellLabel(input.address)} was changed meanwhile.`);
  await host.writeCell(input.address, replaceSpan(formula, call, print(call)));
}

async function writeMatrix(host: WorkbookHost, place: CellAddress, members: readonly ModelInput[], rows: readonly (readonly (number | null)[])[], named: boolean): Promise<void> {
  const { sheet, row: top, column: left } = place;
  for (const [index, member] of members.entries()) {
    if (named) {
      await host.writeCell({ sheet, row: top, column: left + 1 + index }, nameOfInput(member));
      await host.writeCell({ sheet, row: top + 1 + index, column: left }, nameOfInput(member));
    }
    for (const [column, value] of (rows[index] ?? []).entries()) {
      if (value !== null) await host.writeCell({ sheet, row: top + 1 + index, column: left + 1 + column }, value);
    }
  }
}

/** Writes the matrix and ties the inputs to it; a group that stays as it was keeps its place in the sheet. */
export async function saveCorrelation(session: Session, members: readonly ModelInput[], texts: Triangle, group: CorrelationGroup | null): Promise<void> {
  const { host } = session;
  const rows = matrixOf(texts);
  if (!rows || members.length < 2) return;
  await session.attempt(async () => {
    const stays = group !== null && group.members.length === members.length && group.members.every((member, index) => member === members[index]);
    const place = stays ? { sheet: group.range.sheet, row: group.range.top - 1, column: group.range.left - 1 } : await freePlace(host, members);
    const { sheet, row, column } = place;
    const range = stays ? group.range : { sheet, top: row + 1, left: column + 1, bottom: row + members.length, right: column + members.length };
    await writeMatrix(host, place, members, stays ? rows.map((line, index) => line.slice(0, index)) : rows, !stays);
    if (!stays) for (const [index, member] of members.entries()) await rewrite(host, member, (call) => tiedCall(call, absolute(range), index + 1));
    const where = printAddress({ sheet, row: range.top, column: range.left });
    session.store.set({ editor: null, notice: { intent: "success", text: `${members.length} inputs follow the matrix at`, cells: [where] } });
    await session.scan();
  }, "Writing the matrix…");
}
