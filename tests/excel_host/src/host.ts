// The stand-in for Excel as the pane's frame meets it: wire protocol, common API, ribbon, worksheet functions, events.

import type { RangeAddress } from "../../../addin/src/excel/addresses";
import { printedAddress, type Book } from "./book";
import { members, type Members } from "./objects";
import { packageBytes } from "./package";
import { answer, References, type Batch } from "./wire";

type ActionBody = (event: { completed: () => void }) => unknown;
interface Message { readonly id: number; readonly message: { readonly body: string | Batch } }

const MOST_OPEN_FILES = 2;
const LARGEST_SLICE = 4 * 1024 * 1024;
const EVENT_CATEGORY = 65536;
const SELECTION_CHANGED = 2;
const DATA_CHANGED = 10;

/** Version text as a number that compares: "1.9" before "1.10". */
const rank = (version: string): number => {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major * 1000 + minor;
};

export class ExcelHost {
  readonly actions = new Map<string, ActionBody>();
  readonly opened: string[] = [];
  readonly settings = new Map<string, unknown>();
  /** Every refusal and failure that the client was told. */
  readonly refusals: string[] = [];
  selection: RangeAddress = { sheet: "Sheet1", top: 1, left: 1, bottom: 1, right: 1 };
  watchesCells = false;
  fileName = "Book1.xlsx";
  givesFiles = true;
  /** With a floor, the client itself refuses calls of later requirement sets. */
  checksSets = false;
  sets: Record<string, string> = { ExcelApi: "1.17", SharedRuntime: "1.2", CustomFunctionsRuntime: "1.4", RibbonApi: "1.2", OpenBrowserWindowApi: "1.1", RichApiRuntime: "1.2" };
  openFiles = 0;
  private readonly members: Record<string, Members>;
  private readonly references = new References();
  private readonly views = new Set<() => void>();
  private tell: ((text: string) => void) | null = null;

  constructor(readonly book: Book, private readonly showPane: (visible: boolean) => void) {
    this.members = members(this);
    book.onChange((sheet) => this.cellsChanged(sheet));
  }

  // -- the wire -----------------------------------------------------------------------------------------------------

  /** A message of the client; answers and events come back through `reply`. */
  handle(text: string, reply: (text: string) => void): void {
    this.tell = reply;
    const { id, message } = JSON.parse(text) as Message;
    const batch = typeof message.body === "string" ? (JSON.parse(message.body) as Batch) : message.body;
    void this.book.idle.then(() => {
      const body = answer(batch, this.members, this.references);
      if (body.Error) this.refusals.push(`${body.Error.Code}: ${body.Error.Message}`);
      reply(JSON.stringify({ id, type: 2, message: { statusCode: 200, headers: {}, body } }));
      for (const view of this.views) view();
    });
  }

  private cellsChanged(sheet: string): void {
    void this.book.idle.then(() => {
      for (const view of this.views) view();
      if (!this.watchesCells) return;
      const used = this.book.used(sheet) ?? this.selection;
      const address = printedAddress(used).replace(/^.*!/, "");
      this.raise(DATA_CHANGED, "Workbook", { address, changeType: "RangeEdited", source: "Local", worksheetId: sheet });
    });
  }

  private raise(messageType: number, targetId: string, content: object): void {
    const entries = [{ messageCategory: EVENT_CATEGORY, messageType, targetId, message: JSON.stringify(content) }];
    this.tell?.(JSON.stringify({ type: 3, message: { entries } }));
  }

  // -- the sheet as a person uses it ---------------------------------------------------------------------------------

  onView(view: () => void): void {
    this.views.add(view);
  }

  select({ sheet, top, left, bottom, right }: RangeAddress): void {
    this.selection = { sheet, top, left, bottom, right };
    for (const view of this.views) view();
    this.raise(SELECTION_CHANGED, "", {});
  }

  // -- the common API -----------------------------------------------------------------------------------------------

  isSetSupported(name: string, version: string | number = "1.1"): boolean {
    const known = this.sets[name];
    return known !== undefined && rank(known) >= rank(String(version));
  }

  registerFunction(id: string, body: (...parameters: unknown[]) => unknown): void {
    this.book.functions.register(id, body);
    this.book.recalculate();
    void this.book.idle.then(() => this.views.forEach((view) => view()));
  }

  paneVisible(visible: boolean): void {
    this.showPane(visible);
  }

  /** The open workbook as slices. Excel holds at most two such files at a time. */
  async openFile(size = LARGEST_SLICE): Promise<{ size: number; slices: number; slice: (index: number) => number[]; close: () => void }> {
    if (!this.givesFiles) throw new Error("The test host gives no files.");
    if (this.openFiles >= MOST_OPEN_FILES) throw new Error("Only two documents are allowed in memory.");
    if (size > LARGEST_SLICE) throw new Error("A slice holds at most 4 MB.");
    this.openFiles += 1;
    await this.book.idle;
    const bytes = packageBytes(this.book);
    let isOpen = true;
    const slice = (index: number): number[] => {
      if (!isOpen || index * size >= bytes.length) throw new Error("The file was closed, or has no such slice.");
      return [...bytes.slice(index * size, (index + 1) * size)];
    };
    const close = (): void => { if (isOpen) this.openFiles -= 1; isOpen = false; };
    return { size: bytes.length, slices: Math.ceil(bytes.length / size), slice, close };
  }

  /** What a press on a ribbon button does. Resolves when the command says that it is complete. */
  press(action: string): Promise<void> {
    const body = this.actions.get(action);
    if (!body) return Promise.reject(new Error(`No code is associated with the action ${action}.`));
    return new Promise((resolve) => { void body({ completed: resolve }); });
  }
}
