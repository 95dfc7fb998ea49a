import { Button, Checkbox, Field, Input, MessageBar, MessageBarBody, Select } from "@fluentui/react-components";
import { useEffect, useState, type ReactNode } from "react";
import type { MatrixCheck } from "../api/messages";
import { correlationOf, freeInstance, idOfInput, keepsPlace, matrixOf, nameOfInput, removeCorrelation, resized, saveCorrelation, showable, triangleOf, wrongField } from "./correlating";
import { absolute, groupLabel, openGroup, type CorrelationGroup, type OpenGroup, type Triangle } from "./correlationGroups";
import { useSession } from "./hooks";
import { formatNumber } from "./numbers";
import { cellLabel, problemFrom } from "./session";
import type { Editor, ModelInput } from "./state";

type CorrelationEditing = Extract<Editor, { kind: "correlation" }>;
const MOST_REMARKS = 4;
const MOST_CHANGES = 8;

interface CheckState {
  readonly check: MatrixCheck | null;
  readonly problem: string | null;
}

/** What the server says of the matrix, a moment after the last change. */
function useCheck(texts: Triangle): CheckState {
  const { session } = useSession();
  const [found, setFound] = useState<CheckState>({ check: null, problem: null });
  const key = JSON.stringify(texts);
  useEffect(() => {
    const matrix = matrixOf(texts);
    setFound({ check: null, problem: null });
    if (!matrix || matrix.length < 2) return undefined;
    const control = new AbortController();
    const timer = setTimeout(() => {
      session.api.checkMatrix(matrix, control.signal).then(
        (check) => setFound({ check, problem: null }),
        (error: unknown) => { if (!control.signal.aborted) setFound({ check: null, problem: problemFrom(error).detail }); },
      );
    }, 200);
    return () => { clearTimeout(timer); control.abort(); };
    // The texts are compared by their content, which the key holds.
  }, [key, session]);
  return found;
}

interface MatrixProps {
  readonly names: readonly string[];
  readonly texts: Triangle;
  readonly onChange: ((row: number, column: number, text: string) => void) | null;
  readonly autoFocus: boolean;
}

function Matrix({ names, texts, onChange, autoFocus }: MatrixProps): ReactNode {
  return (
    <div className="mc-scroll" tabIndex={0} role="group" aria-label="Correlation matrix">
      <table className="mc-matrix">
        <thead><tr><th scope="col"><span className="mc-hidden">Input</span></th>{names.slice(0, -1).map((name, column) => <th key={column} scope="col" title={name}>{name}</th>)}</tr></thead>
        <tbody>
          {names.slice(1).map((name, index) => {
            const row = index + 1;
            return (
              <tr key={row}>
                <th scope="row" title={name}>{name}</th>
                {names.slice(0, -1).map((other, column) => (
                  <td key={column}>
                    {column < row && (
                      <Input size="small" inputMode="decimal" value={texts[row]?.[column] ?? "0"} aria-label={`${name} with ${other}`} placeholder="0" readOnly={!onChange} autoFocus={autoFocus && row === 1}
                        aria-invalid={Number.isNaN(correlationOf(texts[row]?.[column] ?? ""))} onChange={(_, { value }) => onChange?.(row, column, value)} />
                    )}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** The pairs that the nearest matrix changes, the largest change first. */
function Changes({ names, texts, nearest }: { names: readonly string[]; texts: Triangle; nearest: MatrixCheck["nearest"] }): ReactNode {
  const changes = names.flatMap((name, row) => names.slice(0, row).map((other, column) => {
    const [from, to] = [correlationOf(texts[row]?.[column] ?? ""), nearest[row]?.[column] ?? 0];
    return { pair: `${name} with ${other}`, from, to, size: Math.abs(to - from) };
  })).filter(({ size }) => size >= 5e-5).toSorted((a, b) => b.size - a.size);
  const rest = changes.length - MOST_CHANGES;
  return (
    <table className="mc-statistics" aria-label="What the nearest matrix changes">
      <thead><tr><th scope="col">Pair</th><th scope="col">Wanted</th><th scope="col">Nearest</th></tr></thead>
      <tbody>
        {changes.slice(0, MOST_CHANGES).map(({ pair, from, to }) => <tr key={pair}><th scope="row">{pair}</th><td>{formatNumber(from, 4)}</td><td>{formatNumber(to, 4)}</td></tr>)}
        {rest > 0 && <tr><th scope="row" colSpan={3}>and {rest} smaller changes</th></tr>}
      </tbody>
    </table>
  );
}

interface VerdictProps {
  readonly names: readonly string[];
  readonly texts: Triangle;
  readonly state: CheckState;
  readonly onNearest: ((texts: Triangle) => void) | null;
}

function Verdict({ names, texts, state: { check, problem }, onNearest }: VerdictProps): ReactNode {
  const wrong = wrongField(texts);
  if (wrong) {
    return <p className="mc-complaint" role="alert">Correlations are numbers from −1 to 1. {names[wrong.row]} with {names[wrong.column]} is “{wrong.text}”: change it.</p>;
  }
  if (problem) return <MessageBar intent="error" layout="multiline"><MessageBarBody>{problem}</MessageBarBody></MessageBar>;
  if (!check) return <p className="mc-facts" role="status">Checking…</p>;
  if (check.valid) return <p className="mc-facts" role="status">These correlations are possible.</p>;
  return (
    <MessageBar intent="warning" layout="multiline" className="mc-notice">
      <MessageBarBody>
        No random variables can have these correlations together (the matrix is not positive semidefinite). {onNearest
          ? `The nearest that they can have differ by ${formatNumber(check.largest_change, 2)} at most:`
          : "Open the matrix itself to use the nearest one."}
        {onNearest && <Changes names={names} texts={texts} nearest={check.nearest} />}
        {onNearest && <Button size="small" className="mc-further" onClick={() => onNearest(triangleOf(check.nearest))}>Use the nearest</Button>}
      </MessageBarBody>
    </MessageBar>
  );
}

/** A new group may have numbers of its own, or those of a matrix that is there. */
function Sharing({ shared, onShared }: { shared: OpenGroup | null; onShared: (group: OpenGroup | null) => void }): ReactNode {
  const { session, state } = useSession();
  const matrices = [...new Map(state.correlations.flatMap((group) => {
    const shown = showable(group);
    return shown ? [[absolute(shown.range), group] as const] : [];
  })).values()];
  if (!matrices.length) return null;
  const choose = async (key: string): Promise<void> => {
    const chosen = matrices.find((group) => group.key === key);
    const shown = chosen && showable(chosen);
    await session.attempt(async () => onShared(shown ? await openGroup(session.host, shown) : null));
  };
  return (
    <Field label="Numbers" hint={shared ? "These inputs follow the same numbers and draw apart from the others." : undefined}>
      <Select value={shared?.key ?? ""} onChange={(_, { value }) => void choose(value)}>
        <option value="">a matrix of their own</option>
        {matrices.map((group) => <option key={group.key} value={group.key}>those at {groupLabel({ ...group, further: [] })}</option>)}
      </Select>
    </Field>
  );
}

interface ChoiceProps {
  readonly chosen: readonly (string | null)[];
  readonly current: CorrelationGroup | null;
  readonly onToggle: (id: string) => void;
}

function Choice({ chosen, current, onToggle }: ChoiceProps): ReactNode {
  const { state } = useSession();
  const elsewhere = (input: ModelInput): string => {
    const group = state.correlations.find((each) => each.key !== current?.key && each.members.some((member) => idOfInput(member) === idOfInput(input)));
    return group ? `, now in ${groupLabel(group)}` : "";
  };
  return (
    <fieldset className="mc-settings mc-choices">
      <legend className="mc-hidden">Inputs</legend>
      {state.inputs.map((input, index) => (
        <Checkbox key={idOfInput(input)} autoFocus={index === 0 && !current} checked={chosen.includes(idOfInput(input))}
          label={`${nameOfInput(input)} (${cellLabel(input.address)}${elsewhere(input)})`} onChange={() => onToggle(idOfInput(input))} />
      ))}
    </fieldset>
  );
}

function Remarks({ group }: { group: OpenGroup | null }): ReactNode {
  if (!group?.remarks.length) return null;
  const rest = group.remarks.length - MOST_REMARKS;
  return <ul className="mc-plain mc-facts">{group.remarks.slice(0, MOST_REMARKS).map((text) => <li key={text}>{text}</li>)}{rest > 0 && <li>and {rest} more</li>}</ul>;
}

function wherePut(stays: boolean, group: OpenGroup | null, shared: OpenGroup | null): string {
  const meaning = "The numbers are correlations of normal scores, as @RISK uses them.";
  if (shared) return `${meaning} The matrix stays as it is.`;
  if (group && stays) return `${meaning} They are written into ${groupLabel({ ...group, further: [] })}.`;
  return `${meaning} The matrix is written into free cells beside the inputs.`;
}

/** Chooses inputs and writes how they move together. */
export function CorrelationEditor({ editor: { group, preselected } }: { editor: CorrelationEditing }): ReactNode {
  const { session, state } = useSession();
  const { inputs } = state;
  const [chosen, setChosen] = useState<readonly (string | null)[]>(() => (group ? group.rows : preselected).map((input) => input && idOfInput(input)));
  const [texts, setTexts] = useState<Triangle>(() => group?.texts ?? resized([], chosen.map(() => -1)));
  const [typed, setTyped] = useState<Triangle | null>(null);
  const [shared, setShared] = useState<OpenGroup | null>(null);
  const [instance, setInstance] = useState("");
  const rows = chosen.map((id) => (id === null ? null : (inputs.find((input) => idOfInput(input) === id) ?? null)));
  const stays = keepsPlace({ group, rows });
  const wanted = shared ? shared.texts : texts;
  const names = (shared ? shared.rows : rows).map((_, index) => { const input = rows[index]; return input ? nameOfInput(input) : `row ${index + 1}`; });
  const checked = useCheck(wanted);
  const count = rows.filter(Boolean).length;
  const fits = !shared || (rows.length <= shared.rows.length && instance.trim() !== "");
  const isReady = count >= 2 && checked.check?.valid === true && fits;
  const toggle = (id: string): void => {
    const kept = chosen.filter((other) => other !== null);
    const next = kept.includes(id) ? kept.filter((other) => other !== id) : [...kept, id];
    setTexts(resized(texts, next.map((other) => chosen.indexOf(other))));
    setChosen(next);
    setTyped(null);
  };
  const change = (row: number, column: number, text: string): void => {
    setTyped(null);
    setTexts(texts.map((line, at) => (at === row ? line.map((old, place) => (place === column ? text : old)) : line)));
  };
  const share = (next: OpenGroup | null): void => {
    setShared(next);
    setInstance(next ? freeInstance(state.correlations, next) : "");
  };
  const draft = { rows, texts: wanted, group, shared: shared && { group: shared, instance } };
  return (
    <form className="mc-editor" onKeyDown={(event) => { if (event.key === "Escape") session.closeEditor(); }}
      onSubmit={(event) => { event.preventDefault(); if (isReady) void saveCorrelation(session, draft); }}>
      <h2 className="mc-heading">{group ? "Correlations" : "Correlate inputs"} {group && <span className="mc-cell">{groupLabel(group)}</span>}</h2>
      <Choice chosen={chosen} current={group} onToggle={toggle} />
      {!group && <Sharing shared={shared} onShared={share} />}
      {shared && <Field label="Instance" hint="Tells these inputs apart from the others on the matrix."><Input value={instance} maxLength={60} onChange={(_, { value }) => setInstance(value)} /></Field>}
      {shared && rows.length > shared.rows.length && <p className="mc-complaint" role="alert">{rows.length} inputs are chosen, and the matrix has {shared.rows.length} rows. Choose {shared.rows.length} at most.</p>}
      {count < 2 ? <p className="mc-empty">Choose two inputs or more.</p> : (
        <>
          <Matrix names={names} texts={wanted} onChange={shared ? null : change} autoFocus={group !== null} />
          <Remarks group={stays ? group : null} />
          <Verdict names={names} texts={wanted} state={checked} onNearest={shared ? null : (nearest) => { setTyped(texts); setTexts(nearest); }} />
          {typed && <p className="mc-facts">The nearest matrix stands above. <Button size="small" onClick={() => { setTexts(typed); setTyped(null); }}>Back to what was typed</Button></p>}
          <p className="mc-facts">{wherePut(stays, group, shared)}</p>
        </>
      )}
      <div className="mc-actions mc-sticky">
        <Button type="submit" appearance="primary" disabled={!isReady || state.busy !== null}>{group ? "Save" : "Correlate"}</Button>
        <Button onClick={() => session.closeEditor()}>Cancel</Button>
        {group && <Button appearance="subtle" disabled={state.busy !== null} onClick={() => void removeCorrelation(session, group)}>Remove</Button>}
      </div>
    </form>
  );
}
