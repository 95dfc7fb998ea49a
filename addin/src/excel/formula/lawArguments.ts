// The arguments of a distribution's call told apart as the engine tells them: parameters, a name, property functions.

import { PROPERTY_NAMES } from "../../functions/adjusted";
import { lawInfo, lawsOwnName, requiredOf, type LawName } from "../../functions/laws";
import { findCalls } from "./calls";
import { tokenize, unquote } from "./tokens";

export interface PropertyCall {
  /** Without "MC.", in capitals. */
  readonly name: string;
  readonly arguments: readonly string[];
}

export interface LawArguments {
  readonly parameters: readonly string[];
  /** The text of the argument that names the input. */
  readonly name: string | null;
  readonly properties: readonly PropertyCall[];
}

// Besides "MC.NORMAL" the names that Excel keeps in files, or shows while the add-in is not loaded.
const OURS = /^(?:\[\d+\]!)?(?:_xldudf_|_xll\.)?MC[._](.+)$/i;

/** The name without what marks it as Montecell's, in capitals; null for other functions. */
export function ourName(name: string): string | null {
  const own = OURS.exec(name)?.[1]?.toUpperCase();
  return own === undefined ? null : lawsOwnName(own);
}

/** The text that a string literal stands for; null for any other expression. */
export function stringLiteral(text: string): string | null {
  const tokens = tokenize(text).filter((token) => token.kind !== "space");
  const only = tokens.length === 1 ? tokens[0] : undefined;
  return only?.kind === "string" ? unquote(only.text) : null;
}

/** The property that an argument consists of; null for any other. */
export function propertyCall(text: string): PropertyCall | null {
  const bare = text.trim();
  const call = findCalls(bare).at(-1);
  if (!call || call.start !== 0 || call.end !== bare.length) return null;
  const name = ourName(call.name);
  if (!name || !PROPERTY_NAMES.has(name)) return null;
  return { name, arguments: call.arguments.map(({ start, end }) => bare.slice(start, end).trim()) };
}

export const printPropertyCall = ({ name, arguments: given }: PropertyCall): string => `MC.${name}(${given.join(",")})`;

/** `law` null stands for percentile forms, whose pairs are all parameters. */
export function splitArguments(law: LawName | null, texts: readonly string[]): LawArguments {
  const properties: PropertyCall[] = [];
  const plain: string[] = [];
  for (const text of texts) {
    const property = propertyCall(text);
    if (property) properties.push(property);
    else plain.push(text);
  }
  const last = plain.at(-1);
  const isText = last !== undefined && stringLiteral(last) !== null;
  const isNamed = law === null
    ? isText && plain.length % 2 === 1
    : plain.length === lawInfo(law).parameters.length + 1 || (isText && plain.length > requiredOf(law));
  const name = isNamed ? (plain.pop() ?? null) : null;
  if (law !== null) while (plain.length > requiredOf(law) && plain.at(-1) === "") plain.pop();
  return { parameters: plain, name: name === "" ? null : name, properties };
}
