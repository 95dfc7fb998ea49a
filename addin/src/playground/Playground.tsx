import { Button } from "@fluentui/react-components";
import { useEffect, useRef, useState, useSyncExternalStore, type DragEvent, type KeyboardEvent, type ReactNode } from "react";
import type { ApiClient } from "../api/client";
import { printAddress } from "../excel/addresses";
import type { GridHost } from "../excel/gridHost";
import { Pane, Surroundings } from "../pane/App";
import { DownloadIcon, FileIcon, FolderIcon } from "../pane/icons";
import { NoticeBar } from "../pane/NoticeBar";
import type { Session } from "../pane/session";
import type { Editing } from "./editing";
import { FormulaBar } from "./FormulaBar";
import { Grid } from "./Grid";
import { SheetTabs } from "./SheetTabs";
import { downloadBook, newBook, openFile } from "./workbench";
import "./playground.css";

interface PlaygroundProps {
  readonly session: Session;
  readonly host: GridHost;
  readonly api: ApiClient;
}

function Header({ session, host, api }: PlaygroundProps): ReactNode {
  useSyncExternalStore(host.subscribe, () => host.version);
  const picker = useRef<HTMLInputElement>(null);
  return (
    <header className="pg-header">
      <svg className="pg-logo" viewBox="0 0 24 24" aria-hidden="true"><path d="M2 20h20M3 19c5 0 5-14 9-14s4 14 9 14" fill="none" stroke="currentColor" strokeWidth="2.4" strokeLinecap="round" /></svg>
      <h1 className="pg-product">Montecell</h1>
      <span className="pg-file" title={host.book.fileName}>{host.book.fileName}</span>
      <div className="pg-buttons">
        <input ref={picker} type="file" accept=".xlsx,.xlsm" hidden aria-label="Excel workbook" onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = "";
          if (file) void openFile(file, api, host, session);
        }} />
        <Button appearance="primary" icon={<FolderIcon />} onClick={() => picker.current?.click()}>Open .xlsx</Button>
        <Button icon={<FileIcon />} onClick={() => void newBook(host, session)}>New</Button>
        <Button icon={<DownloadIcon />} onClick={() => void downloadBook(api, host, session)}>Download</Button>
      </div>
    </header>
  );
}

function FrozenNote({ host }: { host: GridHost }): ReactNode {
  useSyncExternalStore(host.subscribe, () => host.version);
  const [closedFor, setClosedFor] = useState<string | null>(null);
  const frozen = host.book.frozenCells();
  if (!frozen.length || closedFor === host.book.fileName) return null;
  const text = `${frozen.length === 1 ? "One cell shows" : `${frozen.length} cells show`} the value that Excel stored, because this grid cannot calculate the formula. Simulations run on the server and are not affected.`;
  return <NoticeBar notice={{ intent: "info", text, cells: frozen.slice(0, 6).map(printAddress) }} onClose={() => setClosedFor(host.book.fileName)} />;
}

/** Lets a file be dropped anywhere on the page. */
function useDrop(open: (file: File) => void): { over: boolean; handlers: Record<"onDragOver" | "onDragLeave" | "onDrop", (event: DragEvent) => void> } {
  const [over, setOver] = useState(false);
  const handlers = {
    onDragOver: (event: DragEvent) => {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      setOver(true);
    },
    onDragLeave: (event: DragEvent) => { if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false); },
    onDrop: (event: DragEvent) => {
      event.preventDefault();
      setOver(false);
      const file = event.dataTransfer.files[0];
      if (file) open(file);
    },
  };
  return { over, handlers };
}

const PLACES = [".pg-grid", ".pg-pane [role=tab][aria-selected=true]", ".pg-header button"];

/** F6 goes round the parts of the page, as in Excel: inside the grid the Tab key moves from cell to cell. */
function goRound(event: KeyboardEvent<HTMLElement>): void {
  if (event.key !== "F6") return;
  event.preventDefault();
  const focused = document.activeElement;
  const parts = [".pg-book", ".pg-pane", ".pg-header"];
  const here = parts.findIndex((part) => focused?.closest(part));
  const next = (here + (event.shiftKey ? 2 : 1)) % 3;
  event.currentTarget.querySelector<HTMLElement>(PLACES[next] ?? ".pg-grid")?.focus();
}

/** A spreadsheet in the browser with the pane of Excel beside it. */
export function Playground({ session, host, api }: PlaygroundProps): ReactNode {
  const [editing, setEditing] = useState<Editing | null>(null);
  const grid = useRef<HTMLDivElement>(null);
  const { over, handlers } = useDrop((file) => void openFile(file, api, host, session));
  useEffect(() => grid.current?.focus(), []);
  return (
    <Surroundings session={session}>
      <div className="pg-page" {...handlers} onKeyDown={goRound}>
        <Header session={session} host={host} api={api} />
        <div className="pg-work">
          <main className="pg-book" aria-label="Workbook">
            <FormulaBar host={host} editing={editing} onEdit={setEditing} onDone={() => grid.current?.focus({ preventScroll: true })} />
            <FrozenNote host={host} />
            <p id="pg-help" className="mc-hidden">Arrow keys move, typing or F2 edits, F6 leaves the grid.</p>
            <Grid host={host} editing={editing} onEdit={setEditing} focusRef={grid} />
            <SheetTabs host={host} />
          </main>
          <aside className="pg-pane" aria-label="Montecell pane"><Pane /></aside>
        </div>
        {over && <div className="pg-drop">Drop the workbook to open it</div>}
      </div>
    </Surroundings>
  );
}
