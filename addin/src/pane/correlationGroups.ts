// The correlation matrices that the formulas of the model name: which inputs hang on which, and what stands in the cells.

import { cellName, parseRange, printRange, quoteSheet, type RangeAddress } from "../excel/addresses";
import type { PropertyCall } from "../excel/formula/lawArguments";
import { stringLiteral } from "../excel/formula/lawArguments";
import type { CellInput, CellValue, WorkbookHost } from "../excel/host";
import type { ModelInput } from "./state";

/** Lower triangle by rows: `texts[i][j]` for j < i is the field of inputs i and j. */
export type Triangle = readonly (readonly string[])[];

/** Inputs that share a matrix and an instance of it. */
export interface CorrelationGroup {
  /** Equal for the same matrix, function and instance. */
  readonly key: string;
  /** The property that ties the inputs: CORRELATE, COPULAT. */
  readonly property: string;
  /** The matrix as the formulas write it. */
  readonly reference: string;
  readonly range: RangeAddress | null;
  /** The arguments after the position: the instance, the degrees of freedom. */
  readonly further: readonly string[];
  /** Inputs by row of the matrix; null for a row that no input takes. */
  readonly rows: readonly (ModelInput | null)[];
  readonly members: readonly ModelInput[];
  /** Why the pane cannot show the matrix; null where it can. */
  readonly problem: string | null;
}

/** The cells of two inputs' correlation, on both sides of the diagonal. */
export interface PairCells {
  readonly row: number;
  readonly column: number;
  readonly lower: CellInput;
  readonly upper: CellInput;
  /** What the engine reads; null for a pair blank on both sides. */
  readonly value: number | null;
}

/** A group with what its matrix holds. */
export interface OpenGroup extends CorrelationGroup {
  readonly range: RangeAddress;
  readonly texts: Triangle;
  readonly pairs: readonly PairCells[];
  /** What a person should know before changing the numbers. */
  readonly remarks: readonly string[];
}

/** Properties whose first argument is a matrix and whose second is a row of it. */
export const BY_MATRIX = ["CORRELATE", "CORRMAT", "COPULAGAUSS", "COPULAT"];
const LARGEST = 200;

const tieOf = ({ call }: ModelInput): PropertyCall | undefined => call.properties.find(({ name }) => BY_MATRIX.includes(name));

/** `Inputs!$H$2:$J$4`. */
export function absolute({ sheet, top, left, bottom, right }: RangeAddress): string {
  const fixed = (row: number, column: number): string => cellName(row, column).replace(/^([A-Z]+)(\d+)$/, "$$$1$$$2");
  return `${quoteSheet(sheet)}!${fixed(top, left)}:${fixed(bottom, right)}`;
}

export const placeOf = (input: ModelInput): string => `${quoteSheet(input.address.sheet)}!${cellName(input.address.row, input.address.column)}`;

/** What tells this group apart from others on the same matrix; null where nothing does. */
export function instanceOf({ property, further }: Pick<CorrelationGroup, "property" | "further">): string | null {
  const text = further[property === "COPULAT" ? 1 : 0]?.trim();
  return text ? (stringLiteral(text) ?? text) : null;
}

/** `Sheet1!H2:J4, instance 2`. */
export function groupLabel(group: CorrelationGroup): string {
  const instance = instanceOf(group);
  return `${group.range ? printRange(group.range) : group.reference}${instance ? `, instance ${instance}` : ""}`;
}

interface Tied {
  readonly input: ModelInput;
  readonly tie: PropertyCall;
  readonly range: RangeAddress | null;
}

async function rangeOf(host: WorkbookHost, reference: string, sheet: string): Promise<RangeAddress | null> {
  const range = parseRange(reference.replaceAll("$", ""), sheet);
  if (range) return range;
  return /^[\p{L}_\\][\p{L}\p{N}_.\\]*$/u.test(reference) ? host.resolveName(reference).catch(() => null) : null;
}

function problemOf(reference: string, range: RangeAddress | null, tied: readonly Tied[]): string | null {
  const first = tied[0];
  const where = first ? placeOf(first.input) : "";
  if (!range) return `${where} names the matrix as ${reference || "nothing"}, which is no range of cells or name of one. Change it in the formula.`;
  const size = range.bottom - range.top + 1;
  if (size !== range.right - range.left + 1) return `${printRange(range)} has ${size} rows and ${range.right - range.left + 1} columns. A matrix has as many columns as rows: change the range in ${where}.`;
  if (size > LARGEST) return `${printRange(range)} is larger than the ${LARGEST} rows that the pane shows. Change it in the sheet.`;
  const taken = new Map<number, string>();
  for (const { input, tie } of tied) {
    const position = Number(tie.arguments[1]);
    if (!Number.isInteger(position) || position < 1 || position > size) return `${placeOf(input)} takes row ${tie.arguments[1] || "(none)"} of ${printRange(range)}. Write a whole number from 1 to ${size} there.`;
    const other = taken.get(position);
    if (other) return `${other} and ${placeOf(input)} both take row ${position} of ${printRange(range)}. Give one of them another row, or another instance.`;
    taken.set(position, placeOf(input));
  }
  return null;
}

function made(key: string, tied: readonly Tied[]): CorrelationGroup {
  const { tie, range } = tied[0] as Tied;
  const [reference = "", , ...further] = tie.arguments;
  const problem = problemOf(reference, range, tied);
  const sorted = problem ? [...tied] : tied.toSorted((a, b) => Number(a.tie.arguments[1]) - Number(b.tie.arguments[1]));
  const size = range ? Math.min(range.bottom - range.top + 1, LARGEST) : 0;
  const rows = problem ? [] : Array.from({ length: size }, (_, index) => sorted.find((each) => Number(each.tie.arguments[1]) === index + 1)?.input ?? null);
  return { key, property: tie.name, reference, range, further, rows, members: sorted.map(({ input }) => input), problem };
}

/** All groups of the model, in the order in which the formulas name them. */
export async function readGroups(host: WorkbookHost, inputs: readonly ModelInput[]): Promise<CorrelationGroup[]> {
  const groups = new Map<string, Tied[]>();
  for (const input of inputs) {
    const tie = tieOf(input);
    if (!tie) continue;
    const [reference = "", , ...further] = tie.arguments;
    const range = await rangeOf(host, reference, input.address.sheet);
    const place = range ? absolute(range).toLowerCase() : `${input.address.sheet} ${reference}`.toLowerCase();
    const key = [tie.name === "COPULAT" ? "t" : "normal", place, ...further.map((text) => text.trim().toLowerCase())].join("|").replace(/\|+$/, "");
    groups.set(key, [...(groups.get(key) ?? []), { input, tie, range }]);
  }
  return [...groups].map(([key, tied]) => made(key, tied));
}

const numberIn = (value: CellValue | undefined): number | null => (typeof value === "number" ? value : null);

// A triangle padded with zeros is a triangle: the engine reads it so too.
function pairValue(lower: number | null, upper: number | null): number | null {
  if (lower === null || upper === null) return lower ?? upper;
  return lower === 0 ? upper : lower;
}

const isFormula = (input: CellInput): boolean => typeof input === "string" && input.startsWith("=");

function remarksOf(range: RangeAddress, pairs: readonly PairCells[], values: readonly (readonly CellValue[])[]): string[] {
  const name = (row: number, column: number): string => cellName(range.top + row, range.left + column);
  const found: string[] = [];
  for (const { row, column, lower, upper } of pairs) {
    const [below, above] = [values[row]?.[column], values[column]?.[row]];
    const wrong = [[row, column, below] as const, [column, row, above] as const].find(([, , value]) => typeof value === "string" && value.trim() !== "");
    if (wrong) found.push(`${name(wrong[0], wrong[1])} holds "${String(wrong[2])}", which is no correlation. Saving writes the number that stands here.`);
    else if (typeof below === "number" && typeof above === "number" && below !== above && below !== 0 && above !== 0) {
      found.push(`${name(row, column)} holds ${below} and ${name(column, row)} ${above}, though they are the same pair. Saving writes one number into both.`);
    } else if (isFormula(lower) && (upper === null || isFormula(upper))) found.push(`${name(row, column)} holds ${String(lower)}. A changed number replaces the formula.`);
    else if (isFormula(upper) && lower === null) found.push(`${name(column, row)} holds ${String(upper)}. A changed number replaces the formula.`);
  }
  return found;
}

/** The group with the numbers of its matrix. */
export async function openGroup(host: WorkbookHost, group: CorrelationGroup & { readonly range: RangeAddress }): Promise<OpenGroup> {
  const [values, inputs] = await Promise.all([host.readValues(group.range), host.readInputs(group.range)]);
  const pairs = group.rows.flatMap((_, row) => Array.from({ length: row }, (__, column): PairCells => ({
    row, column, lower: inputs[row]?.[column] ?? null, upper: inputs[column]?.[row] ?? null,
    value: pairValue(numberIn(values[row]?.[column]), numberIn(values[column]?.[row])),
  })));
  const texts = group.rows.map((_, row) => pairs.filter((pair) => pair.row === row).map(({ value }) => (value === null ? "" : String(Number(value.toPrecision(12))))));
  return { ...group, texts, pairs, remarks: remarksOf(group.range, pairs, values) };
}
