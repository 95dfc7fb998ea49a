// The parameter fields of a distribution: what a person may write in them, and what it means.

import { shownValue } from "../functions/adjusted";
import { lawInfo, type LawName } from "../functions/laws";
import { InvalidParameters, staticValue, type Parameter } from "../functions/staticValue";
import { parseRange, type RangeAddress } from "../excel/addresses";
import type { LawCall } from "../excel/formula/model";
import { tokenize } from "../excel/formula/tokens";
import type { WorkbookHost } from "../excel/host";

export type Field =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "list"; readonly values: readonly number[] }
  | { readonly kind: "reference"; readonly range: RangeAddress }
  | { readonly kind: "formula" }
  | { readonly kind: "invalid"; readonly message: string };

function numberOf(text: string): number | null {
  const bare = text.trim();
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?%?$/.test(bare)) return null;
  return bare.endsWith("%") ? Number((Number(bare.slice(0, -1)) / 100).toPrecision(15)) : Number(bare);
}

function listOf(text: string): number[] | null {
  const bare = text.trim().replace(/^\{([^{}]*)\}$/, "$1");
  const numbers = bare.split(/[,;]/).map(numberOf);
  return numbers.length > 0 && numbers.every((number) => number !== null) ? numbers : null;
}

function isBalanced(expression: string): boolean {
  const tokens = tokenize(expression);
  const count = (kind: string): number => tokens.filter((token) => token.kind === kind).length;
  return !count("unknown") && count("open") === count("close") && count("openArray") === count("closeArray");
}

/** Reads one field. `sheet` is where a reference without a sheet points. */
export function readField(text: string, isList: boolean, sheet: string): Field {
  const bare = text.trim().replace(/^=/, "").trim();
  if (bare === "") return { kind: "invalid", message: isList ? "Enter numbers, such as 1, 2, 3" : "Enter a number" };
  const number = numberOf(bare);
  if (number !== null && !isList) return { kind: "number", value: number };
  const values = isList ? listOf(bare) : null;
  if (values) return { kind: "list", values };
  const range = parseRange(bare, sheet);
  if (range) return { kind: "reference", range };
  const isFormula = /[A-Za-z(]/.test(bare) && isBalanced(bare) && (isList || !tokenize(bare).some((t) => t.kind === "separator") || /\(/.test(bare));
  if (isFormula) return { kind: "formula" };
  const wanted = isList ? "numbers separated by commas, or a range such as B2:B5" : "a number, a cell such as B2, or a formula";
  return { kind: "invalid", message: `Enter ${wanted}` };
}

/** The text of the argument that a field becomes. */
export function printField(text: string, isList: boolean): string {
  const bare = text.trim().replace(/^=/, "").trim();
  const values = isList ? listOf(bare) : null;
  if (values) return `{${values.join(",")}}`;
  return bare;
}

/** How an argument reads in its field. */
export function fieldText(argument: string): string {
  return listOf(argument) && argument.startsWith("{") ? argument.slice(1, -1).split(/[,;]/).join(", ") : argument;
}

/** The value that a field stands for now; null when only the sheet could tell. */
export async function valueOf(host: WorkbookHost, field: Field, isList: boolean): Promise<Parameter | null> {
  if (field.kind === "number") return field.value;
  if (field.kind === "list") return field.values;
  if (field.kind !== "reference") return null;
  const values = (await host.readValues(field.range)).flat();
  const numbers = values.filter((value) => typeof value === "number");
  if (numbers.length !== values.length || !numbers.length) return null;
  return isList ? numbers : (numbers.length === 1 ? (numbers[0] ?? null) : null);
}

export const isListAt = (law: LawName, index: number): boolean => lawInfo(law).parameters[index]?.is_list === true;

/** What is wrong with these values for the law, or null. */
export function complaint(law: LawName, values: readonly Parameter[]): string | null {
  try {
    staticValue(law, values);
    return null;
  } catch (error) {
    if (error instanceof InvalidParameters) return error.message;
    throw error;
  }
}

/** The static value of a call on that sheet; null when it hangs on formulas that only the sheet can evaluate. */
export async function staticOf(host: WorkbookHost, sheet: string, call: LawCall): Promise<number | null> {
  const read = async (text: string, isList: boolean): Promise<Parameter | null> =>
    text === "" ? null : valueOf(host, readField(text, isList, sheet), isList);
  const properties = await Promise.all(call.properties.map(async ({ name, arguments: given }) => {
    const values = await Promise.all(given.map((text) => read(text, false)));
    return { name, values: values.map((value) => (typeof value === "number" ? value : null)) };
  }));
  const values = call.byPercentiles ? [] : await Promise.all(call.parameters.map((text, index) => read(text, isListAt(call.law, index))));
  const known = values.filter((value) => value !== null);
  if (known.length !== values.length) return null;
  try {
    return shownValue(call.byPercentiles ? null : call.law, known, properties);
  } catch {
    return null;
  }
}

const rounded = (value: number): number => Number(value.toPrecision(6));
const textOf = (value: number | readonly number[]): string => (typeof value === "number" ? String(value) : value.join(", "));

function guess(law: LawName, parameter: string, value: number): number | null {
  const spread = Math.abs(value);
  const { parameters } = lawInfo(law);
  const isAround = parameters.some(({ name, example }) => name === "loc" && example !== 0);
  const guesses: Record<string, number> = {
    mean: value,
    mode: value,
    sd: rounded(spread / 10),
    min: rounded(value - spread / 5),
    max: rounded(value + spread / 5),
    ...(isAround ? { loc: value } : {}),
  };
  // A scale is in the unit of the cell: with the shape of the example it puts the mean near the value.
  if (parameter === "scale") return isAround ? rounded(spread / 10) : rounded(law === "GAMMA" ? value / 2 : value);
  return guesses[parameter] ?? null;
}

/**
 * First texts for the fields of a law: from the number that the cell holds where it helps, else an example. Optional
 * parameters start empty.
 */
export function firstTexts(law: LawName, value: unknown): string[] {
  const { parameters } = lawInfo(law);
  const examples = parameters.map((parameter) => (parameter.default === null ? textOf(parameter.example) : ""));
  const usable = typeof value === "number" && value !== 0 && Number.isFinite(value);
  if (!usable || parameters.some((parameter) => parameter.is_list)) return examples;
  const texts = parameters.map(({ name }, index) => {
    const guessed = examples[index] === "" ? null : guess(law, name, value);
    return guessed === null ? (examples[index] ?? "") : String(guessed);
  });
  return complaint(law, texts.filter((text) => text !== "").map(Number)) === null ? texts : examples;
}
