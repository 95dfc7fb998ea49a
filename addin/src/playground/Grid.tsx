import { useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore, type ClipboardEvent, type KeyboardEvent, type MouseEvent, type ReactNode, type RefObject } from "react";
import { cellName, columnName, rangeHolds } from "../excel/addresses";
import { readModelCalls } from "../excel/formula/model";
import type { GridHost } from "../excel/gridHost";
import { copyText, pasteChanges } from "./clipboard";
import { around, clear, commit, farCorner, goTo, step, stretchTo, type Editing } from "./editing";
import { columnsBetween, HEADER_HEIGHT, measure, ROW_HEADER_WIDTH, ROW_HEIGHT, type Geometry } from "./geometry";

interface GridProps {
  readonly host: GridHost;
  readonly editing: Editing | null;
  readonly onEdit: (editing: Editing | null) => void;
  readonly focusRef: RefObject<HTMLDivElement | null>;
}

interface Window { readonly top: number; readonly left: number; readonly width: number; readonly height: number }

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1],
};

function useScrollWindow(ref: RefObject<HTMLDivElement | null>): [Window, () => void] {
  const [view, setView] = useState<Window>({ top: 0, left: 0, width: 900, height: 600 });
  const update = (): void => {
    const element = ref.current;
    if (element) setView({ top: element.scrollTop, left: element.scrollLeft, width: element.clientWidth, height: element.clientHeight });
  };
  useLayoutEffect(() => {
    update();
    const observer = new ResizeObserver(update);
    if (ref.current) observer.observe(ref.current);
    return () => observer.disconnect();
  }, []);
  return [view, update];
}

function cellClass(host: GridHost, row: number, column: number, text: string): string {
  const { sheet, row: activeRow, column: activeColumn } = host.selection.active;
  const cell = host.book.cell(sheet, row, column);
  const { laws, output } = readModelCalls(cell?.input);
  const classes = ["pg-cell"];
  if (host.book.isNumber(sheet, row, column) && cell) classes.push("pg-number");
  if (output) classes.push("pg-output");
  else if (laws.length) classes.push("pg-input");
  if (/^#[A-Z]/.test(text)) classes.push("pg-error");
  if (cell?.frozen !== undefined) classes.push("pg-frozen");
  if (host.book.sheet(sheet).boldRows.has(row)) classes.push("pg-bold");
  if (rangeHolds(host.selection.range, row, column)) classes.push("pg-selected");
  if (row === activeRow && column === activeColumn) classes.push("pg-active");
  return classes.join(" ");
}

function cellTitle(host: GridHost, row: number, column: number, text: string): string | undefined {
  const cell = host.book.cell(host.selection.active.sheet, row, column);
  if (cell?.frozen !== undefined) return `Excel's last value: this grid cannot calculate ${String(cell.input)}`;
  if (/^#[A-Z]/.test(text)) return `${text} in ${String(cell?.input ?? "")}`;
  return undefined;
}

interface CellsProps { readonly host: GridHost; readonly geometry: Geometry; readonly rows: [number, number]; readonly columns: [number, number] }

function Cells({ host, geometry, rows, columns }: CellsProps): ReactNode {
  const { sheet } = host.selection.active;
  const { top, bottom } = host.selection.range;
  const numbers = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);
  return numbers(...rows).map((row) => (
    <div key={row} role="row" aria-rowindex={row + 1} className="pg-row" style={{ top: HEADER_HEIGHT + (row - 1) * ROW_HEIGHT, width: ROW_HEADER_WIDTH + (geometry.lefts.at(-1) ?? 0) }}>
      <div role="rowheader" aria-colindex={1} className={row >= top && row <= bottom ? "pg-row-header pg-held" : "pg-row-header"} data-row={row}>{row}</div>
      {numbers(...columns).map((column) => {
        const text = host.book.text(sheet, row, column);
        const spills = text !== "" && !host.book.isNumber(sheet, row, column) && !text.startsWith("#") && host.book.text(sheet, row, column + 1) === "";
        return (
          <div key={column} role="gridcell" id={`pg-${cellName(row, column)}`} aria-colindex={column + 1} data-row={row} data-column={column}
            aria-selected={rangeHolds(host.selection.range, row, column)} className={cellClass(host, row, column, text) + (spills ? " pg-spills" : "")}
            title={cellTitle(host, row, column, text)} style={{ left: ROW_HEADER_WIDTH + (geometry.lefts[column] ?? 0), width: geometry.widthOf(column) }}>
            {text}
          </div>
        );
      })}
    </div>
  ));
}

function ColumnHeaders({ host, geometry, columns }: { host: GridHost; geometry: Geometry; columns: [number, number] }): ReactNode {
  const { left, right } = host.selection.range;
  return (
    <div role="row" aria-rowindex={1} className="pg-columns" style={{ width: ROW_HEADER_WIDTH + (geometry.lefts.at(-1) ?? 0) }}>
      <div className="pg-corner" role="columnheader" aria-colindex={1} aria-label="Row numbers" />
      {Array.from({ length: columns[1] - columns[0] + 1 }, (_, index) => columns[0] + index).map((column) => (
        <div key={column} role="columnheader" aria-colindex={column + 1} data-column={column} className={column >= left && column <= right ? "pg-column-header pg-held" : "pg-column-header"}
          style={{ left: ROW_HEADER_WIDTH + (geometry.lefts[column] ?? 0), width: geometry.widthOf(column) }}>{columnName(column)}</div>
      ))}
    </div>
  );
}

function CellEditor({ host, geometry, editing, onEdit, finish }: { host: GridHost; geometry: Geometry; editing: Editing; onEdit: GridProps["onEdit"]; finish: (key: string, back: boolean) => void }): ReactNode {
  const { row, column } = host.selection.active;
  // Leaving by a key takes the field away, which then also loses the focus: only the first counts.
  const isDone = useRef(false);
  const leave = (key: string, back: boolean): void => {
    if (isDone.current) return;
    isDone.current = true;
    finish(key, back);
  };
  const left = ROW_HEADER_WIDTH + (geometry.lefts[column] ?? 0);
  const width = Math.max(geometry.widthOf(column), Math.min(420, editing.text.length * 7.4 + 24));
  return (
    <input className="pg-editor" aria-label={`Content of ${cellName(row, column)}`} autoFocus spellCheck={false} autoComplete="off" value={editing.text}
      style={{ top: HEADER_HEIGHT + (row - 1) * ROW_HEIGHT, left, width }}
      onChange={(event) => onEdit({ ...editing, text: event.target.value })}
      onKeyDown={(event) => {
        event.stopPropagation();
        const arrow = editing.isOver && event.key in ARROWS;
        if (event.key === "F2") onEdit({ ...editing, isOver: false });
        if (!["Enter", "Tab", "Escape"].includes(event.key) && !arrow) return;
        event.preventDefault();
        leave(event.key, event.shiftKey);
      }}
      onBlur={() => leave("blur", false)} />
  );
}

/** Keys that leave an entry move the selection as Excel does. */
function moveAfter(host: GridHost, key: string, back: boolean): void {
  const { row, column } = host.selection.active;
  const [down, right] = key === "Enter" ? [back ? -1 : 1, 0] : key === "Tab" ? [0, back ? -1 : 1] : (ARROWS[key] ?? [0, 0]);
  if (down || right) goTo(host, row + down, column + right);
}

function handleKey(event: KeyboardEvent, host: GridHost, page: number, startEditing: (text: string | null) => void): boolean {
  const { key, shiftKey } = event;
  const far = event.ctrlKey || event.metaKey;
  const { active } = host.selection;
  const from = shiftKey ? farCorner(host.selection) : active;
  const arrive = ({ row, column }: { row: number; column: number }): void => (shiftKey ? stretchTo(host, row, column) : goTo(host, row, column));
  const arrow = ARROWS[key];
  if (arrow) arrive(step(host, from, arrow, far));
  else if (key === "PageDown" || key === "PageUp") arrive({ row: from.row + (key === "PageDown" ? page : -page), column: from.column });
  else if (key === "Home") arrive({ row: far ? 1 : from.row, column: 1 });
  else if (key === "End" && far) arrive({ row: Math.max(1, host.book.extent(active.sheet).rows), column: Math.max(1, host.book.extent(active.sheet).columns) });
  else if (key === "Enter" || key === "Tab") moveAfter(host, key, shiftKey);
  else if (key === "F2") startEditing(null);
  else if (key === "Delete" || key === "Backspace") clear(host);
  else if (far && key.toLowerCase() === "a") host.select({ active, range: { sheet: active.sheet, top: 1, left: 1, bottom: Math.max(1, host.book.extent(active.sheet).rows), right: Math.max(1, host.book.extent(active.sheet).columns) } });
  else if (far && (key.toLowerCase() === "z" || key.toLowerCase() === "y")) void (key.toLowerCase() === "y" || shiftKey ? host.book.redo() : host.book.undo());
  else if (key.length === 1 && !far && !event.altKey) startEditing(key);
  else return false;
  return true;
}

interface Place { readonly row: number; readonly column: number }

function placeOf(event: MouseEvent): Place | null {
  const cell = (event.target as HTMLElement).closest<HTMLElement>("[data-row],[data-column]");
  return cell ? { row: Number(cell.dataset["row"] ?? 0), column: Number(cell.dataset["column"] ?? 0) } : null;
}

function usePointer(host: GridHost, geometry: Geometry, startEditing: (text: string | null) => void): Record<"onMouseDown" | "onMouseOver" | "onDoubleClick", (event: MouseEvent) => void> {
  const dragging = useRef(false);
  useEffect(() => {
    const stop = (): void => { dragging.current = false; };
    window.addEventListener("mouseup", stop);
    return () => window.removeEventListener("mouseup", stop);
  }, []);
  return {
    onMouseDown: (event) => {
      const place = placeOf(event);
      if (!place || event.button !== 0) return;
      const { sheet } = host.selection.active;
      if (!place.row) host.select({ active: { sheet, row: 1, column: place.column }, range: around({ sheet, row: 1, column: place.column }, { sheet, row: geometry.rows, column: place.column }) });
      else if (!place.column) host.select({ active: { sheet, row: place.row, column: 1 }, range: around({ sheet, row: place.row, column: 1 }, { sheet, row: place.row, column: geometry.columns }) });
      else if (event.shiftKey) stretchTo(host, place.row, place.column);
      else goTo(host, place.row, place.column);
      dragging.current = place.row > 0 && place.column > 0;
    },
    onMouseOver: (event) => {
      const place = dragging.current ? placeOf(event) : null;
      if (place?.row && place.column) stretchTo(host, place.row, place.column);
    },
    onDoubleClick: (event) => {
      const place = placeOf(event);
      if (place?.row && place.column) startEditing(null);
    },
  };
}

/** Scrolls so that the moving end of the selection is seen. */
function useFollow(scroller: RefObject<HTMLDivElement | null>, host: GridHost, geometry: Geometry): void {
  const { row, column } = farCorner(host.selection);
  const { sheet } = host.selection.active;
  const wholeLine = host.selection.range.bottom >= geometry.rows || host.selection.range.right >= geometry.columns;
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element || wholeLine) return;
    const top = (row - 1) * ROW_HEIGHT;
    const left = geometry.lefts[column] ?? 0;
    const bottom = top + ROW_HEIGHT + HEADER_HEIGHT;
    const right = left + geometry.widthOf(column) + ROW_HEADER_WIDTH;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (bottom > element.scrollTop + element.clientHeight) element.scrollTop = bottom - element.clientHeight;
    if (left < element.scrollLeft) element.scrollLeft = left;
    else if (right > element.scrollLeft + element.clientWidth) element.scrollLeft = Math.min(left, right - element.clientWidth);
  }, [row, column, sheet, wholeLine]);
}

/** The sheet that is shown: headers and cells in the part that can be seen, selection, editing in place. */
export function Grid({ host, editing, onEdit, focusRef }: GridProps): ReactNode {
  useSyncExternalStore(host.subscribe, () => host.version);
  const [view, updateView] = useScrollWindow(focusRef);
  const { active } = host.selection;
  const corner = farCorner(host.selection);
  const reached = { row: Math.ceil((view.top + view.height) / ROW_HEIGHT), column: 0 };
  const isLine = corner.row >= 1_000_000 || corner.column >= 16_000;
  const geometry = measure(host.book, active.sheet, isLine ? reached : { row: Math.max(reached.row, active.row), column: active.column });
  useFollow(focusRef, host, geometry);
  const startEditing = (text: string | null): void => onEdit({ text: text ?? host.book.inputText(active), place: "cell", isOver: text !== null });
  const pointer = usePointer(host, geometry, startEditing);
  const firstRow = Math.max(1, Math.floor(view.top / ROW_HEIGHT) - 3);
  const lastRow = Math.min(geometry.rows, Math.ceil((view.top + view.height) / ROW_HEIGHT) + 3);
  const columns = columnsBetween(geometry, view.left, view.left + view.width);
  const finish = (key: string, back: boolean): void => {
    if (!editing) return;
    onEdit(null);
    if (key !== "Escape") commit(host, editing.text);
    if (key !== "blur") { moveAfter(host, key, back); focusRef.current?.focus({ preventScroll: true }); }
  };
  const onCopy = (event: ClipboardEvent, cut: boolean): void => {
    if (editing) return;
    event.preventDefault();
    event.clipboardData.setData("text/plain", copyText(host.book, host.selection.range));
    if (cut) clear(host);
  };
  return (
    <div ref={focusRef} className="pg-grid" role="grid" tabIndex={0} aria-label={`Sheet ${active.sheet}`} aria-rowcount={geometry.rows + 1} aria-colcount={geometry.columns + 1}
      aria-multiselectable="true" aria-describedby="pg-help" aria-activedescendant={`pg-${cellName(active.row, active.column)}`} onScroll={updateView} {...pointer}
      onKeyDown={(event) => { if (!editing && handleKey(event, host, Math.max(1, Math.floor(view.height / ROW_HEIGHT) - 2), startEditing)) event.preventDefault(); }}
      onCopy={(event) => onCopy(event, false)} onCut={(event) => onCopy(event, true)}
      onPaste={(event) => {
        if (editing) return;
        event.preventDefault();
        host.book.edit(pasteChanges(event.clipboardData.getData("text/plain"), host.selection.range));
      }}>
      <div className="pg-space" style={{ width: ROW_HEADER_WIDTH + (geometry.lefts.at(-1) ?? 0), height: HEADER_HEIGHT + geometry.rows * ROW_HEIGHT }}>
        <ColumnHeaders host={host} geometry={geometry} columns={columns} />
        <Cells host={host} geometry={geometry} rows={[firstRow, lastRow]} columns={columns} />
        {editing?.place === "cell" && <CellEditor host={host} geometry={geometry} editing={editing} onEdit={onEdit} finish={finish} />}
      </div>
    </div>
  );
}
