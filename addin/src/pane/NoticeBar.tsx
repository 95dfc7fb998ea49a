import { Button, Link, MessageBar, MessageBarActions, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";
import type { ReactNode } from "react";
import { useSession } from "./hooks";
import { DismissIcon } from "./icons";
import type { Notice } from "./state";

const MOST_CELLS = 12;

/** Cells as links that select them in the sheet. */
export function CellLinks({ cells }: { cells: readonly string[] }): ReactNode {
  const { session } = useSession();
  const rest = cells.length - MOST_CELLS;
  return (
    <span className="mc-cell-links">
      {cells.slice(0, MOST_CELLS).map((cell) => (
        <Link as="button" inline key={cell} onClick={() => void session.select(cell)}>{cell}</Link>
      ))}
      {rest > 0 && <span>and {rest} more</span>}
    </span>
  );
}

interface NoticeBarProps {
  readonly notice: Notice;
  readonly title?: string;
  readonly onClose?: () => void;
}

/** A message with the cells that it is about. */
export function NoticeBar({ notice, title, onClose }: NoticeBarProps): ReactNode {
  return (
    <MessageBar intent={notice.intent} layout="multiline" className="mc-notice" politeness={notice.intent === "error" ? "assertive" : "polite"}>
      <MessageBarBody>
        {title && <MessageBarTitle>{title}</MessageBarTitle>}
        {notice.text} {notice.cells?.length ? <CellLinks cells={notice.cells} /> : null}
      </MessageBarBody>
      {onClose && (
        <MessageBarActions containerAction={<Button appearance="transparent" aria-label="Dismiss" icon={<DismissIcon />} onClick={onClose} />} />
      )}
    </MessageBar>
  );
}
