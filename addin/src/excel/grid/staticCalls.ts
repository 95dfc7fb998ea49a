// Lets a calculator that does not know Montecell's functions work with formulas that call them: each call is replaced by a
// reference to a helper cell, which holds the static value of the call and follows its arguments.

import { InvalidParameters, isLaw, LAWS, staticValue, type LawName, type Parameter } from "../../functions/staticValue";
import { parseRange, quoteSheet, type RangeAddress } from "../addresses";
import { findCalls, replaceSpan, type Call } from "../formula/calls";
import { tokenize } from "../formula/tokens";
import type { CellValue } from "../host";
import type { Calculator } from "./calculator";

type Source =
  | { readonly kind: "constant"; readonly value: Parameter }
  | { readonly kind: "range"; readonly range: RangeAddress }
  | { readonly kind: "expression"; readonly slot: number };

interface Slot {
  readonly row: number;
  readonly law: LawName;
  readonly sources: readonly Source[];
  last: string;
}

const OURS = /^MC\.(.+)$/i;
const WHOLE_NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?%?$/;

function constantNumber(text: string): number | null {
  const bare = text.trim();
  if (!WHOLE_NUMBER.test(bare)) return null;
  return bare.endsWith("%") ? Number(bare.slice(0, -1)) / 100 : Number(bare);
}

function constantList(text: string): number[] | null {
  const inner = /^\{([^{}]*)\}$/.exec(text.trim())?.[1];
  if (inner === undefined) return null;
  const numbers = inner.split(/[,;]/).map(constantNumber);
  return numbers.every((number) => number !== null) ? numbers : null;
}

/** The formula text with every reference that names no sheet bound to this one. */
export function bindToSheet(expression: string, sheet: string): string {
  const bound = (text: string): string => (text.includes("!") ? text : `${quoteSheet(sheet)}!${text}`);
  return tokenize(expression).map((token) => (token.kind === "reference" ? bound(token.text) : token.text)).join("");
}

function errorOf(values: readonly CellValue[]): string | null {
  const error = values.find((value) => typeof value === "string" && value.startsWith("#"));
  return typeof error === "string" ? error : null;
}

export class StaticCalls {
  private readonly slots = new Map<string, Slot[]>();
  private freeRows: number[] = [];
  private nextRow = 1;

  constructor(private readonly calculator: Calculator) {}

  /** The formula as the calculator may have it. Earlier slots of the cell are given back. */
  compile(sheet: string, row: number, column: number, formula: string): string {
    this.release(sheet, row, column);
    const slots: Slot[] = [];
    let text = formula;
    // Inner calls come first, so an argument never holds a call that is still to be replaced.
    for (let call = this.nextCall(text); call; call = this.nextCall(text)) {
      text = replaceSpan(text, call, this.standIn(sheet, text, call, slots));
    }
    if (slots.length) this.slots.set(`${sheet}!${row}:${column}`, slots);
    return text;
  }

  release(sheet: string, row: number, column: number): void {
    const key = `${sheet}!${row}:${column}`;
    this.freeRows.push(...(this.slots.get(key) ?? []).map((slot) => slot.row));
    this.slots.delete(key);
  }

  /** Brings every static value up to date with its arguments; true when one of them changed. */
  refresh(): boolean {
    let changed = false;
    for (const slots of this.slots.values()) {
      for (const slot of slots) changed = this.refreshSlot(slot) || changed;
    }
    return changed;
  }

  private nextCall(text: string): Call | null {
    const mine = (call: Call): boolean => {
      const name = OURS.exec(call.name)?.[1]?.toUpperCase() ?? "";
      return name === "OUTPUT" || isLaw(name);
    };
    return findCalls(text).find(mine) ?? null;
  }

  private standIn(sheet: string, text: string, call: Call, slots: Slot[]): string {
    const name = call.name.slice(3).toUpperCase();
    if (!isLaw(name)) return "0";
    const texts = call.arguments.map((span) => text.slice(span.start, span.end).trim());
    // One argument more than parameters is the name of the input: a text, or the cell of a label.
    const named = texts.length === LAWS[name].parameters.length + 1;
    const slot = this.openSlot(sheet, name, named ? texts.slice(0, -1) : texts);
    slots.push(slot);
    return this.calculator.helperAddress(slot.row, 0);
  }

  private openSlot(sheet: string, law: LawName, texts: readonly string[]): Slot {
    const row = this.freeRows.pop() ?? this.nextRow++;
    const sources = texts.map((text, index) => this.source(sheet, text, row, index + 1));
    const slot: Slot = { row, law, sources, last: "" };
    if (sources.every((source) => source.kind === "constant")) this.refreshSlot(slot);
    else this.calculator.setHelper(row, 0, 0);
    return slot;
  }

  private source(sheet: string, text: string, row: number, slot: number): Source {
    const constant = constantNumber(text) ?? constantList(text);
    if (constant !== null) return { kind: "constant", value: constant };
    const range = text.includes(":") ? parseRange(text, sheet) : null;
    if (range) return { kind: "range", range };
    this.calculator.setHelper(row, slot, `=${bindToSheet(text || "0", sheet)}`);
    return { kind: "expression", slot };
  }

  private refreshSlot(slot: Slot): boolean {
    const value = this.evaluate(slot);
    const key = String(value);
    if (key === slot.last) return false;
    slot.last = key;
    this.calculator.setHelper(slot.row, 0, typeof value === "number" ? value : `=${value}`);
    return true;
  }

  private evaluate(slot: Slot): number | string {
    const read = slot.sources.map((source) => this.read(source, slot.row));
    const error = errorOf(read.flat());
    if (error) return error;
    if (read.flat().some((value) => typeof value === "string")) return "#VALUE!";
    try {
      const parameters = read.map((values, index) => this.parameter(values, slot.sources[index]));
      return staticValue(slot.law, parameters);
    } catch (problem) {
      if (problem instanceof InvalidParameters) return "#NUM!";
      throw problem;
    }
  }

  private parameter(values: readonly CellValue[], source: Source | undefined): Parameter {
    const numbers = values.map(Number);
    return source?.kind === "constant" ? source.value : numbers.length === 1 ? (numbers[0] ?? 0) : numbers;
  }

  private read(source: Source, row: number): CellValue[] {
    if (source.kind === "constant") return [];
    if (source.kind === "expression") return [this.calculator.helperValue(row, source.slot)];
    const { sheet, top, left, bottom, right } = source.range;
    const values: CellValue[] = [];
    for (let r = top; r <= bottom; r += 1) {
      for (let c = left; c <= right; c += 1) values.push(this.calculator.value(sheet, r, c));
    }
    return values;
  }
}
