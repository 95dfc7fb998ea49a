// Excel behind the interface of the pane. The only file that calls Excel.run.

import { cellName, parseRange, withinUsed, type CellAddress, type RangeAddress } from "./addresses";
import { readModelCalls } from "./formula/model";
import {
  HostError, type CellContent, type CellInput, type CellValue, type CellWrite, type ModelCell, type Role, type SheetInfo, type SheetTable,
  type TableChart, type Unsubscribe, type WorkbookHost, type WorkbookSource,
} from "./host";
import { officeFileName, readOfficeFile } from "./officeFile";
import { saveInBrowser } from "./saveFile";
import { sheetSnapshotCells } from "./snapshot";

// Excel on the web takes and gives at most 5 MB in one message.
const CELLS_PER_MESSAGE = 20_000;
const WRITES_PER_MESSAGE = 500;
const TINT: Record<"input" | "output", string> = { input: "#DDEBF7", output: "#E2EFDA" };
const REPORT_MARK = "Montecell results";

type SheetReader = (block: { sheet: string; top: number; left: number; formulas: CellInput[][]; values: CellValue[][]; formats: string[][] }) => void;


function explain(error: unknown): never {
  if (error instanceof OfficeExtension.Error) {
    const { code } = error;
    if (code === "InvalidSelection") throw new HostError("Select a cell first; a chart or a shape is selected now.");
    if (code === "AccessDenied") throw new HostError("The sheet is protected. Take the protection off and try again.");
    if (code === "InvalidOperationInCellEditMode") throw new HostError("A cell is being edited. Press Enter in Excel and try again.");
    if (code === "ItemNotFound") throw new HostError("That sheet is no longer in the workbook.");
    throw new HostError(`Excel could not do that: ${error.message}`);
  }
  throw error;
}

function run<T>(work: (context: Excel.RequestContext) => Promise<T>): Promise<T> {
  return Excel.run(work).catch(explain);
}

export class OfficeHost implements WorkbookHost {
  readonly kind = "excel";

  async getSelection(): Promise<RangeAddress> {
    return run(async (context) => {
      const range = context.workbook.getSelectedRange();
      range.load("address,rowIndex,columnIndex,rowCount,columnCount");
      await context.sync();
      // Whole rows and columns have addresses without corners: only the sheet's name is read from the text.
      const sheet = parseRange(range.address.replace(/![^!]*$/, "!A1"), "")?.sheet ?? "";
      const { rowIndex, columnIndex, rowCount, columnCount } = range;
      return { sheet, top: rowIndex + 1, left: columnIndex + 1, bottom: rowIndex + rowCount, right: columnIndex + columnCount };
    });
  }

  async getSelectedRange(): Promise<RangeAddress> {
    const selected = await this.getSelection();
    return run(async (context) => {
      const used = context.workbook.worksheets.getItem(selected.sheet).getUsedRangeOrNullObject(true);
      used.load("rowIndex,columnIndex,rowCount,columnCount");
      await context.sync();
      if (used.isNullObject) return withinUsed(selected, 0, 0);
      return withinUsed(selected, used.rowIndex + used.rowCount, used.columnIndex + used.columnCount);
    });
  }

  onSelectionChanged(listener: () => void): Unsubscribe {
    return this.subscribe((context) => context.workbook.onSelectionChanged.add(async () => listener()));
  }

  onCellsChanged(listener: () => void): Unsubscribe {
    return this.subscribe((context) => context.workbook.worksheets.onChanged.add(async () => listener()));
  }

  // Without events the pane still works: it reads the selection again whenever it acts.
  private subscribe<T>(add: (context: Excel.RequestContext) => OfficeExtension.EventHandlerResult<T>): Unsubscribe {
    const handler = Excel.run(async (context) => {
      const added = add(context);
      await context.sync();
      return added;
    }).catch(() => null);
    return () => {
      void handler.then((added) => {
        if (!added) return undefined;
        return Excel.run(added.context, async (context) => { added.remove(); await context.sync(); });
      }).catch(() => undefined);
    };
  }

  private range(context: Excel.RequestContext, { sheet, row, column }: CellAddress): Excel.Range {
    return context.workbook.worksheets.getItem(sheet).getRange(cellName(row, column));
  }

  async readCell(address: CellAddress): Promise<CellContent> {
    return run(async (context) => {
      const range = this.range(context, address);
      range.load("formulas,values");
      await context.sync();
      const input = (range.formulas[0]?.[0] ?? "") as CellInput;
      const value = (range.values[0]?.[0] ?? "") as CellValue;
      return { address, input: input === "" ? null : input, value: value === "" && input === "" ? null : value };
    });
  }

  async readValues({ sheet, top, left, bottom, right }: RangeAddress): Promise<CellValue[][]> {
    return run(async (context) => {
      const range = context.workbook.worksheets.getItem(sheet).getRange(`${cellName(top, left)}:${cellName(bottom, right)}`);
      range.load("values");
      await context.sync();
      return (range.values as CellValue[][]).map((row) => row.map((value) => (value === "" ? null : value)));
    });
  }

  async readInputs({ sheet, top, left, bottom, right }: RangeAddress): Promise<CellInput[][]> {
    return run(async (context) => {
      const range = context.workbook.worksheets.getItem(sheet).getRange(`${cellName(top, left)}:${cellName(bottom, right)}`);
      range.load("formulas");
      await context.sync();
      return (range.formulas as CellInput[][]).map((row) => row.map((input) => (input === "" ? null : input)));
    });
  }

  async resolveName(name: string): Promise<RangeAddress | null> {
    const found = (await this.readNames()).find((each) => each.name.toLowerCase() === name.toLowerCase());
    return found ? parseRange(found.refers_to.replaceAll("$", ""), "") : null;
  }

  async writeCell(address: CellAddress, input: CellInput): Promise<void> {
    await run(async (context) => {
      this.range(context, address).formulas = [[input ?? ""]];
      await context.sync();
    });
  }

  async writeCells(changes: readonly CellWrite[]): Promise<void> {
    for (let start = 0; start < changes.length; start += WRITES_PER_MESSAGE) {
      await run(async (context) => {
        for (const { address, input } of changes.slice(start, start + WRITES_PER_MESSAGE)) this.range(context, address).formulas = [[input ?? ""]];
        await context.sync();
      });
    }
  }

  async markCell(address: CellAddress, role: Role): Promise<void> {
    await run(async (context) => {
      const { fill } = this.range(context, address).format;
      fill.load("color");
      await context.sync();
      // A colour that a person gave the cell stays.
      const isFree = ["", "#FFFFFF", ...Object.values(TINT)].includes((fill.color ?? "").toUpperCase());
      if (!isFree) return;
      if (role) fill.color = TINT[role];
      else fill.clear();
      await context.sync();
      // The tint is a courtesy: where a sheet forbids colours, the definition itself has long been made.
    }).catch(() => undefined);
  }

  async selectCell(address: CellAddress): Promise<void> {
    await run(async (context) => {
      const range = this.range(context, address);
      context.workbook.worksheets.getItem(address.sheet).activate();
      range.select();
      await context.sync();
    });
  }

  async listSheets(): Promise<SheetInfo[]> {
    return run(async (context) => {
      const { worksheets } = context.workbook;
      worksheets.load("items/name,items/visibility");
      await context.sync();
      return worksheets.items.map(({ name, visibility }) => ({ name, hidden: visibility !== "Visible" }));
    });
  }

  async findModelCells(): Promise<ModelCell[]> {
    const found: ModelCell[] = [];
    await this.readSheets(false, ({ sheet, top, left, formulas, values }) => {
      formulas.forEach((cells, r) => cells.forEach((formula, c) => {
        const { laws, output } = readModelCalls(formula);
        const address = { sheet, row: top + r, column: left + c };
        if (laws.length || output) found.push({ address, formula: String(formula), value: values[r]?.[c] ?? null });
      }));
    });
    return found;
  }

  // The used ranges of all sheets, in blocks that fit one message.
  private async readSheets(withFormats: boolean, read: SheetReader): Promise<void> {
    for (const { name } of await this.listSheets()) {
      await run(async (context) => {
        const sheet = context.workbook.worksheets.getItem(name);
        const used = sheet.getUsedRangeOrNullObject(true);
        used.load("rowIndex,columnIndex,rowCount,columnCount");
        await context.sync();
        if (used.isNullObject) return;
        const { rowIndex, columnIndex, rowCount, columnCount } = used;
        const step = Math.max(1, Math.floor(CELLS_PER_MESSAGE / columnCount));
        for (let row = 0; row < rowCount; row += step) {
          const rows = Math.min(step, rowCount - row);
          const block = sheet.getRangeByIndexes(rowIndex + row, columnIndex, rows, columnCount);
          block.load(withFormats ? "formulas,values,numberFormat" : "formulas,values");
          await context.sync();
          const formats = withFormats ? (block.numberFormat as string[][]) : [];
          const { formulas, values } = block as { formulas: CellInput[][]; values: CellValue[][] };
          read({ sheet: name, top: rowIndex + row + 1, left: columnIndex + 1, formulas, values, formats });
        }
      });
    }
  }

  async replaceSheet(name: string, table: SheetTable): Promise<string> {
    return run(async (context) => {
      const sheet = await this.reportSheet(context, name);
      await this.writeTable(context, sheet, table);
      for (const chart of table.charts ?? []) addChart(sheet, chart);
      sheet.activate();
      sheet.load("name");
      await context.sync();
      return sheet.name;
    });
  }

  // An earlier report is written over; a sheet of that name that a person made is left alone.
  private async reportSheet(context: Excel.RequestContext, name: string): Promise<Excel.Worksheet> {
    const { worksheets } = context.workbook;
    for (let number = 1; ; number += 1) {
      const candidate = number === 1 ? name : `${name} ${number}`;
      const sheet = worksheets.getItemOrNullObject(candidate);
      await context.sync();
      if (sheet.isNullObject) {
        worksheets.add(candidate);
        await context.sync();
        // What add() returns does not outlive a sync everywhere; a sheet found by its name does.
        return worksheets.getItem(candidate);
      }
      const mark = sheet.getRange("A1");
      mark.load("values");
      sheet.charts.load("items/name");
      await context.sync();
      if (mark.values[0]?.[0] !== REPORT_MARK) continue;
      for (const chart of sheet.charts.items) chart.delete();
      sheet.getRange().clear();
      return sheet;
    }
  }

  private async writeTable(context: Excel.RequestContext, sheet: Excel.Worksheet, table: SheetTable): Promise<void> {
    const columns = Math.max(1, ...table.rows.map((row) => row.length));
    const step = Math.max(1, Math.floor(CELLS_PER_MESSAGE / columns));
    for (let top = 0; top < table.rows.length; top += step) {
      const rows = table.rows.slice(top, top + step).map((row) => Array.from({ length: columns }, (_, c) => row[c] ?? ""));
      sheet.getRange(`A${top + 1}:${cellName(top + rows.length, columns)}`).values = rows;
      await context.sync();
    }
    for (const { top, left, bottom, right, format } of table.formats ?? []) {
      const shape = Array.from({ length: bottom - top + 1 }, () => Array.from({ length: right - left + 1 }, () => format));
      sheet.getRange(`${cellName(top, left)}:${cellName(bottom, right)}`).numberFormat = shape;
    }
    for (const row of table.headings) sheet.getRange(`A${row}:${cellName(row, columns)}`).format.font.bold = true;
    (table.columnWidths ?? []).forEach((width, index) => {
      // Column widths of files count characters, this one points.
      sheet.getRange(cellName(1, index + 1)).format.columnWidth = width * 5.6;
    });
  }

  async readWorkbook(): Promise<WorkbookSource> {
    const fileName = officeFileName();
    const bytes = await readOfficeFile();
    if (bytes) return { kind: "file", bytes, fileName };
    return { kind: "snapshot", snapshot: await this.snapshot(fileName) };
  }

  private async snapshot(fileName: string): Promise<Extract<WorkbookSource, { kind: "snapshot" }>["snapshot"]> {
    const sheets = (await this.listSheets()).map(({ name }) => ({ name, cells: [] as ReturnType<typeof sheetSnapshotCells> }));
    await this.readSheets(true, ({ sheet, top, left, formulas, formats }) => {
      sheets.find(({ name }) => name === sheet)?.cells.push(...sheetSnapshotCells(top, left, formulas, formats));
    });
    return { file_name: fileName, sheets, names: await this.readNames() };
  }

  private readNames(): Promise<{ name: string; refers_to: string }[]> {
    return run(async (context) => {
      const { names } = context.workbook;
      names.load("items/name,items/formula");
      await context.sync();
      return names.items.map(({ name, formula }) => ({ name, refers_to: String(formula).replace(/^=/, "") }));
    });
  }

  // Excel hands over the whole workbook each time.
  workbookStored(): void {}

  workbookName(): string {
    return officeFileName();
  }

  async saveFile(name: string, content: Blob, url: string): Promise<void> {
    const opener = Office.context.ui?.openBrowserWindow;
    const canOpen = typeof opener === "function" && Office.context.requirements.isSetSupported("OpenBrowserWindowApi", "1.1");
    // The web views of desktop Excel drop downloads; its browser does not.
    if (canOpen) Office.context.ui.openBrowserWindow(new URL(url, location.href).href);
    else saveInBrowser(name, content);
  }
}

function addChart(sheet: Excel.Worksheet, chart: TableChart): void {
  const { top, bottom, column } = chart.categories;
  const values = sheet.getRange(`${cellName(top, chart.values.column)}:${cellName(bottom, chart.values.column)}`);
  const kind = { histogram: "ColumnClustered", line: "Line", bar: "BarClustered" } as const;
  const added = sheet.charts.add(kind[chart.kind], values, "Columns");
  added.title.text = chart.title;
  added.legend.visible = false;
  added.setPosition(cellName(chart.at.row, chart.at.column), cellName(chart.at.row + 14, chart.at.column + 6));
  const series = added.series.getItemAt(0);
  series.setXAxisValues(sheet.getRange(`${cellName(top + 1, column)}:${cellName(bottom, column)}`));
  if (chart.kind === "histogram") series.gapWidth = 0;
}
