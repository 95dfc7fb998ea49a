import { Button, Field, Input, MessageBar, MessageBarBody, Select, Spinner, ToggleButton } from "@fluentui/react-components";
import { useMemo, useState, type ReactNode } from "react";
import type { Certificate, CurveData, ResultSummary, VariableSummary } from "../api/messages";
import { CumulativeCurve } from "../charts/Curves";
import type { Marker } from "../charts/Frame";
import { Histogram } from "../charts/Histogram";
import { probabilityAt, valueAt } from "../charts/scale";
import { BoxPlot, Density } from "../charts/Spread";
import { useSession } from "./hooks";
import { DownloadIcon, PlayIcon, SheetIcon } from "./icons";
import { CellLinks } from "./NoticeBar";
import { formatCount, formatNumber, formatPercent, formatSeconds, roundedBySpread } from "./numbers";
import { labelOf } from "./resultsSheet";
import { Correlations } from "./Correlations";
import { Convergence, Fans, Scenarios, Sensitivity, Statistics } from "./ResultsSections";
import { useDetails } from "./useDetails";

function markersOf({ mean, percentiles }: VariableSummary): Marker[] {
  const wanted: [string, number | null | undefined][] = [["5%", percentiles["5"]], ["mean", mean], ["95%", percentiles["95"]]];
  return wanted.flatMap(([label, value]) => (typeof value === "number" ? [{ label, value }] : []));
}

function Chooser({ results, shown }: { results: ResultSummary; shown: VariableSummary }): ReactNode {
  const { session } = useSession();
  const options = (variables: readonly VariableSummary[]): ReactNode =>
    variables.map((variable) => <option key={variable.key} value={variable.key}>{labelOf(variable)}{variable.name ? ` (${variable.cell})` : ""}</option>);
  return (
    <Field label="Show">
      <Select value={shown.key} onChange={(_, { value }) => session.store.set({ shownKey: value })}>
        <optgroup label="Outputs">{options(results.outputs)}</optgroup>
        {results.inputs.length > 0 && <optgroup label="Inputs">{options(results.inputs)}</optgroup>}
      </Select>
    </Field>
  );
}

/** Two limits and how probable it is to end up between them, from the cumulative curve. */
function Between({ curve, limits, onChange }: { curve: CurveData; limits: readonly [string, string]; onChange: (limits: [string, string]) => void }): ReactNode {
  const [low, high] = limits.map((text) => (text.trim() === "" ? Number.NaN : Number(text))) as [number, number];
  const from = Number.isNaN(low) ? 0 : probabilityAt(curve, low);
  const to = Number.isNaN(high) ? 1 : probabilityAt(curve, high);
  return (
    <div className="mc-between">
      <Field label="From" size="small"><Input size="small" inputMode="decimal" value={limits[0]} onChange={(_, { value }) => onChange([value, limits[1]])} /></Field>
      <Field label="to" size="small"><Input size="small" inputMode="decimal" value={limits[1]} onChange={(_, { value }) => onChange([limits[0], value])} /></Field>
      <output className="mc-share" aria-live="polite"><b>{formatPercent(Math.max(0, to - from))}</b><span>of values</span></output>
    </div>
  );
}

type Kind = "histogram" | "cumulative" | "density" | "box";
const KINDS: readonly (readonly [Kind, string])[] = [["histogram", "Histogram"], ["cumulative", "Cumulative"], ["density", "Density"], ["box", "Box"]];

interface DistributionProps {
  readonly variable: VariableSummary;
  readonly kind: Kind;
  readonly setKind: (kind: Kind) => void;
}

/** The charts that need more than the summary. */
function DetailedChart({ variable, kind }: { variable: VariableSummary; kind: "density" | "box" }): ReactNode {
  const { details, problem } = useDetails(kind === "density" ? ["density"] : ["statistics"]);
  if (problem) return <p className="mc-complaint" role="alert">{problem}</p>;
  const density = details?.density?.find((each) => each.key === variable.key);
  const box = details?.statistics?.find((each) => each.key === variable.key)?.box;
  if (kind === "density" && density?.x.length) return <Density title={`Density of ${labelOf(variable)}`} density={density} markers={markersOf(variable)} />;
  if (kind === "box" && box) return <BoxPlot title={`Box plot of ${labelOf(variable)}`} box={box} ends={[variable.minimum ?? box.low_whisker, variable.maximum ?? box.high_whisker]} />;
  const isThere = kind === "density" ? density : details?.statistics;
  return <div className="mc-preview">{isThere ? <p className="mc-empty">All values are the same.</p> : <Spinner size="tiny" label="Drawing…" />}</div>;
}

function Distribution({ variable, kind, setKind }: DistributionProps): ReactNode {
  const { histogram, cumulative } = variable;
  const start = (share: number): string => (cumulative ? String(roundedBySpread(valueAt(cumulative, share), variable.standard_deviation)) : "");
  const [limits, setLimits] = useState<[string, string]>([start(0.05), start(0.95)]);
  if (!histogram || !cumulative) return <p className="mc-empty">There are no values to draw.</p>;
  const bounds = limits.map((text, index) => (text.trim() === "" || Number.isNaN(Number(text)) ? [-Infinity, Infinity][index] : Number(text))) as [number, number];
  return (
    <section aria-label="Distribution of the values">
      <div className="mc-toggle" role="group" aria-label="Kind of chart">
        {KINDS.map(([name, label]) => <ToggleButton key={name} size="small" checked={kind === name} onClick={() => setKind(name)}>{label}</ToggleButton>)}
      </div>
      {kind === "cumulative" && <CumulativeCurve title={`Cumulative curve of ${labelOf(variable)}`} curve={cumulative} markers={markersOf(variable)} />}
      {kind === "histogram" && <Histogram title={`Histogram of ${labelOf(variable)}`} data={histogram} markers={markersOf(variable)} between={bounds} />}
      {(kind === "density" || kind === "box") && <DetailedChart variable={variable} kind={kind} />}
      <Between curve={cumulative} limits={limits} onChange={setLimits} />
    </section>
  );
}

function Percentiles({ variable }: { variable: VariableSummary }): ReactNode {
  const keys = Object.keys(variable.percentiles).sort((a, b) => Number(a) - Number(b));
  if (!keys.length) return null;
  return (
    <section aria-labelledby="mc-percentiles">
      <h2 id="mc-percentiles" className="mc-heading">Percentiles</h2>
      <table className="mc-statistics mc-columns">
        <tbody>{keys.map((key) => <tr key={key}><th scope="row">{key}%</th><td>{formatNumber(variable.percentiles[key])}</td></tr>)}</tbody>
      </table>
    </section>
  );
}

function Errors({ variable }: { variable: VariableSummary }): ReactNode {
  if (!variable.errors) return null;
  const kinds = Object.entries(variable.error_codes).map(([code, count]) => `${code} ${formatCount(count)}`).join(", ");
  const total = variable.errors + variable.count;
  return (
    <MessageBar intent="warning" layout="multiline">
      <MessageBarBody>
        {formatCount(variable.errors)} of {formatCount(total)} iterations ended in an error{kinds ? ` (${kinds})` : ""}. They are left out of the statistics. <CellLinks cells={[variable.cell]} />
      </MessageBarBody>
    </MessageBar>
  );
}

function CertificateCard({ certificate, seconds }: { certificate: Certificate; seconds: number }): ReactNode {
  const rows: readonly (readonly [string, string])[] = [
    ["Iterations", formatCount(certificate.iterations)], ["Seed", String(certificate.seed)], ["Sampling", certificate.sampling.replaceAll("_", " ")],
    ["Engine", `${certificate.engine} (${certificate.engine_class})`], ["Simulated in", formatSeconds(seconds)], ["Digest", certificate.digest],
  ];
  return (
    <details className="mc-certificate">
      <summary>Certificate of this run</summary>
      <dl>{rows.map(([label, value]) => <div key={label}><dt>{label}</dt><dd>{value}</dd></div>)}</dl>
      <p className="mc-facts">The same workbook, seed and settings give the same digest.</p>
    </details>
  );
}

function Actions(): ReactNode {
  const { session, state } = useSession();
  const isBusy = state.busy !== null;
  return (
    <div className="mc-actions">
      <Button size="small" icon={<SheetIcon />} disabled={isBusy} onClick={() => void session.runs.writeSheet()}>Write results sheet</Button>
      <Button size="small" icon={<DownloadIcon />} disabled={isBusy} onClick={() => void session.runs.download("xlsx")}>Download workbook</Button>
      <Button size="small" disabled={isBusy} onClick={() => void session.runs.download("csv")}>All values (CSV)</Button>
    </div>
  );
}

function NoResults(): ReactNode {
  const { session } = useSession();
  return (
    <section className="mc-card mc-center">
      <p>No results yet. Run the simulation and they appear here.</p>
      <Button appearance="primary" icon={<PlayIcon />} onClick={() => session.showTab("run")}>Go to Run</Button>
    </section>
  );
}

/** What came out. */
export function ResultsTab(): ReactNode {
  const { session, state } = useSession();
  const { results, shownKey } = state;
  const [kind, setKind] = useState<Kind>("histogram");
  const shown = useMemo(() => {
    const all = results ? [...results.outputs, ...results.inputs] : [];
    return all.find((variable) => variable.key === shownKey) ?? all[0];
  }, [results, shownKey]);
  if (!results || !shown) return <NoResults />;
  const names = new Map(results.inputs.map((input) => [input.key, labelOf(input)]));
  const nameOf = (key: string): string => names.get(key) ?? key;
  const isOutput = results.outputs.includes(shown);
  return (
    <>
      {state.resultsAreOld && (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>The sheets have changed since this run. <Button size="small" onClick={() => void session.runs.simulate()}>Run again</Button></MessageBarBody>
        </MessageBar>
      )}
      <Chooser results={results} shown={shown} />
      <Errors variable={shown} />
      <Distribution key={shown.key + results.certificate.digest} variable={shown} kind={kind} setKind={setKind} />
      <Actions />
      <Statistics variable={shown} />
      {isOutput && <Sensitivity key={`sensitivity ${shown.key}`} shown={shown} nameOf={nameOf} />}
      {isOutput && <Scenarios shown={shown} nameOf={nameOf} />}
      {isOutput && <Convergence shown={shown} results={results} />}
      <Fans results={results} />
      <Correlations reports={results.correlations ?? []} nameOf={nameOf} />
      <Percentiles variable={shown} />
      {results.notes.length > 0 && <ul className="mc-plain">{results.notes.map((note) => <li key={note}>{note}</li>)}</ul>}
      <CertificateCard certificate={results.certificate} seconds={results.timings.simulate} />
    </>
  );
}
