// A lexer for formulas as a person types them in an English Excel: enough to find calls, arguments and references
// without ever mistaking the inside of a string, a quoted sheet name or a structured reference for formula text.

export type TokenKind =
  | "string"
  | "number"
  | "error"
  | "reference"
  | "function"
  | "name"
  | "operator"
  | "open"
  | "close"
  | "openArray"
  | "closeArray"
  | "separator"
  | "rowSeparator"
  | "space"
  | "unknown";

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

type Rule = readonly [TokenKind, RegExp];

const SHEET = String.raw`(?:'(?:[^']|'')+'|[\p{L}_][\p{L}\p{N}_.]*(?::[\p{L}_][\p{L}\p{N}_.]*)?|\[\d+\][\p{L}\p{N}_.]*)!`;
const CELL = String.raw`\$?[A-Za-z]{1,3}\$?[1-9]\d{0,6}`;
const AREA = String.raw`(?:${CELL}(?::${CELL})?|\$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3}|\$?[1-9]\d{0,6}:\$?[1-9]\d{0,6})`;

const RULES: readonly Rule[] = [
  ["space", /[ \t\r\n]+/uy],
  ["string", /"(?:[^"]|"")*"/uy],
  ["error", /#(?:NULL!|DIV\/0!|VALUE!|REF!|NAME\?|NUM!|N\/A|SPILL!|CALC!|GETTING_DATA|BLOCKED!|FIELD!|UNKNOWN!)/iuy],
  ["reference", new RegExp(String.raw`(?:${SHEET})?${AREA}#?(?![\p{L}\p{N}_.(])`, "uy")],
  ["function", /(?:\[\d+\]!)?[\p{L}_\\][\p{L}\p{N}_.\\]*(?=\s*\()/uy],
  ["name", new RegExp(String.raw`(?:${SHEET})?[\p{L}_\\][\p{L}\p{N}_.\\?]*(?:\[(?:[^\[\]]|\[[^\]]*\])*\])*`, "uy")],
  ["number", /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/uy],
  ["operator", /<=|>=|<>|[-+*/^&=<>%:@!]/uy],
  ["open", /\(/uy],
  ["close", /\)/uy],
  ["openArray", /\{/uy],
  ["closeArray", /\}/uy],
  ["separator", /,/uy],
  ["rowSeparator", /;/uy],
];

function tokenAt(formula: string, start: number): Token {
  for (const [kind, rule] of RULES) {
    rule.lastIndex = start;
    const text = rule.exec(formula)?.[0];
    if (text) return { kind, text, start, end: start + text.length };
  }
  return { kind: "unknown", text: formula.charAt(start), start, end: start + 1 };
}

/** Every character of the formula, in order, in exactly one token. A leading "=" is an operator token. */
export function tokenize(formula: string): Token[] {
  const tokens: Token[] = [];
  let position = 0;
  while (position < formula.length) {
    const token = tokenAt(formula, position);
    tokens.push(token);
    position = token.end;
  }
  return tokens;
}

/** The text that a string token stands for: quotes off, doubled quotes single. */
export function unquote(text: string): string {
  return text.slice(1, -1).replaceAll('""', '"');
}

/** A text as a string literal of a formula. */
export function quote(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
