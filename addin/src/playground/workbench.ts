// What the playground does with whole workbooks: open, begin anew, hand out.

import type { ApiClient } from "../api/client";
import { parseAddress } from "../excel/addresses";
import { GridBook } from "../excel/grid/book";
import { GridHost } from "../excel/gridHost";
import { saveInBrowser } from "../excel/saveFile";
import type { Session } from "../pane/session";
import { EXAMPLE, EXAMPLE_NAME, EXAMPLE_WIDTHS } from "./example";

/** The largest file that is sent; the server has its own limit and explains it. */
const LARGEST = 200 * 1024 * 1024;

export async function exampleBook(): Promise<GridBook> {
  const book = await GridBook.create(EXAMPLE_NAME, undefined, EXAMPLE_WIDTHS);
  book.write(EXAMPLE.flatMap(([cell, input, format]) => {
    const address = parseAddress(cell, "Sheet1");
    return address ? [{ address, cell: { input, format } }] : [];
  }));
  return book;
}

/** Sends a file to the server and shows what it reads. */
export async function openFile(file: File, api: ApiClient, host: GridHost, session: Session): Promise<void> {
  await session.attempt(async () => {
    if (!/\.xls[xm]$/i.test(file.name)) throw new Error(`"${file.name}" is no Excel workbook. Choose an .xlsx or .xlsm file.`);
    if (file.size > LARGEST) throw new Error(`"${file.name}" is larger than 200 MB.`);
    const stored = await api.storeWorkbook({ kind: "file", bytes: file, fileName: file.name });
    const cells = await api.cells(stored.id);
    const book = await GridBook.fromCells({ ...cells, file_name: file.name });
    host.open(book, stored.id);
    session.reset();
    await session.checkModel();
  }, `Opening ${file.name}…`);
}

export async function newBook(host: GridHost, session: Session): Promise<void> {
  host.open(await GridBook.create(), null);
  session.reset();
}

/** Hands out the workbook as it stands in the grid, as a file for Excel. */
export async function downloadBook(api: ApiClient, host: GridHost, session: Session): Promise<void> {
  await session.attempt(async () => {
    const stored = await api.storeWorkbook(await host.readWorkbook());
    host.workbookStored(stored.id);
    saveInBrowser(host.book.fileName, await api.file(stored.id));
  }, "Preparing the workbook…");
}
