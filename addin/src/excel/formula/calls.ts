// Calls found in a formula, with the place of each argument, so that one call can be replaced and the rest stays as typed.

import { tokenize, type Token } from "./tokens";

export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Call extends Span {
  /** As typed, for example "MC.NORMAL". */
  readonly name: string;
  readonly arguments: readonly Span[];
}

interface OpenCall {
  readonly token: Token | null;
  readonly starts: number[];
  readonly ends: number[];
}

function finish(open: OpenCall, close: Token): Call | null {
  if (!open.token) return null;
  const spans = open.starts.map((start, index) => ({ start, end: open.ends[index] ?? close.start }));
  return { name: open.token.text, start: open.token.start, end: close.end, arguments: spans };
}

function dropEmpty(call: Call, formula: string): Call {
  const only = call.arguments.length === 1 ? call.arguments[0] : undefined;
  return only && formula.slice(only.start, only.end).trim() === "" ? { ...call, arguments: [] } : call;
}

/** All complete calls of the formula, inner calls before the calls that hold them. */
export function findCalls(formula: string): Call[] {
  const found: Call[] = [];
  const stack: OpenCall[] = [];
  let waiting: Token | null = null;
  let inArray = 0;
  for (const token of tokenize(formula)) {
    if (token.kind === "function") waiting = token;
    else if (token.kind === "open") {
      stack.push({ token: waiting, starts: [token.end], ends: [] });
      waiting = null;
    } else if (token.kind === "openArray") inArray += 1;
    else if (token.kind === "closeArray") inArray -= 1;
    else if (token.kind === "separator" && !inArray) {
      const top = stack.at(-1);
      top?.ends.push(token.start);
      top?.starts.push(token.end);
    } else if (token.kind === "close") {
      const open = stack.pop();
      const call = open && finish(open, token);
      if (call) found.push(dropEmpty(call, formula));
    }
  }
  return found;
}

/** The formula with one span replaced. */
export function replaceSpan(formula: string, span: Span, text: string): string {
  return formula.slice(0, span.start) + text + formula.slice(span.end);
}
