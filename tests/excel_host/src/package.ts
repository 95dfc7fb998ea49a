// The open workbook as Excel would save it: an .xlsx with the names that Excel gives to functions of add-ins in files.

import { cellName } from "../../../addin/src/excel/addresses";
import { findCalls, replaceSpan } from "../../../addin/src/excel/formula/calls";
import { placeOf, type Book, type Sheet } from "./book";

const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";
const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** `MC.NORMAL(1,2)` as it stands in files (office-js issue 5611): `_xldudf_MC_NORMAL(1,2)`. */
function inFile(formula: string, namespace: string): string {
  let text = formula;
  for (const call of findCalls(formula).toSorted((a, b) => b.start - a.start)) {
    if (!call.name.toUpperCase().startsWith(`${namespace}.`)) continue;
    const span = { start: call.start, end: call.start + call.name.length };
    text = replaceSpan(text, span, `_xldudf_${call.name.toUpperCase().replaceAll(".", "_")}`);
  }
  return text.slice(1);
}

function cellXml(book: Book, sheet: Sheet, key: number): string {
  const { row, column } = placeOf(key);
  const input = sheet.cells.get(key)?.input ?? null;
  if (input === null) return "";
  const at = cellName(row, column);
  const isFormula = typeof input === "string" && input.startsWith("=");
  const formula = isFormula ? `<f>${escape(inFile(input, book.functions.namespace))}</f>` : "";
  const value = isFormula ? book.value(sheet.name, row, column) : input;
  if (typeof value === "number") return `<c r="${at}">${formula}<v>${value}</v></c>`;
  if (typeof value === "boolean") return `<c r="${at}" t="b">${formula}<v>${Number(value)}</v></c>`;
  const text = escape(String(value));
  if (!isFormula) return `<c r="${at}" t="inlineStr"><is><t xml:space="preserve">${text}</t></is></c>`;
  return `<c r="${at}" t="${text.startsWith("#") ? "e" : "str"}">${formula}<v>${text}</v></c>`;
}

function sheetXml(book: Book, sheet: Sheet): string {
  const rows = new Map<number, number[]>();
  for (const key of [...sheet.cells.keys()].sort((a, b) => a - b)) {
    const { row } = placeOf(key);
    rows.set(row, [...(rows.get(row) ?? []), key]);
  }
  const lines = [...rows].map(([row, keys]) => `<row r="${row}">${keys.map((key) => cellXml(book, sheet, key)).join("")}</row>`);
  return `${HEAD}<worksheet xmlns="${MAIN}"><sheetData>${lines.join("")}</sheetData></worksheet>`;
}

function parts(book: Book): Map<string, string> {
  const numbers = book.sheets.map((_, index) => index + 1);
  const override = (part: string, kind: string): string => `<Override PartName="${part}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.${kind}+xml"/>`;
  const relation = (id: string, type: string, target: string): string => `<Relationship Id="${id}" Type="${RELATIONS}/${type}" Target="${target}"/>`;
  const relations = (content: string): string => `${HEAD}<Relationships xmlns="${PACKAGE}/relationships">${content}</Relationships>`;
  const sheets = book.sheets.map(({ name, hidden }, index) => `<sheet name="${escape(name)}" sheetId="${index + 1}"${hidden ? ' state="hidden"' : ""} r:id="rId${index + 1}"/>`);
  return new Map([
    ["[Content_Types].xml", `${HEAD}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${override("/xl/workbook.xml", "sheet.main")}${numbers.map((n) => override(`/xl/worksheets/sheet${n}.xml`, "worksheet")).join("")}</Types>`],
    ["_rels/.rels", relations(relation("rId1", "officeDocument", "xl/workbook.xml"))],
    ["xl/workbook.xml", `${HEAD}<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets>${sheets.join("")}</sheets></workbook>`],
    ["xl/_rels/workbook.xml.rels", relations(numbers.map((n) => relation(`rId${n}`, "worksheet", `worksheets/sheet${n}.xml`)).join(""))],
    ...book.sheets.map((sheet, index): [string, string] => [`xl/worksheets/sheet${index + 1}.xml`, sheetXml(book, sheet)]),
  ]);
}

const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (CRC[(crc ^ byte) & 255] ?? 0);
  return (crc ^ 0xffffffff) >>> 0;
}

/** Little-endian fields, each a width of 2 or 4 bytes and a value. */
function fields(...list: readonly (readonly [2 | 4, number])[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(list.reduce((sum, [width]) => sum + width, 0)));
  let at = 0;
  for (const [width, value] of list) {
    if (width === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += width;
  }
  return new Uint8Array(view.buffer);
}

/** The workbook's bytes: a zip archive (APPNOTE.TXT) whose members are stored as they are. */
export function packageBytes(book: Book): Uint8Array {
  const encoder = new TextEncoder();
  const body: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const [name, text] of parts(book)) {
    const [path, data] = [encoder.encode(name), encoder.encode(text)];
    const shared = [[2, 20], [2, 0x800], [2, 0], [2, 0], [2, 33], [4, crc32(data)], [4, data.length], [4, data.length], [2, path.length], [2, 0]] as const;
    const local = [fields([4, 0x04034b50], ...shared), path, data];
    directory.push(fields([4, 0x02014b50], [2, 20], ...shared, [2, 0], [2, 0], [2, 0], [4, 0], [4, offset]), path);
    body.push(...local);
    offset += local.reduce((sum, part) => sum + part.length, 0);
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const count = directory.length / 2;
  const end = fields([4, 0x06054b50], [2, 0], [2, 0], [2, count], [2, count], [4, size], [4, offset], [2, 0]);
  const all = [...body, ...directory, end];
  const bytes = new Uint8Array(all.reduce((sum, part) => sum + part.length, 0));
  all.reduce((at, part) => { bytes.set(part, at); return at + part.length; }, 0);
  return bytes;
}
