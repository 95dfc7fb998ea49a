import { Button, Checkbox, Field, Input, MessageBar, MessageBarBody, ProgressBar, Radio, RadioGroup } from "@fluentui/react-components";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { FitResult } from "./FitResult";
import { fitProblems, type FitForm, type FitPoint, type FitSource } from "./fitForm";
import { useSession } from "./hooks";
import { AddIcon, DismissIcon, StopIcon } from "./icons";

type Problems = Readonly<Record<string, string>>;

interface PartProps {
  readonly form: FitForm;
  /** Complaints are kept back until a person has asked for the fit. */
  readonly problems: Problems;
}

const stateOf = (problem: string | undefined): "error" | "none" => (problem ? "error" : "none");

function DataField({ form, problems }: PartProps): ReactNode {
  const { session } = useSession();
  return (
    <div className="mc-beside">
      <Field label="Data" validationMessage={problems.data} validationState={stateOf(problems.data)}>
        <Input value={form.data} placeholder="B2:B100" autoFocus spellCheck={false} autoComplete="off" onChange={(_, { value }) => session.fits.change({ data: value })} />
      </Field>
      <Button onClick={() => void session.fits.useSelection()}>Use selection</Button>
    </div>
  );
}

function PointFields({ form: { points }, problems }: PartProps): ReactNode {
  const { session } = useSession();
  const change = (index: number, part: Partial<FitPoint>): void =>
    session.fits.change({ points: points.map((point, at) => (at === index ? { ...point, ...part } : point)) });
  const isWrong = (field: string): { "aria-invalid"?: true } => (problems[field] ? { "aria-invalid": true } : {});
  const messages = [...points.flatMap((_, index) => [`p ${index + 1}`, `x ${index + 1}`]), "points"].flatMap((field) => {
    const text = problems[field];
    const [what, number] = field.split(" ");
    return text ? [number ? `${what === "p" ? "Percentile" : "Value"} ${number}: ${text}.` : `${text}.`] : [];
  });
  return (
    <div className="mc-points" role="group" aria-label="Percentiles">
      <div className="mc-point-row mc-point-head" aria-hidden="true"><span>With probability</span><span>it is at most</span></div>
      {points.map(({ p, x }, index) => (
        <div className="mc-point-row" key={index}>
          <Input value={p} inputMode="decimal" aria-label={`Percentile ${index + 1}`} autoFocus={index === 0} autoComplete="off" {...isWrong(`p ${index + 1}`)} onChange={(_, { value }) => change(index, { p: value })} />
          <Input value={x} inputMode="decimal" aria-label={`Value ${index + 1}`} autoComplete="off" {...isWrong(`x ${index + 1}`)} onChange={(_, { value }) => change(index, { x: value })} />
          <Button appearance="subtle" icon={<DismissIcon />} aria-label={`Remove percentile ${index + 1}`} disabled={points.length <= 3} onClick={() => session.fits.change({ points: points.filter((__, at) => at !== index) })} />
        </div>
      ))}
      {messages.map((text) => <p key={text} className="mc-facts mc-wrong" role="alert">{text}</p>)}
      <div><Button size="small" icon={<AddIcon />} disabled={points.length >= 20} onClick={() => session.fits.change({ points: [...points, { p: "", x: "" }] })}>Add a percentile</Button></div>
    </div>
  );
}

function Further({ form, problems }: PartProps): ReactNode {
  const { session } = useSession();
  const isData = form.source === "data";
  const isUsed = form.lower !== "" || form.upper !== "" || form.shift || form.intervals;
  return (
    <details className="mc-certificate mc-limits" open={isUsed || undefined}>
      <summary>Limits{isData ? ", shift, intervals" : ""}</summary>
      <div className="mc-fields mc-of-2">
        <Field label="Lowest value" validationMessage={problems.lower} validationState={stateOf(problems.lower)}>
          <Input value={form.lower} inputMode="decimal" placeholder="not known" autoComplete="off" onChange={(_, { value }) => session.fits.change({ lower: value })} />
        </Field>
        <Field label="Highest value" validationMessage={problems.upper} validationState={stateOf(problems.upper)}>
          <Input value={form.upper} inputMode="decimal" placeholder="not known" autoComplete="off" onChange={(_, { value }) => session.fits.change({ upper: value })} />
        </Field>
      </div>
      {isData && (
        <>
          <Checkbox checked={form.shift} label="Laws that start at 0 may be shifted" onChange={(_, { checked }) => session.fits.change({ shift: checked === true })} />
          <Checkbox checked={form.intervals} label="Intervals and p-values of the best law (200 resamples, takes longer)" onChange={(_, { checked }) => session.fits.change({ intervals: checked === true })} />
        </>
      )}
      {!isData && <p className="mc-facts">The limits hold for the metalog, which passes through every percentile.</p>}
    </details>
  );
}

function Working(): ReactNode {
  const { session } = useSession();
  return (
    <section className="mc-card" aria-label="Progress">
      <ProgressBar thickness="large" aria-label="Progress of the fit" aria-valuetext="Fitting" />
      <div className="mc-progress" role="status"><span>Fitting every law, which takes some seconds…</span></div>
      <Button icon={<StopIcon />} autoFocus onClick={() => session.fits.stop()}>Cancel</Button>
    </section>
  );
}

/** Finds the laws nearest to data in the sheet or to what an expert says, and puts one into a cell. */
export function FitEditor(): ReactNode {
  const { session, state } = useSession();
  const { form, phase, problem, outcome } = state.fit;
  const [asked, setAsked] = useState(false);
  const found = fitProblems(form);
  const problems = asked ? found : {};
  const isWorking = phase === "working";
  const isShown = outcome !== null && outcome.source === form.source && !isWorking && phase !== "failed";
  const submit = useRef<HTMLButtonElement>(null);
  // The button that cancels takes the focus with it when it goes.
  useEffect(() => { if (!isWorking && document.activeElement === document.body && document.hasFocus()) submit.current?.focus(); }, [isWorking]);
  return (
    <div className="mc-editor" onKeyDown={(event) => { if (event.key === "Escape") session.closeEditor(); }}>
      <form className="mc-editor" noValidate onSubmit={(event) => { event.preventDefault(); setAsked(true); void session.fits.run(); }}>
        <h2 className="mc-heading">Fit a distribution</h2>
        <fieldset className="mc-settings" disabled={isWorking}>
          <legend className="mc-hidden">What is known</legend>
          <Field label="To">
            <RadioGroup layout="horizontal" value={form.source} onChange={(_, { value }) => { setAsked(false); session.fits.change({ source: value as FitSource }); }}>
              <Radio value="data" label="data in the sheet" />
              <Radio value="percentiles" label="percentiles" />
            </RadioGroup>
          </Field>
          {form.source === "data" ? <DataField form={form} problems={problems} /> : <PointFields form={form} problems={problems} />}
          <Further form={form} problems={problems} />
        </fieldset>
        {isWorking ? <Working /> : (
          <div className="mc-actions">
            <Button ref={submit} type="submit" appearance={isShown ? "secondary" : "primary"}>{isShown ? "Fit again" : "Fit"}</Button>
            <Button onClick={() => session.closeEditor()}>Close</Button>
          </div>
        )}
      </form>
      {phase === "failed" && problem && <MessageBar intent="error" layout="multiline" className="mc-notice" politeness="assertive"><MessageBarBody>{problem}</MessageBarBody></MessageBar>}
      {isShown && <FitResult outcome={outcome} />}
    </div>
  );
}
