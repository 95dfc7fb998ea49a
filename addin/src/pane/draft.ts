// A distribution as it stands in the editor: texts of fields, and what they become in a formula and in a preview.

import type { PreviewRequest } from "../api/messages";
import { lawInfo, requiredOf, type LawName } from "../functions/laws";
import type { Parameter } from "../functions/staticValue";
import type { PropertyCall } from "../excel/formula/lawArguments";
import { printLaw, type LawCall } from "../excel/formula/model";
import { quote, unquote } from "../excel/formula/tokens";
import type { WorkbookHost } from "../excel/host";
import { complaint, fieldText, firstTexts, isListAt, printField, readField, valueOf } from "./parameters";

export type Form = "parameters" | "percentiles";
export type LimitKind = "values" | "percentiles";
export type Pair = readonly [string, string];

export interface Draft {
  readonly law: LawName;
  readonly form: Form;
  readonly texts: readonly string[];
  readonly pairs: readonly Pair[];
  readonly limits: { readonly kind: LimitKind; readonly low: string; readonly high: string };
  readonly shift: string;
  readonly name: string;
  /** What stands in the name's place when it is no text. */
  readonly nameFormula: string | null;
  /** Properties that the editor does not show: correlations, seeds. */
  readonly kept: readonly PropertyCall[];
}

const NO_LIMITS = { kind: "values", low: "", high: "" } as const;
const SHARES: readonly (readonly string[])[] = [[], ["50%"], ["5%", "95%"], ["5%", "50%", "95%"], ["5%", "25%", "75%", "95%"]];

/** The pairs that a percentile form starts with: shares that lie well apart, values still to be filled in. */
export function firstPairs(law: LawName, percentiles: Readonly<Record<string, number>> = {}): Pair[] {
  return (SHARES[lawInfo(law).parameters.length] ?? []).map((share) => {
    const known = percentiles[share.slice(0, -1)];
    return [share, known === undefined ? "" : String(Number(known.toPrecision(6)))];
  });
}

/** A draft of the first law for a cell that holds `value`. */
export function newDraft(law: LawName, value: unknown, name: string): Draft {
  return { law, form: "parameters", texts: firstTexts(law, value), pairs: firstPairs(law), limits: NO_LIMITS, shift: "", name, nameFormula: null, kept: [] };
}

const shareText = (text: string): string => (/^".*"$/.test(text) ? unquote(text) : text);

function pairsOf({ parameters }: LawCall): Pair[] {
  return parameters.flatMap((text, index): Pair[] => (index % 2 ? [] : [[shareText(text), parameters[index + 1] ?? ""]]));
}

/** The draft that a call in a formula stands for. */
export function draftOf(call: LawCall, name: string): Draft {
  const { law, parameters, properties, byPercentiles, nameFormula } = call;
  const limit = properties.find((property) => property.name === "TRUNCATE") ?? properties.find((property) => property.name === "TRUNCATEP");
  const shift = properties.find((property) => property.name === "SHIFT");
  const count = lawInfo(law).parameters.length;
  return {
    law, name, nameFormula,
    form: byPercentiles ? "percentiles" : "parameters",
    texts: byPercentiles ? firstTexts(law, null) : Array.from({ length: count }, (_, index) => fieldText(parameters[index] ?? "")),
    pairs: byPercentiles ? pairsOf(call) : firstPairs(law),
    limits: limit ? { kind: limit.name === "TRUNCATE" ? "values" : "percentiles", low: limit.arguments[0] ?? "", high: limit.arguments[1] ?? "" } : NO_LIMITS,
    shift: shift?.arguments[0] ?? "",
    // The value shown by a limited law or one by percentiles is worked out anew.
    kept: properties.filter((property) => property !== limit && property !== shift && !(property.name === "STATIC" && (limit || byPercentiles))),
  };
}

/** Another law in the same cell: limits and name stay, parameters start anew. */
export function withLawChosen(draft: Draft, law: LawName, value: unknown): Draft {
  const form = lawInfo(law).by_percentiles ? draft.form : "parameters";
  return { ...draft, law, form, texts: firstTexts(law, value), pairs: firstPairs(law) };
}

export interface FieldProblem {
  /** The field: a parameter's name, "pair 1", "low", "high", "shift". */
  readonly field: string;
  readonly message: string;
}

function scalarProblem(field: string, text: string, sheet: string): FieldProblem[] {
  if (text.trim() === "") return [];
  const read = readField(text, false, sheet);
  return read.kind === "invalid" ? [{ field, message: read.message }] : [];
}

function pairProblem([share, value]: Pair, index: number, law: LawName, sheet: string): FieldProblem[] {
  const field = `pair ${index + 1}`;
  const read = readField(share, false, sheet);
  const isName = [...lawInfo(law).parameters.map(({ name }) => name), "loc"].includes(share.trim());
  const isShare = read.kind === "number" ? read.value >= 0 && read.value <= 1 : read.kind === "reference" || isName;
  if (!isShare) return [{ field, message: "Enter a percentile such as 5%, or a parameter's name" }];
  if (value.trim() === "") return [{ field, message: "Enter the value" }];
  return scalarProblem(field, value, sheet);
}

/** What stands in the way of writing the draft, field by field. */
export function problemsOf(draft: Draft, sheet: string): FieldProblem[] {
  const { law, form, texts, pairs, limits, shift } = draft;
  const required = requiredOf(law);
  const own = form === "percentiles"
    ? pairs.flatMap((pair, index) => pairProblem(pair, index, law, sheet))
    : lawInfo(law).parameters.flatMap(({ name, is_list: isList }, index) => {
      const text = texts[index] ?? "";
      if (index >= required && text.trim() === "") return [];
      const read = readField(text, isList, sheet);
      return read.kind === "invalid" ? [{ field: name, message: read.message }] : [];
    });
  return [...own, ...scalarProblem("low", limits.low, sheet), ...scalarProblem("high", limits.high, sheet), ...scalarProblem("shift", shift, sheet)];
}

function limitCall({ kind, low, high }: Draft["limits"]): PropertyCall[] {
  if (!low.trim() && !high.trim()) return [];
  return [{ name: kind === "values" ? "TRUNCATE" : "TRUNCATEP", arguments: [printField(low, false), printField(high, false)] }];
}

const isConstant = (text: string, isList = false): boolean => ["number", "list"].includes(readField(text, isList, "").kind);

// A shown value that this page cannot work out from the call alone is written into it; while parameters hang on cells
// it would grow old, and stands only where there would be no value at all.
function staticCall(draft: Draft, shown: number | null): PropertyCall[] {
  const { form, texts, pairs, limits, shift, law } = draft;
  const isLimited = limits.low.trim() !== "" || limits.high.trim() !== "";
  if (shown === null || (form === "parameters" && !isLimited)) return [];
  const fields = form === "percentiles" ? [] : texts.map((text, index) => text.trim() === "" || isConstant(text, isListAt(law, index)));
  const others = [limits.low, limits.high, shift].map((text) => text.trim() === "" || isConstant(text));
  const stays = [...fields, ...others].every(Boolean) && pairs.every(([, value]) => form === "parameters" || isConstant(value));
  return form === "percentiles" || stays ? [{ name: "STATIC", arguments: [String(Number(shown.toPrecision(12)))] }] : [];
}

/** The call as text, for example `MC.NORMAL(100,10,"Price",MC.TRUNCATE(0,))`; `shown` is the value that the server gives. */
export function printDraft(draft: Draft, shown: number | null = null): string {
  const { law, form, texts, pairs, limits, shift, name, nameFormula, kept } = draft;
  const shares = pairs.flatMap(([share, value]) => [/[A-Za-z]/.test(share) && !readsAsCell(share) ? quote(share.trim()) : printField(share, false), printField(value, false)]);
  const own = texts.map((text, index) => printField(text, isListAt(law, index)));
  const moved = shift.trim() ? [{ name: "SHIFT", arguments: [printField(shift, false)] }] : [];
  const fixed = staticCall(draft, shown);
  const rest = fixed.length ? kept.filter((property) => property.name !== "STATIC") : kept;
  const properties = [...limitCall(limits), ...moved, ...fixed, ...rest];
  return printLaw(law, form === "percentiles" ? shares : own, { name, nameFormula, properties, byPercentiles: form === "percentiles" });
}

const readsAsCell = (text: string): boolean => readField(text, false, "").kind === "reference";

async function numberOf(host: WorkbookHost, text: string, sheet: string): Promise<number | null> {
  const value = await valueOf(host, readField(text, false, sheet), false);
  return typeof value === "number" ? value : null;
}

/** The message of a law that does not exist with the values now in the fields. */
export class Refused extends Error {}

/** What the server is asked for a preview; null while a field is a formula. @throws Refused for impossible parameters. */
export async function previewRequest(host: WorkbookHost, draft: Draft, sheet: string): Promise<PreviewRequest | null> {
  const { law, form, texts, pairs, limits, shift } = draft;
  const optional = async (text: string): Promise<number | null | undefined> => (text.trim() === "" ? null : ((await numberOf(host, text, sheet)) ?? undefined));
  const [low, high, by] = await Promise.all([limits.low, limits.high, shift].map(optional));
  if (low === undefined || high === undefined || by === undefined) return null;
  const truncation = low === null && high === null ? {} : { truncation: { low, high, percentiles: limits.kind === "percentiles" } };
  const further = { law, ...truncation, ...(by === null ? {} : { shift: by }) };
  if (form === "percentiles") {
    const known = await Promise.all(pairs.map(async ([share, value]) => {
      const left = lawInfo(law).parameters.some(({ name }) => name === share.trim()) ? share.trim() : await numberOf(host, share, sheet);
      return [left, await numberOf(host, value, sheet)] as const;
    }));
    const full = known.flatMap(([left, value]) => (left === null || value === null ? [] : [[left, value] as const]));
    return full.length === pairs.length ? { ...further, pairs: full } : null;
  }
  const given = texts.filter((_, index) => index < requiredOf(law) || texts.slice(index).some((later) => later.trim() !== ""));
  const values = await Promise.all(given.map(async (text, index): Promise<Parameter | null> => {
    const fallback = lawInfo(law).parameters[index]?.default ?? null;
    return text.trim() === "" ? fallback : valueOf(host, readField(text, isListAt(law, index), sheet), isListAt(law, index));
  }));
  const known = values.filter((value) => value !== null);
  if (known.length !== values.length) return null;
  const problem = complaint(law, known);
  if (problem) throw new Refused(problem);
  return { ...further, parameters: known };
}
