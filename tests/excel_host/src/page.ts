// What is seen: a ribbon from the unified manifest, the sheet, and the pane in a frame.

import { cellName, columnName } from "../../../addin/src/excel/addresses";
import { Book } from "./book";
import { ExcelHost } from "./host";
import "./page.css";

interface Button { readonly id: string; readonly label: string; readonly actionId: string; readonly icons: readonly { size: number; url: string }[] }
interface Manifest { readonly extensions: readonly [{ readonly ribbons: readonly [{ readonly tabs: readonly [{ readonly label: string; readonly groups: readonly { label: string; controls: readonly Button[] }[] }] }] }] }

declare global { interface Window { excelHost: ExcelHost } }

const ROWS = 30;
const COLUMNS = 8;
const byId = (id: string): HTMLElement => document.getElementById(id) as HTMLElement;

function element<K extends keyof HTMLElementTagNameMap>(tag: K, className = "", text = ""): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function drawRibbon(manifest: Manifest, host: ExcelHost): void {
  for (const group of manifest.extensions[0].ribbons[0].tabs[0].groups) {
    const box = element("fieldset");
    box.append(element("legend", "", group.label));
    for (const { label, actionId, icons } of group.controls) {
      const button = element("button", "", label);
      const icon = element("img");
      icon.src = new URL(icons.find(({ size }) => size === 32)?.url ?? "").pathname;
      icon.alt = "";
      button.prepend(icon);
      button.addEventListener("click", () => { void host.press(actionId).catch((error: Error) => host.refusals.push(error.message)); });
      box.append(button);
    }
    byId("ribbon").append(box);
  }
}

function drawSheet(host: ExcelHost): void {
  const { book, selection } = host;
  const table = element("table");
  const head = table.insertRow();
  for (let column = 0; column <= COLUMNS; column += 1) head.append(element("th", "", column ? columnName(column) : ""));
  for (let row = 1; row <= ROWS; row += 1) {
    const line = table.insertRow();
    line.append(element("th", "", String(row)));
    for (let column = 1; column <= COLUMNS; column += 1) {
      const cell = book.cell(selection.sheet, row, column);
      const isNumber = typeof book.value(selection.sheet, row, column) === "number";
      const isSelected = row >= selection.top && row <= selection.bottom && column >= selection.left && column <= selection.right;
      const box = element("td", `${isNumber ? "number" : ""} ${isSelected ? "selected" : ""} ${cell?.bold ? "bold" : ""}`, book.text(selection.sheet, row, column));
      box.dataset["cell"] = cellName(row, column);
      box.style.background = cell?.fill ?? "";
      box.addEventListener("mousedown", () => host.select({ sheet: selection.sheet, top: row, left: column, bottom: row, right: column }));
      line.append(box);
    }
  }
  byId("grid").replaceChildren(table);
  byId("formula").textContent = String(book.cell(selection.sheet, selection.top, selection.left)?.input ?? "");
  byId("sheets").replaceChildren(...book.sheets.map(({ name }) => {
    const tab = element("button", name === selection.sheet ? "selected" : "", name);
    tab.addEventListener("click", () => host.select({ sheet: name, top: 1, left: 1, bottom: 1, right: 1 }));
    return tab;
  }));
}

async function start(): Promise<void> {
  const pane = byId("pane") as HTMLIFrameElement;
  const host = new ExcelHost(await Book.create(), (visible) => { pane.hidden = !visible; });
  const floor = new URLSearchParams(location.search).get("floor");
  if (floor) Object.assign(host, { sets: JSON.parse(floor) as Record<string, string>, checksSets: true });
  const [manifest, metadata] = await Promise.all(["manifest.json", "/app/functions.json"].map(async (url) => (await fetch(url)).json()));
  host.book.functions.describe((metadata as { functions: never[] }).functions);
  window.excelHost = host;
  drawRibbon(manifest as Manifest, host);
  host.onView(() => drawSheet(host));
  drawSheet(host);
  // A shared runtime starts with the workbook; the pane is opened later.
  pane.src = "/app/taskpane.html";
}

void start();
