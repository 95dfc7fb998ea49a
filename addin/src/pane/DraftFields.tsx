import { Field, Input, Radio, RadioGroup, Select } from "@fluentui/react-components";
import type { ReactNode } from "react";
import type { LawDescription } from "../api/messages";
import { lawInfo, requiredOf } from "../functions/laws";
import type { Draft, FieldProblem, Form, LimitKind } from "./draft";
import { isListAt } from "./parameters";

interface FieldsProps {
  readonly draft: Draft;
  readonly problems: readonly FieldProblem[];
  /** What the law itself has against its parameters. */
  readonly complaint: string | null;
  readonly onChange: (draft: Draft) => void;
}

interface TextProps {
  readonly label: string;
  readonly value: string;
  readonly hint?: string | undefined;
  readonly placeholder?: string | undefined;
  readonly problem?: string | undefined;
  readonly isWrong?: boolean;
  readonly isList?: boolean;
  readonly onChange: (text: string) => void;
}

function TextField({ label, value, hint, placeholder, problem, isWrong = false, isList = false, onChange }: TextProps): ReactNode {
  return (
    <Field label={label} hint={hint} validationMessage={problem} validationState={problem || isWrong ? "error" : "none"}>
      <Input value={value} placeholder={placeholder} inputMode={isList ? "text" : "decimal"} spellCheck={false} autoComplete="off" onChange={(_, data) => onChange(data.value)} />
    </Field>
  );
}

const replaced = <T,>(list: readonly T[], index: number, item: T): T[] => list.map((old, at) => (at === index ? item : old));
const problemOf = (problems: readonly FieldProblem[], field: string): string | undefined => problems.find((problem) => problem.field === field)?.message;

/** One field for each parameter, with what it means and what it must be. */
export function ParameterFields({ draft, problems, complaint, onChange, description }: FieldsProps & { description: LawDescription | undefined }): ReactNode {
  const { law, texts } = draft;
  const { parameters } = lawInfo(law);
  const hasLists = parameters.some((parameter) => parameter.is_list);
  const columns = hasLists || parameters.length === 1 ? 1 : parameters.length === 3 ? 3 : 2;
  return (
    <div className={`mc-fields mc-of-${columns}`}>
      {parameters.map(({ name, default: standard, ...own }, index) => {
        const { description: text, constraint } = description?.parameters[index] ?? own;
        const isOptional = index >= requiredOf(law);
        const rule = constraint === "a finite number" || own.is_list ? "" : `; ${constraint}`;
        const placeholder = isOptional ? (Math.abs(Number(standard)) >= 1e300 ? "none" : String(standard)) : undefined;
        return (
          <TextField key={name} label={isOptional ? `${name} (optional)` : name} hint={`${text}${rule}`} value={texts[index] ?? ""} placeholder={placeholder} isList={isListAt(law, index)}
            problem={problemOf(problems, name)} isWrong={complaint?.startsWith(`${name} `) ?? false} onChange={(value) => onChange({ ...draft, texts: replaced(texts, index, value) })} />
        );
      })}
    </div>
  );
}

/** As many pairs of a percentile and its value as the law has parameters. */
export function PairFields({ draft, problems, onChange }: FieldsProps): ReactNode {
  const { pairs } = draft;
  return (
    <div className="mc-pairs">
      {pairs.map(([share, value], index) => (
        <div className="mc-pair" key={index}>
          <TextField label={`Percentile ${index + 1}`} value={share} problem={problemOf(problems, `pair ${index + 1}`)} isList
            onChange={(text) => onChange({ ...draft, pairs: replaced(pairs, index, [text, value]) })} />
          <TextField label={`Value ${index + 1}`} value={value} onChange={(text) => onChange({ ...draft, pairs: replaced(pairs, index, [share, text]) })} />
        </div>
      ))}
      <p className="mc-facts">In place of a percentile a parameter may be given by its name: {lawInfo(draft.law).parameters.map(({ name }) => name).join(", ")}.</p>
    </div>
  );
}

/** Whether the law is given by its parameters or by percentiles. */
export function FormChoice({ draft, onForm }: { draft: Draft; onForm: (form: Form) => void }): ReactNode {
  if (!lawInfo(draft.law).by_percentiles) return null;
  return (
    <Field label="Given by">
      <RadioGroup layout="horizontal" value={draft.form} onChange={(_, { value }) => onForm(value as Form)}>
        <Radio value="parameters" label="parameters" />
        <Radio value="percentiles" label="percentiles" />
      </RadioGroup>
    </Field>
  );
}

/** Limits and a shift, folded away while there are none. */
export function LimitFields({ draft, problems, onChange }: FieldsProps): ReactNode {
  const { limits, shift } = draft;
  const isUsed = limits.low !== "" || limits.high !== "" || shift !== "";
  const change = (part: Partial<Draft["limits"]>): void => onChange({ ...draft, limits: { ...limits, ...part } });
  return (
    <details className="mc-certificate mc-limits" open={isUsed || undefined}>
      <summary>Limits and shift</summary>
      <div className="mc-fields mc-of-3">
        <Field label="Limits are">
          <Select value={limits.kind} onChange={(_, { value }) => change({ kind: value as LimitKind })}>
            <option value="values">values</option>
            <option value="percentiles">percentiles</option>
          </Select>
        </Field>
        <TextField label="Lowest" value={limits.low} placeholder="none" problem={problemOf(problems, "low")} onChange={(low) => change({ low })} />
        <TextField label="Highest" value={limits.high} placeholder="none" problem={problemOf(problems, "high")} onChange={(high) => change({ high })} />
        <TextField label="Shift by" value={shift} placeholder="0" problem={problemOf(problems, "shift")} onChange={(text) => onChange({ ...draft, shift: text })} />
      </div>
    </details>
  );
}
