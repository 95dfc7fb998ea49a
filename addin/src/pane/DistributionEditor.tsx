import { Button, Field, Input, MessageBar, MessageBarBody, Spinner } from "@fluentui/react-components";
import { useState, type ReactNode } from "react";
import type { Preview } from "../api/messages";
import { LawCurve } from "../charts/Curves";
import { withLaw } from "../excel/formula/model";
import type { LawName } from "../functions/laws";
import { draftOf, firstPairs, newDraft, printDraft, problemsOf, withLawChosen, type Draft, type Form } from "./draft";
import { FormChoice, LimitFields, PairFields, ParameterFields } from "./DraftFields";
import { useSession } from "./hooks";
import { LawChooser } from "./LawChooser";
import { formatNumber } from "./numbers";
import { cellLabel } from "./session";
import type { Editor } from "./state";
import { usePreview, type PreviewState } from "./usePreview";

type DistributionEditing = Extract<Editor, { kind: "distribution" }>;

const FIRST_LAW: LawName = "PERT";

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function PreviewPercentiles({ percentiles }: { percentiles: Preview["percentiles"] }): ReactNode {
  const shown = ["5", "25", "50", "75", "95"].filter((key) => percentiles[key] !== undefined);
  return (
    <table className="mc-strip" aria-label="Percentiles">
      <thead><tr>{shown.map((key) => <th key={key} scope="col">{key}%</th>)}</tr></thead>
      <tbody><tr>{shown.map((key) => <td key={key}>{formatNumber(percentiles[key], 4)}</td>)}</tr></tbody>
    </table>
  );
}

function LawPreview({ law, shown: { preview, state, detail } }: { law: LawName; shown: PreviewState }): ReactNode {
  return (
    <div className="mc-preview" aria-busy={state === "loading"}>
      {preview && state !== "unknown" && <LawCurve title={`Curve of ${law}`} preview={preview} />}
      {!preview && state === "loading" && <Spinner size="tiny" label="Drawing…" />}
      {state === "unknown" && <p className="mc-empty">The curve cannot be shown while a parameter is a formula.</p>}
      {state === "idle" && !preview && <p className="mc-empty">The curve appears when the fields are filled in.</p>}
      {state === "refused" && <p className="mc-complaint" role="alert">{capital(detail ?? "")}</p>}
      {preview && state === "shown" && (
        <>
          <p className="mc-facts">
            Mean <b>{formatNumber(preview.mean)}</b> · sd <b>{formatNumber(preview.standard_deviation)}</b> · the cell shows <b>{formatNumber(preview.static_value)}</b>
          </p>
          <PreviewPercentiles percentiles={preview.percentiles} />
        </>
      )}
    </div>
  );
}

function replacesFormula({ cell, call }: DistributionEditing): boolean {
  return call === null && typeof cell.input === "string" && cell.input.startsWith("=");
}

function Buttons({ editor, ready }: { editor: DistributionEditing; ready: boolean }): ReactNode {
  const { session, state } = useSession();
  const { cell, call } = editor;
  const input = state.inputs.find((candidate) => call && candidate.call.start === call.start && cellLabel(candidate.address) === cellLabel(cell.address));
  return (
    <div className="mc-actions mc-sticky">
      <Button type="submit" appearance="primary" disabled={!ready}>{call ? "Save" : replacesFormula(editor) ? "Replace formula" : "Define"}</Button>
      <Button onClick={() => session.closeEditor()}>Cancel</Button>
      {input && <Button appearance="subtle" onClick={() => void session.removeDistribution(input)}>Remove</Button>}
    </div>
  );
}

function Kept({ draft }: { draft: Draft }): ReactNode {
  if (!draft.kept.length) return null;
  return <p className="mc-facts">Also kept: {draft.kept.map(({ name }) => `MC.${name}`).join(", ")}.</p>;
}

/** Chooses a law and its parameters for a cell, with the curve alive beside the fields. */
export function DistributionEditor({ editor }: { editor: DistributionEditing }): ReactNode {
  const { session, state } = useSession();
  const { cell, call, suggestedName } = editor;
  const [draft, setDraft] = useState<Draft>(() => (call ? draftOf(call, suggestedName) : newDraft(FIRST_LAW, cell.value, suggestedName)));
  const { law, form, name } = draft;
  const { sheet } = cell.address;
  const shown = usePreview(draft, sheet);
  const problems = problemsOf(draft, sheet);
  const ready = problems.length === 0 && shown.detail === null;
  const text = printDraft(draft, shown.state === "shown" ? (shown.preview?.static_value ?? null) : null);
  const choose = (next: LawName): void => setDraft(call?.law === next ? draftOf(call, name) : withLawChosen(draft, next, call ? null : cell.value));
  const turn = (next: Form): void => {
    const isEmpty = draft.pairs.every(([, value]) => value === "");
    setDraft({ ...draft, form: next, pairs: isEmpty ? firstPairs(law, shown.preview?.percentiles) : draft.pairs });
  };
  const fields = { draft, problems, complaint: shown.detail, onChange: setDraft };
  return (
    <form className="mc-editor" onSubmit={(event) => { event.preventDefault(); if (ready) void session.saveDistribution(text); }}
      onKeyDown={(event) => { if (event.key === "Escape") session.closeEditor(); }}>
      <h2 className="mc-heading">{call ? "Distribution" : "Define distribution"} <span className="mc-cell">{cellLabel(cell.address)}</span></h2>
      {replacesFormula(editor) && (
        <MessageBar intent="warning" layout="multiline"><MessageBarBody>The cell holds the formula {String(cell.input)}, which the distribution replaces.</MessageBarBody></MessageBar>
      )}
      <LawChooser law={law} onChange={choose} />
      <LawPreview law={law} shown={shown} />
      <FormChoice draft={draft} onForm={turn} />
      {form === "percentiles" ? <PairFields {...fields} /> : <ParameterFields {...fields} description={state.laws?.find((item) => item.law === law)} />}
      <LimitFields {...fields} />
      <Field label="Name in the results">
        <Input value={name} maxLength={120} onChange={(_, data) => setDraft({ ...draft, name: data.value, nameFormula: null })} />
      </Field>
      <Kept draft={draft} />
      <div className="mc-formula">{withLaw(typeof cell.input === "string" ? cell.input : "", call, text)}</div>
      <Buttons editor={editor} ready={ready} />
    </form>
  );
}
