import { Button, Checkbox, Input, MessageBar, MessageBarBody } from "@fluentui/react-components";
import { useEffect, useState, type ReactNode } from "react";
import type { MatrixCheck } from "../api/messages";
import { correlationOf, matrixOf, nameOfInput, resized, saveCorrelation, triangleOf, type Triangle } from "./correlating";
import { useSession } from "./hooks";
import { formatNumber } from "./numbers";
import { cellLabel, problemFrom } from "./session";
import type { Editor, ModelInput } from "./state";

type CorrelationEditing = Extract<Editor, { kind: "correlation" }>;

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
  readonly members: readonly ModelInput[];
  readonly texts: Triangle;
  readonly onChange: (row: number, column: number, text: string) => void;
}

function Matrix({ members, texts, onChange }: MatrixProps): ReactNode {
  return (
    <div className="mc-scroll" tabIndex={0} role="group" aria-label="Correlation matrix">
      <table className="mc-matrix">
        <thead><tr><th scope="col"><span className="mc-hidden">Input</span></th>{members.slice(0, -1).map((member, column) => <th key={column} scope="col" title={nameOfInput(member)}>{nameOfInput(member)}</th>)}</tr></thead>
        <tbody>
          {members.slice(1).map((member, index) => {
            const row = index + 1;
            return (
              <tr key={row}>
                <th scope="row">{nameOfInput(member)}</th>
                {members.slice(0, -1).map((other, column) => (
                  <td key={column}>
                    {column < row && (
                      <Input size="small" inputMode="decimal" value={texts[row]?.[column] ?? "0"} aria-label={`${nameOfInput(member)} with ${nameOfInput(other)}`}
                        aria-invalid={Number.isNaN(correlationOf(texts[row]?.[column] ?? ""))} onChange={(_, { value }) => onChange(row, column, value)} />
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

function Verdict({ texts, state: { check, problem }, onNearest }: { texts: Triangle; state: CheckState; onNearest: (texts: Triangle) => void }): ReactNode {
  if (!matrixOf(texts)) return <p className="mc-complaint" role="alert">Correlations are numbers from −1 to 1.</p>;
  if (problem) return <MessageBar intent="error" layout="multiline"><MessageBarBody>{problem}</MessageBarBody></MessageBar>;
  if (!check) return <p className="mc-facts" role="status">Checking…</p>;
  if (check.valid) return <p className="mc-facts" role="status">These correlations are possible.</p>;
  return (
    <MessageBar intent="warning" layout="multiline">
      <MessageBarBody>
        No random variables can have these correlations together (the matrix is not positive semidefinite). The nearest that they can have differ by {formatNumber(check.largest_change, 2)} at most.{" "}
        <Button size="small" onClick={() => onNearest(triangleOf(check.nearest))}>Use the nearest</Button>
      </MessageBarBody>
    </MessageBar>
  );
}

/** Chooses inputs and writes how they move together. */
export function CorrelationEditor({ editor: { group } }: { editor: CorrelationEditing }): ReactNode {
  const { session, state } = useSession();
  const { inputs } = state;
  const idOf = (input: ModelInput): string => `${cellLabel(input.address)}:${input.call.start}`;
  const [chosen, setChosen] = useState<readonly string[]>(() => (group?.members ?? (inputs.length <= 3 ? inputs : [])).map(idOf));
  const [texts, setTexts] = useState<Triangle>(() => group?.texts ?? resized([], chosen.map(() => -1)));
  const members = chosen.flatMap((id) => inputs.find((input) => idOf(input) === id) ?? []);
  const checked = useCheck(texts);
  const isReady = members.length >= 2 && checked.check?.valid === true;
  const toggle = (id: string): void => {
    const next = chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id];
    setTexts(resized(texts, next.map((other) => chosen.indexOf(other))));
    setChosen(next);
  };
  const change = (row: number, column: number, text: string): void =>
    setTexts(texts.map((line, at) => (at === row ? line.map((old, place) => (place === column ? text : old)) : line)));
  const same = group?.members.map((member) => inputs.find((input) => idOf(input) === idOf(member)) ?? member);
  return (
    <form className="mc-editor" onKeyDown={(event) => { if (event.key === "Escape") session.closeEditor(); }}
      onSubmit={(event) => { event.preventDefault(); if (isReady) void saveCorrelation(session, members, texts, group && same ? { ...group, members: same } : null); }}>
      <h2 className="mc-heading">Correlate inputs</h2>
      <fieldset className="mc-settings mc-choices">
        <legend className="mc-hidden">Inputs</legend>
        {inputs.map((input, index) => (
          <Checkbox key={idOf(input)} autoFocus={index === 0} checked={chosen.includes(idOf(input))} label={`${nameOfInput(input)} (${cellLabel(input.address)})`} onChange={() => toggle(idOf(input))} />
        ))}
      </fieldset>
      {members.length < 2 ? <p className="mc-empty">Choose two inputs or more.</p> : (
        <>
          <Matrix members={members} texts={texts} onChange={change} />
          <Verdict texts={texts} state={checked} onNearest={setTexts} />
          <p className="mc-facts">The numbers are correlations of normal scores, as @RISK uses them. The matrix is written into free cells beside the inputs.</p>
        </>
      )}
      <div className="mc-actions mc-sticky">
        <Button type="submit" appearance="primary" disabled={!isReady}>Correlate</Button>
        <Button onClick={() => session.closeEditor()}>Cancel</Button>
      </div>
    </form>
  );
}
