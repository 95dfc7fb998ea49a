import { Button, Field, Input, MessageBar, MessageBarBody, Spinner, ToggleButton } from "@fluentui/react-components";
import { useEffect, useMemo, useState, type ReactNode } from "react";
import type { FittedLaw, Preview } from "../api/messages";
import { FittedCumulative, FittedDensity } from "../charts/Overlay";
import { printRange } from "../excel/addresses";
import { curveRequest, formulaOf, isDiscreteFit, MEASURES, ranked, RMS, targetOf, type FitOutcome, type Measure } from "./fitForm";
import { useSession } from "./hooks";
import { CellLinks } from "./NoticeBar";
import { formatCount, formatNumber } from "./numbers";
import { binned, empirical } from "./sample";
import { cellLabel, problemFrom } from "./session";

const SHOWN = 10;

const measuresOf = (outcome: FitOutcome): readonly Measure[] => (outcome.source === "percentiles" ? [RMS] : MEASURES.filter(({ name }) => outcome.fits.some((fit) => fit[name] !== null)));

function Ranking({ outcome, chosen }: { outcome: FitOutcome; chosen: FittedLaw }): ReactNode {
  const { session, state } = useSession();
  const [all, setAll] = useState(false);
  const { rankBy } = state.fit;
  const measures = measuresOf(outcome);
  const fits = ranked(outcome.fits, rankBy);
  const shown = all ? fits : fits.filter((fit, index) => index < SHOWN || fit.law === chosen.law);
  const best = (measure: Measure): number | null => ranked(outcome.fits, measure.name)[0]?.[measure.name] ?? null;
  return (
    <section aria-labelledby="mc-ranking">
      <h2 id="mc-ranking" className="mc-heading">Laws <span className="mc-count">{fits.length}, best first</span></h2>
      <div className="mc-scroll" tabIndex={0} role="group" aria-label="Ranked laws">
        <table className="mc-ranking">
          <thead>
            <tr>
              <th scope="col">Law</th>
              {measures.map((measure) => (
                <th key={measure.name} scope="col" aria-sort={rankBy === measure.name ? "ascending" : "none"} title={measure.explanation}>
                  {measures.length > 1 ? <button type="button" className="mc-sort" aria-label={`Rank by ${measure.label}`} onClick={() => session.fits.choose({ rankBy: measure.name })}>{measure.label}{rankBy === measure.name ? " ▲" : ""}</button> : measure.label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((fit) => (
              <tr key={fit.law} className={fit.law === chosen.law ? "mc-current" : undefined}>
                <th scope="row">
                  <label><input type="radio" name="mc-fitted-law" checked={fit.law === chosen.law} onChange={() => session.fits.choose({ chosen: fit.law })} />{fit.title}</label>
                </th>
                {measures.map((measure) => <td key={measure.name} className={fit[measure.name] !== null && fit[measure.name] === best(measure) ? "mc-best" : undefined}>{measure.format(fit[measure.name])}</td>)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {fits.length > SHOWN && <Button size="small" className="mc-further" aria-expanded={all} onClick={() => setAll(!all)}>{all ? "Show the best alone" : `Show all ${fits.length}`}</Button>}
      {outcome.source === "data" && <p className="mc-facts">{measures.find(({ name }) => name === rankBy)?.explanation} Smaller is better by every measure.</p>}
    </section>
  );
}

interface CurveState {
  readonly law: string | null;
  readonly preview: Preview | null;
  readonly problem: string | null;
}

function useCurve(fit: FittedLaw): CurveState {
  const { session } = useSession();
  const [found, setFound] = useState<CurveState>({ law: null, preview: null, problem: null });
  useEffect(() => {
    const request = curveRequest(fit);
    if (!request) {
      setFound({ law: fit.law, preview: null, problem: `The curve of ${fit.title} cannot be drawn here.` });
      return undefined;
    }
    const control = new AbortController();
    session.api.preview(request, control.signal).then(
      (preview) => setFound({ law: fit.law, preview, problem: null }),
      (error: unknown) => { if (!control.signal.aborted) setFound({ law: fit.law, preview: null, problem: problemFrom(error).detail }); },
    );
    return () => control.abort();
  }, [fit, session]);
  return found;
}

type Kind = "density" | "cumulative";

function Comparison({ outcome, fit }: { outcome: FitOutcome; fit: FittedLaw }): ReactNode {
  const [kind, setKind] = useState<Kind>(outcome.sample ? "density" : "cumulative");
  const { law, preview, problem } = useCurve(fit);
  const { sample } = outcome;
  const bins = useMemo(() => (sample ? binned(sample.values, isDiscreteFit(fit)) : null), [sample, fit]);
  const steps = useMemo(() => (sample ? empirical(sample.values) : { x: outcome.points.map(({ x }) => x), p: outcome.points.map(({ p }) => p) }), [sample, outcome]);
  return (
    <section aria-label="Fitted law against what is known" aria-busy={law !== fit.law}>
      {sample && (
        <div className="mc-toggle" role="group" aria-label="Kind of chart">
          <ToggleButton size="small" checked={kind === "density"} onClick={() => setKind("density")}>Histogram</ToggleButton>
          <ToggleButton size="small" checked={kind === "cumulative"} onClick={() => setKind("cumulative")}>Cumulative</ToggleButton>
        </div>
      )}
      {problem && law === fit.law && <p className="mc-complaint" role="alert">{problem}</p>}
      {!preview && !problem && <div className="mc-preview"><Spinner size="tiny" label="Drawing…" /></div>}
      {preview && kind === "density" && bins && <FittedDensity law={fit.title} data={bins} preview={preview} />}
      {preview && (kind === "cumulative" || !bins) && <FittedCumulative law={fit.title} points={steps} pointsAre={sample ? "data" : "percentiles"} preview={preview} />}
      {preview && <p className="mc-facts">Mean <b>{formatNumber(preview.mean)}</b> · sd <b>{formatNumber(preview.standard_deviation)}</b> · the cell shows <b>{formatNumber(preview.static_value)}</b></p>}
    </section>
  );
}

function Parameters({ fit }: { fit: FittedLaw }): ReactNode {
  const { intervals, p_values: tests } = fit;
  const entries = Object.entries(fit.parameters).filter(([, value]) => typeof value !== "number" || Math.abs(value) < 1e299);
  const shown = (value: number | readonly number[]): string => (typeof value === "number" ? formatNumber(value) : value.map((each) => formatNumber(each, 4)).join(", "));
  const names: Readonly<Record<string, string>> = { chi_square: "χ²", anderson_darling: "A-D", kolmogorov_smirnov: "K-S" };
  return (
    <table className="mc-statistics" aria-label={`Parameters of ${fit.title}`}>
      <tbody>
        {entries.map(([name, value]) => (
          <tr key={name}><th scope="row">{name}</th><td>{shown(value)}{intervals?.[name] ? ` (${formatNumber(intervals[name][0], 4)} to ${formatNumber(intervals[name][1], 4)})` : ""}</td></tr>
        ))}
        {fit.shift !== 0 && <tr><th scope="row">shifted by</th><td>{formatNumber(fit.shift)}{intervals?.shift ? ` (${formatNumber(intervals.shift[0], 4)} to ${formatNumber(intervals.shift[1], 4)})` : ""}</td></tr>}
        {tests && Object.entries(tests).map(([name, p]) => <tr key={name}><th scope="row">p-value of {names[name] ?? name}</th><td>{formatNumber(p, 3)}</td></tr>)}
      </tbody>
    </table>
  );
}

/** What the cell holds now, told before it is written over. */
function useOccupied(cell: string, sheet: string): string | null {
  const { session, state } = useSession();
  const [held, setHeld] = useState<{ cell: string; input: string | null }>({ cell: "", input: null });
  useEffect(() => {
    let isLate = false;
    const { address } = targetOf(cell, sheet, null);
    if (!address) return undefined;
    session.host.readCell(address).then(
      ({ input }) => { if (!isLate) setHeld({ cell, input: input === null || input === "" ? null : String(input) }); },
      () => { if (!isLate) setHeld({ cell, input: null }); },
    );
    return () => { isLate = true; };
    // Inputs and outputs change when cells do.
  }, [cell, sheet, session, state.inputs, state.selection]);
  return held.cell === cell ? held.input : null;
}

function Insert({ outcome, fit }: { outcome: FitOutcome; fit: FittedLaw }): ReactNode {
  const { session, state } = useSession();
  const { name, inserted } = state.fit;
  const selected = state.selection ? cellLabel(state.selection.address) : "";
  const [typed, setTyped] = useState<string | null>(null);
  useEffect(() => setTyped(null), [selected]);
  const text = typed ?? selected;
  const { address, problem } = targetOf(text, state.selection?.address.sheet ?? "", outcome.sample);
  const held = useOccupied(text, state.selection?.address.sheet ?? "");
  const formula = formulaOf(fit, name);
  const label = address ? cellLabel(address) : "";
  const isDone = inserted?.cell === label && inserted.formula === formula;
  return (
    <form className="mc-editor" onSubmit={(event) => { event.preventDefault(); if (address && !problem) void session.fits.insert(fit, address); }}>
      <h2 className="mc-heading">Put {fit.title} into a cell</h2>
      <div className="mc-fields mc-of-2">
        <Field label="Cell" hint="The selected one, or write one." validationMessage={problem ?? undefined} validationState={problem ? "error" : "none"}>
          <Input value={text} spellCheck={false} autoComplete="off" onChange={(_, { value }) => setTyped(value)} />
        </Field>
        <Field label="Name in the results"><Input value={name} maxLength={120} onChange={(_, { value }) => session.fits.choose({ name: value })} /></Field>
      </div>
      <div className="mc-formula">{formula}</div>
      {!problem && held !== null && !isDone && <MessageBar intent="warning" layout="multiline" className="mc-notice"><MessageBarBody>{label} holds {held}, which the formula replaces.</MessageBarBody></MessageBar>}
      {isDone && <MessageBar intent="success" layout="multiline" className="mc-notice"><MessageBarBody>{fit.title} stands in <CellLinks cells={[label]} />.</MessageBarBody></MessageBar>}
      <div className="mc-actions">
        <Button type="submit" appearance="primary" disabled={problem !== null || isDone || state.busy !== null}>{held !== null && !isDone ? "Replace" : "Insert"}</Button>
      </div>
    </form>
  );
}

function About({ outcome }: { outcome: FitOutcome }): ReactNode {
  const { sample, note } = outcome;
  const listed = sample?.leftOut.slice(0, 3).map(({ cell, value }) => `${cell} (“${value.slice(0, 20)}”)`).join(", ");
  const rest = (sample?.leftOut.length ?? 0) - 3;
  return (
    <>
      {sample && (
        <p className="mc-facts">
          {formatCount(sample.values.length)} numbers of {printRange(sample.range)}.{listed ? ` Without a number and left out: ${listed}${rest > 0 ? ` and ${rest} more` : ""}.` : ""}
        </p>
      )}
      {note && <MessageBar intent="warning" layout="multiline" className="mc-notice"><MessageBarBody>There is no metalog: {note}</MessageBarBody></MessageBar>}
    </>
  );
}

function Refused({ outcome }: { outcome: FitOutcome }): ReactNode {
  if (!outcome.refused.length) return null;
  return (
    <details className="mc-certificate">
      <summary>{outcome.refused.length === 1 ? "One law does not fit" : `${outcome.refused.length} laws do not fit`}</summary>
      <ul className="mc-plain">{outcome.refused.map(({ law, reason }) => <li key={law}><b>{law}</b>: {reason}</li>)}</ul>
    </details>
  );
}

/** The ranked laws, the chosen one beside the data, and its way into a cell. */
export function FitResult({ outcome }: { outcome: FitOutcome }): ReactNode {
  const { state } = useSession();
  const fit = outcome.fits.find(({ law }) => law === state.fit.chosen) ?? outcome.fits[0];
  if (!fit) return null;
  return (
    <>
      <About outcome={outcome} />
      <Comparison key={outcome.source} outcome={outcome} fit={fit} />
      <Ranking outcome={outcome} chosen={fit} />
      <Parameters fit={fit} />
      <Insert outcome={outcome} fit={fit} />
      <Refused outcome={outcome} />
    </>
  );
}
