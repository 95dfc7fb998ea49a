import { Button, Field, Input, MessageBar, MessageBarBody, Select, Spinner } from "@fluentui/react-components";
import { useState, type ReactNode } from "react";
import type { LawDescription } from "../api/messages";
import { LawCurve } from "../charts/Curves";
import { printLaw, withLaw } from "../excel/formula/model";
import { isLaw, LAWS, type LawName } from "../functions/staticValue";
import { useSession } from "./hooks";
import { formatNumber } from "./numbers";
import { fieldText, firstTexts, printField, readField, takesLists } from "./parameters";
import { cellLabel } from "./session";
import type { Editor } from "./state";
import { usePreview, type PreviewState } from "./usePreview";

type DistributionEditing = Extract<Editor, { kind: "distribution" }>;

const FIRST_LAW: LawName = "PERT";

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

interface FieldsProps {
  readonly law: LawName;
  readonly description: LawDescription | undefined;
  readonly texts: readonly string[];
  readonly sheet: string;
  readonly complaint: string | null;
  readonly onChange: (texts: string[]) => void;
}

function Fields({ law, description, texts, sheet, complaint, onChange }: FieldsProps): ReactNode {
  return (
    <div className={takesLists(law) ? "mc-fields" : `mc-fields mc-of-${LAWS[law].parameters.length}`}>
      {LAWS[law].parameters.map((name, index) => {
        const text = texts[index] ?? "";
        const field = readField(text, takesLists(law), sheet);
        const mine = complaint !== null && complaint.startsWith(`${name} `);
        const message = field.kind === "invalid" ? field.message : undefined;
        return (
          <Field key={name} label={name} hint={description?.parameters[index]?.description} validationMessage={message} validationState={message || mine ? "error" : "none"}>
            <Input value={text} inputMode={takesLists(law) ? "text" : "decimal"} spellCheck={false} autoComplete="off"
              onChange={(_, { value }) => onChange(texts.map((old, at) => (at === index ? value : old)))} />
          </Field>
        );
      })}
    </div>
  );
}

function LawChooser({ law, onChange }: { law: LawName; onChange: (law: LawName) => void }): ReactNode {
  const { session, state } = useSession();
  if (state.lawsProblem) {
    return (
      <MessageBar intent="error" layout="multiline">
        <MessageBarBody>{state.lawsProblem} <Button size="small" onClick={() => void session.loadLaws()}>Try again</Button></MessageBarBody>
      </MessageBar>
    );
  }
  if (!state.laws) return <Spinner size="tiny" label="Loading the distributions…" />;
  const known = state.laws.filter((description) => isLaw(description.law));
  const summary = known.find((description) => description.law === law)?.summary;
  return (
    <Field label="Distribution" hint={summary}>
      <Select value={law} autoFocus onChange={(_, { value }) => { if (isLaw(value)) onChange(value); }}>
        {known.map((description) => <option key={description.law} value={description.law}>{description.title}</option>)}
      </Select>
    </Field>
  );
}

function Preview({ law, shown: { preview, state, detail } }: { law: LawName; shown: PreviewState }): ReactNode {
  return (
    <div className="mc-preview" aria-busy={state === "loading"}>
      {preview && state !== "unknown" && <LawCurve title={`Curve of ${law}`} preview={preview} />}
      {!preview && state === "loading" && <Spinner size="tiny" label="Drawing…" />}
      {state === "unknown" && <p className="mc-empty">The curve cannot be shown while a parameter is a formula.</p>}
      {state === "refused" && <p className="mc-complaint" role="alert">{capital(detail ?? "")}</p>}
      {preview && state === "shown" && (
        <p className="mc-facts">
          Mean <b>{formatNumber(preview.mean)}</b> · sd <b>{formatNumber(preview.standard_deviation)}</b> · the cell shows <b>{formatNumber(preview.static_value)}</b>
        </p>
      )}
    </div>
  );
}

function replacesFormula({ cell, call }: DistributionEditing): boolean {
  return call === null && typeof cell.input === "string" && cell.input.startsWith("=");
}

/** Chooses a law and its parameters for a cell, with the curve alive beside the fields. */
export function DistributionEditor({ editor }: { editor: DistributionEditing }): ReactNode {
  const { session, state } = useSession();
  const { cell, call } = editor;
  const [law, setLaw] = useState<LawName>(call?.law ?? FIRST_LAW);
  const [texts, setTexts] = useState<string[]>(call ? call.parameters.map(fieldText) : firstTexts(FIRST_LAW, cell.value));
  const [name, setName] = useState(editor.suggestedName);
  const { sheet } = cell.address;
  const lists = takesLists(law);
  const shown = usePreview(law, texts, sheet);
  const { detail } = shown;
  const wanted = LAWS[law].parameters.length;
  const fields = LAWS[law].parameters.map((_, index) => readField(texts[index] ?? "", lists, sheet));
  const ready = texts.length === wanted && fields.every((field) => field.kind !== "invalid") && detail === null;
  const keptName = name === editor.suggestedName ? call?.nameFormula : null;
  const text = printLaw(law, LAWS[law].parameters.map((_, index) => printField(texts[index] ?? "", lists)), name, keptName);
  const choose = (next: LawName): void => {
    setLaw(next);
    setTexts(call?.law === next ? call.parameters.map(fieldText) : firstTexts(next, call ? null : cell.value));
  };
  const input = state.inputs.find((candidate) => call && candidate.call.start === call.start && cellLabel(candidate.address) === cellLabel(cell.address));
  return (
    <form className="mc-editor" onSubmit={(event) => { event.preventDefault(); if (ready) void session.saveDistribution(text); }}
      onKeyDown={(event) => { if (event.key === "Escape") session.closeEditor(); }}>
      <h2 className="mc-heading">{call ? "Distribution" : "Define distribution"} <span className="mc-cell">{cellLabel(cell.address)}</span></h2>
      {replacesFormula(editor) && (
        <MessageBar intent="warning" layout="multiline"><MessageBarBody>The cell holds the formula {String(cell.input)}, which the distribution replaces.</MessageBarBody></MessageBar>
      )}
      <LawChooser law={law} onChange={choose} />
      <Preview law={law} shown={shown} />
      <Fields law={law} description={state.laws?.find((item) => item.law === law)} texts={texts} sheet={sheet} complaint={detail} onChange={setTexts} />
      <Field label="Name in the results">
        <Input value={name} maxLength={120} onChange={(_, data) => setName(data.value)} />
      </Field>
      <div className="mc-formula">{withLaw(typeof cell.input === "string" ? cell.input : "", call, text)}</div>
      <div className="mc-actions mc-sticky">
        <Button type="submit" appearance="primary" disabled={!ready}>{call ? "Save" : replacesFormula(editor) ? "Replace formula" : "Define"}</Button>
        <Button onClick={() => session.closeEditor()}>Cancel</Button>
        {input && <Button appearance="subtle" onClick={() => void session.removeDistribution(input)}>Remove</Button>}
      </div>
    </form>
  );
}
