// Lets a calculator that does not know Montecell's functions work with formulas that call them: each call is replaced by a
// reference to a helper cell, which holds the static value of the call and follows its arguments.

import { InvalidParameters, NotKnownHere, shownValue, type Property } from "../../functions/adjusted";
import { isLaw, lawsOwnName, percentileLaw, type LawName } from "../../functions/laws";
import type { Parameter } from "../../functions/staticValue";
import { parseRange, quoteSheet, type RangeAddress } from "../addresses";
import { findCalls, replaceSpan, type Call } from "../formula/calls";
import { splitArguments, type LawArguments } from "../formula/lawArguments";
import { tokenize } from "../formula/tokens";
import type { CellValue } from "../host";
import type { Calculator } from "./calculator";

type Source =
  | { readonly kind: "constant"; readonly value: Parameter }
  | { readonly kind: "range"; readonly range: RangeAddress }
  | { readonly kind: "expression"; readonly slot: number };

interface PropertySource {
  readonly name: string;
  /** Null for an argument that is left out. */
  readonly sources: readonly (Source | null)[];
}

interface Slot {
  readonly row: number;
  /** Null for a law by percentiles. */
  readonly law: LawName | null;
  readonly sources: readonly Source[];
  readonly properties: readonly PropertySource[];
  last: string;
}

// The properties on which the value that a cell shows hangs.
const SHOWN = new Set(["STATIC", "SHIFT", "TRUNCATE", "TRUNCATE2"]);

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
      const name = lawsOwnName(OURS.exec(call.name)?.[1]?.toUpperCase() ?? "");
      return name === "OUTPUT" || isLaw(name) || percentileLaw(name) !== null;
    };
    return findCalls(text).find(mine) ?? null;
  }

  private standIn(sheet: string, text: string, call: Call, slots: Slot[]): string {
    const name = lawsOwnName(call.name.slice(3).toUpperCase());
    if (name === "OUTPUT") return "0";
    const texts = call.arguments.map((span) => text.slice(span.start, span.end).trim());
    const law = isLaw(name) ? name : null;
    const slot = this.openSlot(sheet, law, splitArguments(law, texts));
    slots.push(slot);
    return this.calculator.helperAddress(slot.row, 0);
  }

  private openSlot(sheet: string, law: LawName | null, { parameters, properties: calls }: LawArguments): Slot {
    const row = this.freeRows.pop() ?? this.nextRow++;
    let place = 0;
    const sourceOf = (text: string): Source => this.source(sheet, text, row, (place += 1));
    const sources = law === null ? [] : parameters.map(sourceOf);
    const shown = calls.filter(({ name }) => SHOWN.has(name));
    const properties = shown.map((call) => ({ name: call.name, sources: call.arguments.map((text) => (text === "" ? null : sourceOf(text))) }));
    const slot: Slot = { row, law, sources, properties, last: "" };
    const all = [...sources, ...properties.flatMap((property) => property.sources)];
    if (all.every((source) => source === null || source.kind === "constant")) this.refreshSlot(slot);
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
    const adjusting = slot.properties.map((property) => property.sources.map((source) => source && this.read(source, slot.row)));
    const values = [...read, ...adjusting.flat()].flatMap((found) => found ?? []);
    const error = errorOf(values);
    if (error) return error;
    if (values.some((value) => typeof value === "string")) return "#VALUE!";
    try {
      const parameters = read.map((found, index) => this.parameter(found, slot.sources[index]));
      return shownValue(slot.law, parameters, slot.properties.map((property, index) => this.property(property, adjusting[index] ?? [])));
    } catch (problem) {
      if (problem instanceof InvalidParameters) return "#NUM!";
      if (problem instanceof NotKnownHere) return "#N/A";
      throw problem;
    }
  }

  private property({ name, sources }: PropertySource, read: readonly (CellValue[] | null)[]): Property {
    const values = sources.map((source, index) => {
      const found = source && this.parameter(read[index] ?? [], source);
      return found === null ? null : typeof found === "number" ? found : (found[0] ?? null);
    });
    return { name, values };
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
