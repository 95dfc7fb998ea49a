// Montecell's own calls inside a formula: reading them, writing them, taking them away.

import { isLaw, lawInfo, percentileLaw, type LawName } from "../../functions/laws";
import { findCalls, replaceSpan, type Call, type Span } from "./calls";
import { ourName, printPropertyCall, splitArguments, stringLiteral, type PropertyCall } from "./lawArguments";
import { quote } from "./tokens";

/**
 * A distribution call: `parameters` are the texts of the arguments, `name` the trailing text argument if there is one, and
 * `nameFormula` what stands there instead of a text, for example the cell of a label.
 */
export interface LawCall extends Span {
  readonly law: LawName;
  readonly parameters: readonly string[];
  readonly name: string | null;
  readonly nameFormula: string | null;
  readonly properties: readonly PropertyCall[];
  /** Whether the parameters are pairs of a percentile and a value: MC.NORMALALT. */
  readonly byPercentiles: boolean;
}

export interface OutputCall extends Span {
  readonly name: string | null;
  /** What follows the name, with its comma: the range of outputs and the position in it. */
  readonly rest: string;
}

export interface ModelCalls {
  readonly laws: readonly LawCall[];
  readonly output: OutputCall | null;
}

function readLaw(formula: string, call: Call, law: LawName, byPercentiles: boolean): LawCall {
  const texts = call.arguments.map((span) => formula.slice(span.start, span.end).trim());
  const { parameters, name: label, properties } = splitArguments(byPercentiles ? null : law, texts);
  const property = properties.find(({ name }) => name === "NAME")?.arguments[0] ?? null;
  const given = label ?? property;
  const name = given === null ? null : stringLiteral(given);
  const rest = properties.filter(({ name: own }) => own !== "NAME");
  return { law, parameters, name, nameFormula: name === null ? given : null, properties: rest, byPercentiles, start: call.start, end: call.end };
}

/** The distribution calls, in the order of the formula, and the first output mark. Text that is no formula has none. */
export function readModelCalls(formula: unknown): ModelCalls {
  if (typeof formula !== "string" || !formula.startsWith("=") || !/MC[._]/i.test(formula)) return { laws: [], output: null };
  const laws: LawCall[] = [];
  let output: OutputCall | null = null;
  for (const call of findCalls(formula)) {
    const name = ourName(call.name);
    const alternative = name ? percentileLaw(name) : null;
    if (name === "OUTPUT") {
      const first = call.arguments[0];
      const label = first ? stringLiteral(formula.slice(first.start, first.end)) : null;
      const rest = first ? formula.slice(first.end, call.end - 1) : "";
      output ??= { name: label, rest, start: call.start, end: call.end };
    } else if (name && isLaw(name)) laws.push(readLaw(formula, call, name, false));
    else if (alternative) laws.push(readLaw(formula, call, alternative, true));
  }
  return { laws: laws.sort((a, b) => a.start - b.start), output };
}

/** What a call is made of besides its law. */
export interface LawParts {
  readonly name?: string | null;
  readonly nameFormula?: string | null;
  readonly properties?: readonly PropertyCall[];
  readonly byPercentiles?: boolean;
}

/** `MC.NORMAL(100,10)`, `MC.NORMAL(100,10,"Demand",MC.SHIFT(5))`, or with a formula for the name `MC.NORMAL(100,10,B5)`. */
export function printLaw(law: LawName, parameters: readonly string[], parts: LawParts = {}): string {
  const { name, nameFormula, properties = [], byPercentiles = false } = parts;
  const label = nameFormula ? [nameFormula] : name?.trim() ? [quote(name.trim())] : [];
  const given = [...parameters];
  if (!label.length || !nameFormula) while (given.at(-1) === "") given.pop();
  return `MC.${byPercentiles ? `${law}ALT` : lawInfo(law).function}(${[...given, ...label, ...properties.map(printPropertyCall)].join(",")})`;
}

/** The formula with one distribution call replaced; a cell without one becomes the call alone. */
export function withLaw(formula: string, old: LawCall | null, text: string): string {
  return old ? replaceSpan(formula, old, text) : `=${text}`;
}

/** The formula with a distribution call replaced by a number; a formula that is left as that number alone becomes a constant. */
export function withoutLaw(formula: string, call: LawCall, value: number): string | number {
  const rest = replaceSpan(formula, call, value < 0 ? `(${value})` : String(value));
  return rest.replace(/^=\s*\(?/, "").replace(/\)?\s*$/, "") === String(value) ? value : rest;
}

/** `=MC.OUTPUT("Profit")+B1-B2` from `=B1-B2`; an earlier mark only changes its name. */
export function withOutput(formula: string, name: string): string {
  const { output } = readModelCalls(formula);
  const mark = `MC.OUTPUT(${name.trim() ? quote(name.trim()) : ""}${output?.rest ?? ""})`;
  return output ? replaceSpan(formula, output, mark) : `=${mark}+${formula.slice(1)}`;
}

/** The formula as it was before it was marked; a mark in another place than the front or the end is replaced by 0. */
export function withoutOutput(formula: string): string {
  const { output } = readModelCalls(formula);
  if (!output) return formula;
  const before = formula.slice(0, output.start);
  const after = formula.slice(output.end);
  if (/^=\s*$/.test(before) && /^\s*\+/.test(after)) return `=${after.replace(/^\s*\+\s*/, "")}`;
  if (/\+\s*$/.test(before) && after.trim() === "") return before.replace(/\s*\+\s*$/, "");
  return `${before}0${after}`;
}
