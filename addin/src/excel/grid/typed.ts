// What a person means by the text typed into a cell, as an English Excel reads it.

import type { CellInput } from "../host";

export interface Typed {
  readonly input: CellInput;
  /** The number format that the way of typing asks for. */
  readonly format?: string;
}

const NUMBER = /^([+-]?)(?:(\d{1,3}(?:,\d{3})+|\d+)(\.\d*)?|(\.\d+))(?:[eE]([+-]?\d+))?$/;
const DAY = 86_400_000;

function plainNumber(text: string): number | null {
  return NUMBER.test(text) ? Number(text.replaceAll(",", "")) : null;
}

function decimalsOf(text: string): string {
  return /\.\d/.test(text) ? "0.00" : "0";
}

function date(text: string): Typed | null {
  const match = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text);
  if (!match) return null;
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number];
  const moment = new Date(Date.UTC(year, month - 1, day));
  if (moment.getUTCMonth() !== month - 1 || year < 1900) return null;
  const serial = Math.round((moment.getTime() - Date.UTC(1899, 11, 30)) / DAY);
  // Excel counts a 29 February 1900 that never was; days before it are one less.
  return { input: serial <= 60 ? serial - 1 : serial, format: "yyyy-mm-dd" };
}

/** A formula, number, percentage, amount of money, date, logical value or text; empty text clears the cell. */
export function readTyped(text: string): Typed {
  const bare = text.trim();
  if (bare === "") return { input: null };
  // A text that begins like a formula keeps its apostrophe: only that tells the two apart.
  if (text.startsWith("'")) return { input: text.startsWith("'=") ? text : text.slice(1) };
  if (bare.startsWith("=") && bare.length > 1) return { input: bare };
  if (/^(?:true|false)$/i.test(bare)) return { input: bare.toUpperCase() === "TRUE" };
  const number = plainNumber(bare);
  if (number !== null) return bare.includes(",") ? { input: number, format: `#,##${decimalsOf(bare)}` } : { input: number };
  const percent = bare.endsWith("%") ? plainNumber(bare.slice(0, -1).trim()) : null;
  if (percent !== null) return { input: Number((percent / 100).toPrecision(15)), format: `${decimalsOf(bare)}%` };
  const money = /^([+-]?)\$(.+)$/.exec(bare);
  const amount = money ? plainNumber(`${money[1] ?? ""}${money[2] ?? ""}`) : null;
  if (amount !== null) return { input: amount, format: `$#,##${decimalsOf(bare)}` };
  return date(bare) ?? { input: text };
}

/** The text that gives this content back when it is typed. */
export function asTyped(input: CellInput, format?: string): string {
  if (input === null) return "";
  if (typeof input === "boolean") return input ? "TRUE" : "FALSE";
  if (typeof input === "number") return format?.includes("%") ? `${Number((input * 100).toPrecision(15))}%` : String(input);
  if (input.startsWith("=") || input.startsWith("'=")) return input;
  return readTyped(input).input === input && !input.startsWith("'") ? input : `'${input}`;
}
