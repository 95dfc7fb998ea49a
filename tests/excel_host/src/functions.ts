// Worksheet functions that an add-in registered, called as Excel calls them: by their metadata, with coerced arguments.

import type { CellValue } from "../../../addin/src/excel/host";

interface Parameter { readonly name: string; readonly type?: string; readonly dimensionality?: string; readonly optional?: boolean; readonly repeating?: boolean }
interface Metadata { readonly id: string; readonly name: string; readonly parameters: readonly Parameter[] }
export type Argument = CellValue | CellValue[][];
type Body = (...parameters: unknown[]) => unknown;

const isError = (value: unknown): boolean => typeof value === "string" && /^#[A-Z/0]/.test(value);

/** Thrown as what the cell shall show. */
class Shown extends Error {}

function scalar(value: CellValue, type: string | undefined): unknown {
  if (isError(value)) throw new Shown(String(value));
  if (type === "number") {
    const number = value === null || value === "" ? 0 : Number(value);
    if (Number.isNaN(number)) throw new Shown("#VALUE!");
    return number;
  }
  return type === "string" ? String(value ?? "") : value;
}

function coerce(argument: Argument | undefined, { type, dimensionality, optional }: Parameter): unknown {
  if (argument === undefined) {
    if (!optional) throw new Shown("#VALUE!");
    return null;
  }
  const rows = Array.isArray(argument) ? argument : [[argument]];
  if (dimensionality === "matrix") return rows.map((row) => row.map((value) => scalar(value, type)));
  if (rows.length !== 1 || rows[0]?.length !== 1) throw new Shown("#VALUE!");
  return scalar(rows[0][0] ?? null, type);
}

export class CustomFunctions {
  private readonly bodies = new Map<string, Body>();
  private metadata = new Map<string, Metadata>();
  readonly called: string[] = [];

  constructor(readonly namespace: string) {}

  describe(functions: readonly Metadata[]): void {
    this.metadata = new Map(functions.map((item) => [item.name.toUpperCase(), item]));
  }

  register(id: string, body: Body): void {
    this.bodies.set(id.toUpperCase(), body);
  }

  /** What the call shows in a cell. A function without code or metadata is unknown, as without the add-in. */
  async call(name: string, given: readonly Argument[]): Promise<CellValue> {
    const metadata = this.metadata.get(name.toUpperCase());
    const body = metadata && this.bodies.get(metadata.id.toUpperCase());
    if (!metadata || !body) return "#NAME?";
    this.called.push(metadata.name);
    try {
      const { parameters } = metadata;
      const repeats = parameters.at(-1)?.repeating === true;
      if (given.length > parameters.length && !repeats) throw new Shown("#VALUE!");
      const values = parameters.map((parameter, index) => {
        if (!parameter.repeating) return coerce(given[index], parameter);
        return given.length > index ? given.slice(index).map((argument) => coerce(argument, parameter)) : null;
      });
      const result = await body(...values, { address: "", functionName: metadata.name });
      return typeof result === "number" && !Number.isFinite(result) ? "#NUM!" : (result as CellValue);
    } catch (error) {
      if (error instanceof Shown) return error.message;
      const { code } = error as { code?: string };
      return code && isError(code) ? code : "#VALUE!";
    }
  }
}
