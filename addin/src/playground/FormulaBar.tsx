import { useEffect, useRef, useState, useSyncExternalStore, type ReactNode } from "react";
import { cellName, parseRange } from "../excel/addresses";
import type { GridHost } from "../excel/gridHost";
import { commit, goTo, type Editing } from "./editing";

interface FormulaBarProps {
  readonly host: GridHost;
  readonly editing: Editing | null;
  readonly onEdit: (editing: Editing | null) => void;
  readonly onDone: () => void;
}

function selectionName(host: GridHost): string {
  const { range, active } = host.selection;
  const single = range.top === range.bottom && range.left === range.right;
  return single ? cellName(active.row, active.column) : `${cellName(range.top, range.left)}:${cellName(range.bottom, range.right)}`;
}

function NameBox({ host, onDone }: Pick<FormulaBarProps, "host" | "onDone">): ReactNode {
  const current = selectionName(host);
  const [text, setText] = useState(current);
  useEffect(() => setText(current), [current]);
  const go = (): void => {
    const range = parseRange(text, host.selection.active.sheet);
    if (range && host.book.hasSheet(range.sheet)) {
      const sheet = host.book.sheet(range.sheet).name;
      host.select({ active: { sheet, row: range.top, column: range.left }, range: { ...range, sheet } });
    } else setText(current);
    onDone();
  };
  return (
    <input className="pg-name" aria-label="Cell address" value={text} spellCheck={false} onFocus={(event) => event.target.select()} onChange={(event) => setText(event.target.value)}
      onBlur={() => setText(current)}
      onKeyDown={(event) => { if (event.key === "Enter") go(); if (event.key === "Escape") { setText(current); onDone(); } }} />
  );
}

/** Where the selection is and what the cell holds; both can be typed into. */
export function FormulaBar({ host, editing, onEdit, onDone }: FormulaBarProps): ReactNode {
  useSyncExternalStore(host.subscribe, () => host.version);
  const { active } = host.selection;
  const text = editing?.text ?? host.book.inputText(active);
  // Leaving by a key moves the focus, which must not count as leaving once more.
  const isOpen = useRef(false);
  const finish = (key: string): void => {
    if (!isOpen.current) return;
    isOpen.current = false;
    if (editing && key !== "Escape") commit(host, editing.text);
    onEdit(null);
    if (key === "Enter") goTo(host, active.row + 1, active.column);
    if (key === "Tab") goTo(host, active.row, active.column + 1);
    if (key !== "blur") onDone();
  };
  return (
    <div className="pg-bar">
      <NameBox host={host} onDone={onDone} />
      <span className="pg-fx" aria-hidden="true">fx</span>
      <input className="pg-formula" aria-label="Formula" spellCheck={false} autoComplete="off" value={text}
        onFocus={() => { isOpen.current = true; if (!editing) onEdit({ text, place: "bar", isOver: false }); }}
        onChange={(event) => onEdit({ text: event.target.value, place: "bar", isOver: false })}
        onBlur={() => { if (editing?.place === "bar") finish("blur"); }}
        onKeyDown={(event) => {
          if (!["Enter", "Tab", "Escape"].includes(event.key)) return;
          event.preventDefault();
          finish(event.key);
        }} />
    </div>
  );
}
