import { Button, Field, Input, MessageBar, MessageBarBody, Spinner } from "@fluentui/react-components";
import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import type { LawDescription } from "../api/messages";
import { lawInfo, type LawName } from "../functions/laws";
import { useSession } from "./hooks";
import { searchLaws } from "./lawSearch";

interface ListProps {
  readonly id: string;
  readonly found: readonly LawDescription[];
  readonly active: number;
  readonly grouped: boolean;
  readonly law: LawName;
  readonly onChoose: (law: LawName) => void;
}

function LawList({ id, found, active, grouped, law, onChoose }: ListProps): ReactNode {
  const current = useRef<HTMLDivElement>(null);
  useEffect(() => { current.current?.scrollIntoView({ block: "nearest" }); }, [active, law, found.length]);
  return (
    <div className="mc-laws" role="listbox" id={id} aria-label="Distributions">
      {found.length === 0 && <p className="mc-empty">No distribution fits these words.</p>}
      {found.map((item, index) => (
        <div key={item.law} role="presentation">
          {grouped && item.group !== found[index - 1]?.group && <div className="mc-law-group" role="presentation">{item.group}</div>}
          <div ref={index === active ? current : null} id={`${id}-${item.law}`} role="option" aria-selected={item.law === law}
            className={index === active ? "mc-law mc-law-active" : "mc-law"}
            onMouseDown={(event) => { event.preventDefault(); onChoose(item.law); }}>
            <b>{item.title}</b> <span>{item.summary}</span>
          </div>
        </div>
      ))}
    </div>
  );
}

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: 6, PageUp: -6 };

interface ComboProps {
  readonly laws: readonly LawDescription[];
  readonly law: LawName;
  readonly onChange: (law: LawName) => void;
}

function LawCombo({ laws, law, onChange }: ComboProps): ReactNode {
  const id = useId();
  const [text, setText] = useState<string | null>(null);
  const [active, setActive] = useState(0);
  const isOpen = text !== null;
  const found = searchLaws(laws, text ?? "");
  const open = (): void => {
    setText((old) => old ?? "");
    setActive(Math.max(0, laws.findIndex((item) => item.law === law)));
  };
  const choose = (next: LawName): void => {
    setText(null);
    onChange(next);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    if (step !== undefined) {
      event.preventDefault();
      if (isOpen) setActive(Math.min(Math.max(active + step, 0), found.length - 1));
      else open();
    } else if (isOpen && event.key === "Enter") {
      event.preventDefault();
      const chosen = found[active];
      if (chosen) choose(chosen.law);
    } else if (isOpen && event.key === "Escape") {
      event.stopPropagation();
      setText(null);
    }
  };
  const { title, summary } = laws.find((item) => item.law === law) ?? lawInfo(law);
  const activeLaw = found[active];
  return (
    <div>
      <Field label="Distribution" hint={isOpen ? `${found.length} of ${laws.length} distributions` : summary}>
        <Input role="combobox" aria-expanded={isOpen} aria-controls={isOpen ? id : undefined} aria-autocomplete="list" autoFocus autoComplete="off" spellCheck={false}
          aria-activedescendant={isOpen && activeLaw ? `${id}-${activeLaw.law}` : undefined} placeholder={isOpen ? `Search ${laws.length} distributions` : undefined}
          value={text ?? title} onChange={(_, { value }) => { setText(value); setActive(0); }} onClick={open} onBlur={() => setText(null)} onKeyDown={onKeyDown} />
      </Field>
      {isOpen && <LawList id={id} found={found} active={active} grouped={text === ""} law={law} onChoose={choose} />}
    </div>
  );
}

/** All laws, found by typing or by looking through the groups. */
export function LawChooser({ law, onChange }: { law: LawName; onChange: (law: LawName) => void }): ReactNode {
  const { session, state } = useSession();
  if (state.lawsProblem) {
    return (
      <MessageBar intent="error" layout="multiline">
        <MessageBarBody>{state.lawsProblem} <Button size="small" onClick={() => void session.loadLaws()}>Try again</Button></MessageBarBody>
      </MessageBar>
    );
  }
  if (!state.laws) return <Spinner size="tiny" label="Loading the distributions…" />;
  return <LawCombo laws={state.laws} law={law} onChange={onChange} />;
}
