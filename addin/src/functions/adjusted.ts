// What the property functions in a distribution's call do to the value that its cell shows.

import { InvalidParameters, staticValue, type Parameter } from "./staticValue";
import type { LawName } from "./laws";

/** A property as far as a shown value hangs on it; an argument that is left out is null. */
export interface Property {
  readonly name: string;
  readonly values: readonly (number | null)[];
}

export const PROPERTY_NAMES = new Set([
  "NAME", "STATIC", "SHIFT", "TRUNCATE", "TRUNCATEP", "TRUNCATE2", "CORRELATE", "CORRMAT", "COPULAT", "COPULACLAYTON", "COPULAGUMBEL",
  "COPULAFRANK", "COPULAGAUSS", "INDEPC", "DEPC", "SEED", "LOCK", "UNITS", "CATEGORY", "ISDATE", "ISDISCRETE", "COLLECT",
]);

/** A law by percentiles is only known to the engine: without MC.STATIC its cell has nothing to show. */
export class NotKnownHere extends Error {
  override readonly name = "NotKnownHere";
}

function within(value: number, [low = null, high = null]: readonly (number | null)[]): number {
  return Math.min(Math.max(value, low ?? -Infinity), high ?? Infinity);
}

/**
 * The value shown: MC.STATIC's, else the law's own, pulled into the limits and shifted. (The mean of a limited law is not
 * worked out here; the pane asks the server for it and writes MC.STATIC.) `law` null is a law by percentiles.
 */
export function shownValue(law: LawName | null, parameters: readonly Parameter[], properties: readonly Property[]): number {
  const find = (name: string): Property | undefined => properties.find((property) => property.name === name);
  const fixed = find("STATIC")?.values[0];
  if (fixed !== undefined && fixed !== null) return fixed;
  if (law === null) throw new NotKnownHere("the value of a law by percentiles is known after MC.STATIC(value) is added");
  const own = within(staticValue(law, parameters), find("TRUNCATE")?.values ?? []);
  return within(own + (find("SHIFT")?.values[0] ?? 0), find("TRUNCATE2")?.values ?? []);
}

/** A property as the text that its worksheet function returns to the distribution around it. */
export function printProperty(name: string, values: readonly unknown[]): string {
  return `MC.${name}(${values.map((value) => (typeof value === "number" ? String(value) : "")).join(",")})`;
}

/** The property in such a text; null for any other. */
export function readProperty(text: unknown): Property | null {
  const match = typeof text === "string" ? /^MC\.([A-Z0-9]+)\(([^()]*)\)$/.exec(text) : null;
  if (!match?.[1] || !PROPERTY_NAMES.has(match[1])) return null;
  const values = (match[2] ?? "").split(",").map((part) => (part === "" ? null : Number(part)));
  return { name: match[1], values };
}

export { InvalidParameters };
