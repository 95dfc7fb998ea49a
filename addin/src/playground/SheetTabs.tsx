import { useSyncExternalStore, type KeyboardEvent, type ReactNode } from "react";
import { cellName } from "../excel/addresses";
import type { GridHost } from "../excel/gridHost";
import { formatCount, formatNumber } from "../pane/numbers";
import { goTo } from "./editing";

const MOST_SUMMED = 20_000;

function SelectionSummary({ host }: { host: GridHost }): ReactNode {
  const { sheet, top, bottom, left, right } = host.selection.range;
  if (top === bottom && left === right) return null;
  const values: number[] = [];
  let visited = 0;
  for (const { row, column } of host.book.cells(sheet)) {
    if (row < top || row > bottom || column < left || column > right) continue;
    visited += 1;
    if (visited > MOST_SUMMED) break;
    const value = host.book.value(sheet, row, column);
    if (typeof value === "number") values.push(value);
  }
  if (values.length < 2) return null;
  const sum = values.reduce((total, value) => total + value, 0);
  return <span className="pg-summary">Average {formatNumber(sum / values.length)} · Count {formatCount(values.length)} · Sum {formatNumber(sum)}</span>;
}

function freeSheetName(host: GridHost): string {
  let number = host.book.sheets.length + 1;
  while (host.book.hasSheet(`Sheet${number}`)) number += 1;
  return `Sheet${number}`;
}

/** The visible sheets, and a line about the selection. */
export function SheetTabs({ host }: { host: GridHost }): ReactNode {
  useSyncExternalStore(host.subscribe, () => host.version);
  const visible = host.book.sheets.filter((sheet) => !sheet.hidden);
  const hidden = host.book.sheets.length - visible.length;
  const current = host.selection.active.sheet;
  const onKeyDown = (event: KeyboardEvent): void => {
    const move = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!move) return;
    const index = visible.findIndex((sheet) => sheet.name === current);
    const next = visible[(index + move + visible.length) % visible.length];
    if (!next) return;
    goTo(host, 1, 1, next.name);
    event.currentTarget.querySelectorAll<HTMLElement>("[role=tab]")[visible.indexOf(next)]?.focus();
  };
  return (
    <div className="pg-foot">
      <div role="tablist" aria-label="Sheets" className="pg-sheets" onKeyDown={onKeyDown}>
        {visible.map(({ name }) => (
          <button key={name} type="button" role="tab" aria-selected={name === current} tabIndex={name === current ? 0 : -1} className="pg-sheet" onClick={() => goTo(host, 1, 1, name)}>{name}</button>
        ))}
      </div>
      <button type="button" className="pg-add" aria-label="Add a sheet" title="Add a sheet" onClick={() => { const name = freeSheetName(host); host.book.addSheet(name); goTo(host, 1, 1, name); }}>+</button>
      {hidden > 0 && <span className="pg-hidden-note">{hidden} hidden {hidden === 1 ? "sheet" : "sheets"}</span>}
      <SelectionSummary host={host} />
      <span className="pg-active-name" aria-live="polite">{cellName(host.selection.active.row, host.selection.active.column)}</span>
    </div>
  );
}
